import type { Reads } from '../../log/reads/reads.ts';
import type { Cause } from '../../pipeline/why/cause.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { seeHiddenText } from '../../redaction/hidden-text.ts';
import { blocksOf } from './patch-blocks.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { BOUNDS } from '../../bounds.ts';

/** Patches beyond this are not searched to their end: they are held, for nobody knows what they hold. */
export const SEARCHED_BYTES = BOUNDS.searched;
/** How versions before 1.0 wrote down that they had found something. */
const FORMER = 'its diff holds what looks like a secret';

/** Where the contents of a change are read, and what is known of it besides its patch. */
export interface Change {
  /** Of the files that it touches. */
  readonly names: readonly string[];
  readonly blobs: (names: readonly string[], maxBytes: number) => Promise<ReadonlyMap<string, Buffer>>;
  readonly redactor: Redactor;
}

export interface SecretsFound {
  /** Such as `GitHub token in app.ts:3`. Never the secret itself. */
  readonly found: readonly string[];
  /** False where a part of the change could not be searched: it is too large, or packed without end. */
  readonly isWhole: boolean;
}

/**
 * What is secret in a change: in the lines that it adds, in the names of its files, and in what does not show as lines
 * (UTF-16, base64, compressed files and archives; see `seeHiddenText` for what stays closed).
 */
export async function secretsIn(patch: { text: string; truncated: boolean }, { names, blobs, redactor }: Change): Promise<SecretsFound> {
  const found = names.flatMap((path) => redactor.find(path).map(({ name }) => `${name} in the name of ${redactor.redact(path)}`));
  let isWhole = !patch.truncated;
  const packed = new Map<string, string>();
  for (const { path, line, blob, text } of blocksOf(patch.text)) {
    if (text === '') continue;
    const where = redactor.redact(path);
    for (const { start, name } of redactor.find(text))
      found.push(`${name} in ${where}:${line + text.slice(0, start).split('\n').length - 1}`);
    // Bytes that are no text: what they hold is not seen by lines.
    if (blob !== null && /[\0\uFFFD]/.test(text)) packed.set(blob, where);
    else if (!(await seeHiddenText(Buffer.from(text), see(where)))) isWhole = false;
  }
  const contents = await blobs([...packed.keys()], SEARCHED_BYTES);
  for (const [blob, where] of packed) {
    const bytes = contents.get(blob);
    if (bytes === undefined || !(await seeHiddenText(bytes, see(where)))) isWhole = false;
  }
  return { found: [...new Set(found)], isWhole };

  function see(where: string): (text: string) => void {
    return (text) => {
      // Binary files are searched twice; the place by its line is the better one.
      for (const { name } of redactor.find(text))
        if (!found.some((one) => one.startsWith(`${name} in ${where}:`))) found.push(`${name} in ${where}`);
    };
  }
}

/** Why an item waits for a person; null: nothing is found, and all was searched. */
export function secretCause({ found, isWhole }: SecretsFound): Cause | null {
  return found.length > 0 || !isWhole ? { kind: 'secrets', found } : null;
}

/** Whether a person accepted the item after the secret was reported, and no new work has started since. */
export function isKnown(reads: Reads, item: WorkItem, what: 'secrets' | 'unknown-links'): boolean {
  if (item.accepted === null) return false;
  for (const event of reads.history(item.project, item.number, 1_000)) {
    if (event.kind !== 'item.moved') continue;
    const { to } = event.payload;
    if (to.name === 'current') return false;
    if (to.name !== 'archived' || to.reason.kind !== 'reviewHeld') continue;
    const { reason } = to.reason;
    if (typeof reason === 'string' ? what === 'secrets' && reason.startsWith(FORMER) : reason.kind === what) return true;
  }
  return false;
}

import type { Reads } from '../../log/reads/reads.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Redactor } from '../../redaction/redactor.ts';

/** Patches beyond this are not searched to their end: they are held, for nobody knows what they hold. */
export const SEARCHED_BYTES = 64 * 1024 * 1024;
/** Named one by one. */
const NAMED = 5;
const REASON = 'its diff holds what looks like a secret';

/** What is secret in the lines that a patch adds, such as `GitHub token in app.ts:3`; empty where nothing is. Never the secret itself. */
export function secretsInPatch(patch: string, redactor: Redactor): string[] {
  const found: string[] = [];
  for (const { path, line, text } of addedBlocks(patch)) {
    for (const { start, name } of redactor.find(text))
      found.push(`${name} in ${path}:${line + text.slice(0, start).split('\n').length - 1}`);
  }
  return [...new Set(found)];
}

/** Why an item waits for a person. */
export function secretReason(found: readonly string[], truncated: boolean): string | null {
  if (found.length > 0) {
    const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : '';
    return `${REASON}: ${found.slice(0, NAMED).join(', ')}${more}`;
  }
  return truncated ? `${REASON}, or it may: it is too large to be searched` : null;
}

/** Whether a person has let the item pass after they were told of secrets in it, and its work has not begun anew since. */
export function isKnown(reads: Reads, item: WorkItem): boolean {
  if (item.accepted === null) return false;
  for (const event of reads.history(item.project, item.number, 1_000)) {
    if (event.kind !== 'item.moved') continue;
    const { to } = event.payload;
    if (to.name === 'current') return false;
    if (to.name === 'archived' && to.reason.kind === 'reviewHeld' && to.reason.reason.startsWith(REASON)) return true;
  }
  return false;
}

interface Block {
  readonly path: string;
  /** Of the first of these lines in the new file. */
  readonly line: number;
  /** Lines that stand together, so that a key of many lines is seen as one. */
  readonly text: string;
}

/** The added lines of a patch without context. Hunks are counted, so that a line that looks like a header is none. */
function* addedBlocks(patch: string): Generator<Block> {
  const lines = patch.split('\n');
  let path = '';
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.startsWith('+++ ')) path = nameOf(line.slice(4));
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    const [, removed = '1', first = '1', added = '1'] = hunk;
    const from = at + 1 + Number(removed) + (lines[at + 1 + Number(removed)]?.startsWith('\\') === true ? 1 : 0);
    const block = lines.slice(from, from + Number(added));
    at = from + Number(added) - 1;
    if (block.length > 0) yield { path, line: Number(first), text: block.map((one) => one.slice(1)).join('\n') };
  }
}

/** `b/app.ts`, or in quotes where the name holds anything special. */
function nameOf(written: string): string {
  return written.replace(/^"?b\//, '').replace(/"?\t?$/, '');
}

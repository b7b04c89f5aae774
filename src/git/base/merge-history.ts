import type { CommitSha, ItemNumber, Millis } from '../../pipeline/values.ts';
import type { Context } from '../context.ts';
import type { Origin } from '../names.ts';
import { sha } from '../refs.ts';

/** Whether the base branch has an item merged or reverted, by its last commit about the item. */
export interface PastMerge {
  readonly number: ItemNumber;
  readonly kind: 'merged' | 'undone';
  /** The squash, or what took it back. */
  readonly commit: CommitSha;
  /** Of what was undone: the merge, where the history holds it. */
  readonly merge: CommitSha | null;
  readonly at: Millis;
}

/** The most commits that are read; that many merges take years. */
const MOST = 50_000;
const SQUASH = /^Musher-Item: ([1-9]\d{0,8})$/m;
const UNDO = /^Musher-Undo: ([1-9]\d{0,8})$/m;
/** As `git revert` writes it. */
const REVERT = /^This reverts commit ([0-9a-f]{40,64})/m;

/** Of which log a merge or a revert is. */
const LOG = /^Musher-Log: ([0-9a-f]{8})$/m;

/**
 * What the history of a commit says of this log's items: the last merge of each, or what reverted that, by Musher or by `git
 * revert`. Only what is newer than `since` counts: what came before is in the log. A message that only quotes a trailer does not
 * count: a merge's first line begins with the item's number. Nor does one of another log, or of another project.
 */
export async function mergeHistory(at: Context, head: CommitSha, since: CommitSha | null): Promise<PastMerge[]> {
  // Where nobody knows what was there when the log was copied, nothing is known to be newer.
  if (since === null) return [];
  const grep = ['^Musher-Item: [0-9]', '^Musher-Undo: [0-9]', '^This reverts commit '].map((text) => `--grep=${text}`);
  const args = ['rev-list', '--topo-order', `--max-count=${MOST}`, '--no-commit-header', '--format=%H%x00%ct%x00%B%x01', ...grep, head];
  const { stdout } = await at.git.run(args);
  const rows = stdout
    .toString('utf8')
    .split('\u0001')
    .filter((row) => row.trim() !== '');
  const said = new Map<string, PastMerge>();
  const last = new Map<ItemNumber, PastMerge>();
  for (const row of rows.toReversed()) {
    const [commit = '', seconds = '0', message = ''] = row.trimStart().split('\0');
    const merge = pastMergeOf(at.origin, { commit: sha(commit), at: Number(seconds) * 1000, message }, said, last);
    if (merge === null) continue;
    said.set(merge.commit, merge);
    last.set(merge.number, merge);
  }
  const there = await at.git.run(['cat-file', '-e', `${since}^{commit}`], { answers: [1, 128] });
  if (there.exitCode !== 0) return [];
  const newer = new Set((await at.git.line(['rev-list', `--max-count=${MOST}`, ...grep, head, `^${since}`])).split('\n'));
  return [...last.values()].filter(({ commit }) => newer.has(commit));
}

interface Said {
  readonly commit: CommitSha;
  readonly at: Millis;
  readonly message: string;
}

function pastMergeOf(
  origin: Origin,
  { commit, at, message }: Said,
  earlier: ReadonlyMap<string, PastMerge>,
  last: ReadonlyMap<ItemNumber, PastMerge>,
): PastMerge | null {
  const undone = UNDO.exec(message)?.[1];
  if (undone !== undefined) {
    const number = Number(undone) as ItemNumber;
    if (!isOwn(origin, message, number, `Revert "${number}: `)) return null;
    return { number, kind: 'undone', commit, merge: last.get(number)?.commit ?? null, at };
  }
  const reverted = earlier.get(REVERT.exec(message)?.[1] ?? '');
  // What reverts a revert brings the merge again.
  if (reverted !== undefined)
    return reverted.kind === 'merged'
      ? { ...reverted, kind: 'undone', commit, merge: reverted.commit, at }
      : { ...reverted, kind: 'merged', commit, merge: null, at };
  const merged = mergedIn(message);
  return merged === null || !isOwn(origin, message, merged, `${merged}: `)
    ? null
    : { number: merged, kind: 'merged', commit, merge: null, at };
}

/** The item that a commit is the merge of, by its message; null: it is none. */
function mergedIn(message: string): ItemNumber | null {
  const merged = SQUASH.exec(message)?.[1];
  return merged !== undefined && message.startsWith(`${merged}: `) ? (Number(merged) as ItemNumber) : null;
}

/**
 * Whether a merge or a revert is of this log: by its mark, and without one where an older version may have made it, of an item
 * of that number and title.
 */
function isOwn(origin: Origin, message: string, number: ItemNumber, before: string): boolean {
  const log = LOG.exec(message)?.[1];
  if (log !== undefined) return log === origin.mark();
  const title = origin.old(number)?.title;
  return title !== undefined && message.startsWith(`${before}${title}`);
}

/** Whether a commit is the merge of another item, or of an item of another log. */
export function isMergeOfAnother(origin: Origin, message: string, number: ItemNumber): boolean {
  const merged = mergedIn(message);
  return merged !== null && (merged !== number || !isOwn(origin, message, number, `${number}: `));
}

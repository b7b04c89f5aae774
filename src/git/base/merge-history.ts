import type { CommitSha, ItemNumber, Millis } from '../../pipeline/values.ts';
import type { OwnDir } from '../own-dir.ts';
import { sha } from '../refs.ts';

/** How the base branch stands to an item, by the last commit of it that says so. */
export interface PastMerge {
  readonly number: ItemNumber;
  readonly kind: 'merged' | 'undone';
  /** The squash, or what took it back. */
  readonly commit: CommitSha;
  /** Of what was undone: the merge, where the history holds it. */
  readonly merge: CommitSha | null;
  readonly at: Millis;
}

/** Commits that are looked at: so many merges take years. */
const MOST = 50_000;
const SQUASH = /^Musher-Item: ([1-9]\d{0,8})$/m;
const UNDO = /^Musher-Undo: ([1-9]\d{0,8})$/m;
/** As `git revert` writes it. */
const REVERT = /^This reverts commit ([0-9a-f]{40,64})/m;

/**
 * What the history of a commit says of items: the last merge of each, or what took that back, by Musher or by `git
 * revert`. A message that only quotes a trailer does not count: a merge's first line begins with the item's number.
 */
export async function mergeHistory(git: OwnDir, head: CommitSha): Promise<PastMerge[]> {
  const grep = ['^Musher-Item: [0-9]', '^Musher-Undo: [0-9]', '^This reverts commit '].map((text) => `--grep=${text}`);
  const format = '--format=%H%x00%ct%x00%B%x01';
  const args = ['rev-list', '--topo-order', `--max-count=${MOST}`, '--no-commit-header', format, ...grep, head];
  const { stdout } = await git.run(args);
  const rows = stdout
    .toString('utf8')
    .split('\u0001')
    .filter((row) => row.trim() !== '');
  const said = new Map<string, PastMerge>();
  const last = new Map<ItemNumber, PastMerge>();
  for (const row of rows.toReversed()) {
    const [commit = '', seconds = '0', message = ''] = row.trimStart().split('\0');
    const merge = pastMergeOf({ commit: sha(commit), at: Number(seconds) * 1000, message }, said, last);
    if (merge === null) continue;
    said.set(merge.commit, merge);
    last.set(merge.number, merge);
  }
  return [...last.values()];
}

interface Said {
  readonly commit: CommitSha;
  readonly at: Millis;
  readonly message: string;
}

function pastMergeOf(
  { commit, at, message }: Said,
  earlier: ReadonlyMap<string, PastMerge>,
  last: ReadonlyMap<ItemNumber, PastMerge>,
): PastMerge | null {
  const undone = UNDO.exec(message)?.[1];
  if (undone !== undefined) {
    const number = Number(undone) as ItemNumber;
    return { number, kind: 'undone', commit, merge: last.get(number)?.commit ?? null, at };
  }
  const reverted = earlier.get(REVERT.exec(message)?.[1] ?? '');
  // What reverts a revert brings the merge again.
  if (reverted !== undefined)
    return reverted.kind === 'merged'
      ? { ...reverted, kind: 'undone', commit, merge: reverted.commit, at }
      : { ...reverted, kind: 'merged', commit, merge: null, at };
  const merged = mergedIn(message);
  return merged === null ? null : { number: merged, kind: 'merged', commit, merge: null, at };
}

/** The item that a commit is the merge of, by its message; null: it is none. */
function mergedIn(message: string): ItemNumber | null {
  const merged = SQUASH.exec(message)?.[1];
  return merged !== undefined && message.startsWith(`${merged}: `) ? (Number(merged) as ItemNumber) : null;
}

/** Whether a commit is the merge of another item. */
export function isMergeOfAnother(message: string, number: ItemNumber): boolean {
  const merged = mergedIn(message);
  return merged !== null && merged !== number;
}

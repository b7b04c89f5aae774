import { crashPoint } from '../../crash-point.ts';
import { type CommitSha, commitSha, type ItemNumber, type Millis } from '../../pipeline/values.ts';
import { type Context, type ItemAt, baseHead, findBranch, placeOf } from '../context.ts';
import { lstat } from '../../small-files.ts';
import { commitTree, parentsOf, readLog, treeOf } from '../history.ts';
import type { ItemTree } from '../own-dir.ts';
import { markOf } from '../names.ts';
import { listRefs, type Ref, swapRef } from '../refs.ts';
import { LARGEST_BYTES, type LargeFile, stageBytes, stageKept } from './staging.ts';

export interface Snapshot {
  readonly ref: string;
  /** Stands on the head that the branch had then, and holds the files of the worktree. */
  readonly commit: CommitSha;
  /** The worktree held something that no commit of the branch holds. */
  readonly dirty: boolean;
  /** New files that were left out, because they are too large for the repository. */
  readonly leftOut: number;
}
export interface KeptSnapshot {
  readonly ref: string;
  readonly n: number;
  readonly commit: CommitSha;
  readonly at: Millis;
  /** One line: before what it was taken. */
  readonly why: string;
  /** The branch's head then. */
  readonly head: CommitSha;
  readonly dirty: boolean;
}

const titleOf = (item: ItemNumber): string => `snapshot of item ${item}: `;
/** Where an item's snapshots are made. */
const prefixOf = (at: Context, item: ItemNumber): string => `refs/musher/snapshots/${markOf(at.origin)}/${item}/`;

interface NumberedRef extends Ref {
  readonly n: number;
}

/** The refs of an item's snapshots, oldest first; with those that an older version made without a mark. */
async function refsOf(at: Context, item: ItemNumber): Promise<NumberedRef[]> {
  const prefixes = [prefixOf(at, item), ...(at.origin.old(item) === null ? [] : [`refs/musher/snapshots/${item}/`])];
  const found = await Promise.all(
    prefixes.map(async (prefix) =>
      (await listRefs(at.git, prefix, (name) => /^\d+$/.test(name.slice(prefix.length)))).map(({ name, sha }) => ({
        name,
        sha,
        n: Number(name.slice(prefix.length)),
      })),
    ),
  );
  return found.flat().sort((a, b) => a.n - b.n);
}

/** Tries to find a free number. More than one is needed only if someone else writes there at the same time. */
const TRIES = 20;

/**
 * Keeps the tracked and untracked (not ignored) files of the item's worktree as a commit on top of its branch,
 * under the next free number. An unchanged worktree, or a branch without one, gets a commit without a change, which says
 * when and why, and holds the branch's head, so that the work survives the branch. Where the last snapshot holds the same
 * it is that one. Null when there is neither worktree nor branch.
 */
export async function snapshot(at: Context, item: ItemAt, why: string): Promise<Snapshot | null> {
  const { tree } = placeOf(at, String(item.number));
  const there = (await lstat(tree.path).catch(() => null))?.isDirectory() === true;
  const branch = there || item.branch !== null ? await findBranch(at, item) : null;
  if (!there && branch === null) return null;
  const head = branch?.head ?? (await baseHead(at));
  const nothing = { tree: await treeOf(at.git, head), large: [], filtered: [], beside: [] };
  const { tree: staged, large, filtered, beside } = there ? await stageKept(at.git, tree, head) : nothing;
  const dirty = staged !== (await treeOf(at.git, head));
  const last = await newest(at, item.number);
  const apart = await keepApart(at, tree, head, [...filtered, ...beside], last?.apart ?? null);
  if (last !== null && last.head === head && last.tree === staged && last.apart === apart)
    return { ref: last.ref, commit: last.commit, dirty, leftOut: large.length };
  const commit = await commitTree(at.git, {
    tree: staged,
    parents: apart === null ? [head] : [head, apart],
    message: `${titleOf(item.number)}${why}${withoutLarge(large)}${besides(filtered.length + beside.length)}`,
  });
  return { ref: await keep(at, item.number, commit, why), commit, dirty, leftOut: large.length };
}

/**
 * A commit of files that differ from the branch's and must not become its work by a restore, as they are on disk: they went through
 * no filter, git was told not to look at them, or a set-up made them. The same one for the same files. Null: there are none.
 */
async function keepApart(
  at: Context,
  tree: ItemTree,
  head: CommitSha,
  names: readonly string[],
  last: CommitSha | null,
): Promise<CommitSha | null> {
  if (names.length === 0) return null;
  const bytes = await stageBytes(at.git, tree, names);
  if (last !== null && (await treeOf(at.git, last)) === bytes) return last;
  const message = 'files that are no work of the item: filtered, hidden from git, or of a set-up';
  return commitTree(at.git, { tree: bytes, parents: [head], message });
}

/** A snapshot's work as one commit on top of the head that the branch had then, without what was kept apart. */
export async function workOf(at: Context, { commit, head, dirty, at: taken, why }: KeptSnapshot): Promise<CommitSha> {
  if (!dirty) return head;
  const parents = (await at.git.commit(commit))?.parents ?? (await parentsOf(at.git, commit));
  if (parents.length < 2) return commit;
  // Of its own date, so that it is the same one whenever it is made.
  return commitTree(at.git, { tree: await treeOf(at.git, commit), parents: [head], message: why, at: taken });
}

/** Where the snapshot is listed, people read where the other files are. */
function besides(count: number): string {
  return count === 0 ? '' : ` (${count} ${count === 1 ? 'file' : 'files'} that git can't show as work: in its second parent, \`^2\`)`;
}

/** Said where the snapshot is listed: somebody may count on it. */
function withoutLarge(large: readonly LargeFile[]): string {
  if (large.length === 0) return '';
  const names = large.slice(0, 3).map(({ name, bytes }) => `${name.replaceAll(/\s+/g, ' ')} of ${Math.round(bytes / 1024 / 1024)} MB`);
  const more = large.length > names.length ? ` and ${large.length - names.length} more` : '';
  return ` (without new files over ${LARGEST_BYTES / 1024 / 1024} MB: ${names.join(', ')}${more})`;
}

/** The last snapshot and its contents. Null: there is none, or `snapshot` didn't write it. */
async function newest(
  at: Context,
  item: ItemNumber,
): Promise<{
  readonly ref: string;
  readonly commit: CommitSha;
  readonly head: string;
  readonly tree: string;
  readonly apart: CommitSha | null;
} | null> {
  const last = (await refsOf(at, item)).at(-1);
  if (last === undefined) return null;
  const read = await at.git.commit(last.sha);
  const [tree = '', parents = '', subject = ''] =
    read === null || read.words === null
      ? (await at.git.line(['show', '--no-patch', '--format=%T%n%P%n%s', last.sha])).split('\n')
      : [read.tree, read.parents.join(' '), read.words.subject];
  const [head = '', second = ''] = parents.split(' ');
  const apart = commitSha(second);
  return subject.startsWith(titleOf(item)) ? { ref: last.name, commit: last.sha, head, tree, apart } : null;
}

/** Keeps a commit among the snapshots of an item, unless it is there already. */
export async function keepCommit(at: Context, item: ItemNumber, commit: CommitSha, why: string): Promise<void> {
  const kept = await refsOf(at, item);
  if (!kept.some((ref) => ref.sha === commit)) await keep(at, item, commit, why);
}

async function keep(at: Context, item: ItemNumber, commit: CommitSha, why: string): Promise<string> {
  const last = (await refsOf(at, item)).at(-1)?.n ?? 0;
  for (let n = last + 1; n <= last + TRIES; n += 1) {
    const ref = `${prefixOf(at, item)}${n}`;
    if (await swapRef(at.git, ref, commit, null, why)) {
      crashPoint('after-snapshot-kept');
      return ref;
    }
  }
  throw new Error(`no free snapshot number for item ${item} after ${last}`);
}

/** The snapshots of an item, oldest first. */
export async function snapshots(at: Context, item: { readonly number: ItemNumber }): Promise<KeptSnapshot[]> {
  const refs = await refsOf(at, item.number);
  return Promise.all(
    refs.map(async (ref) => {
      const [entry] = await readLog(at.git, ref.sha, null, 1);
      const [before] = (await at.git.commit(ref.sha))?.parents ?? (await parentsOf(at.git, ref.sha));
      const subject = entry?.subject ?? '';
      const ours = subject.startsWith(titleOf(item.number)) && before !== undefined;
      return {
        ref: ref.name,
        n: ref.n,
        commit: ref.sha,
        at: entry?.at ?? 0,
        why: ours ? subject.slice(titleOf(item.number).length) : subject,
        head: ours ? before : ref.sha,
        dirty: ours && (await treeOf(at.git, before)) !== (await treeOf(at.git, ref.sha)),
      };
    }),
  );
}

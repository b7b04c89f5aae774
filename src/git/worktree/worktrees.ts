import { crashPoint } from '../../crash-point.ts';
import { dirname, join } from 'node:path';
import type { CommitSha, ItemNumber } from '../../pipeline/values.ts';
import { type Context, type ItemAt, type Place, baseHead, branchesOf, branchHead, findBranch, placeOf, baseline } from '../context.ts';
import { changedFiles, commitTree, countAhead, type Diff, diffBetween, forkPoint, isAncestor, treeOf } from '../history.ts';
import { clearTheWay } from '../inside/clear-the-way.ts';
import type { Strays } from './elsewhere.ts';
import { clearLocks, keepUnfinished } from './dead-run.ts';
import { forgetUnfinished, readPlain, tie } from './linked.ts';
import { isThere, lstat, readdir, rm, writeFile } from '../../small-files.ts';
import { branchName, markOf } from '../names.ts';
import { swapRef } from '../refs.ts';
import { removeFolder } from '../../remove-folder.ts';
import { keepCommit, snapshot } from './snapshots.ts';
import { commitSha } from '../../pipeline/values.ts';
import { bringSharedIndexes, type HiddenFiles, hiddenFiles } from '../untouched/own-changes.ts';
import { forgetSetUp, noteSetUp } from '../untouched/set-up-files.ts';
import { changedNames, installIndex, putFiles, stageAll, type Staged, stageKept } from './staging.ts';
import { isWholeIndex } from './whole-index.ts';
import { share } from '../traits/sharing.ts';

export interface OpenedWorktree {
  readonly path: string;
  /** The worktree's own git directory: what an agent's git must be able to write besides objects and its branch. */
  readonly gitDir: string;
  readonly branch: string;
  /** Tip of the base branch when the worktree was opened. */
  readonly base: CommitSha;
  readonly head: CommitSha;
  readonly commitsAhead: number;
  /** The files were put there just now; false: they are as they were left. */
  readonly created: boolean;
}

/**
 * The worktree and branch of an item. A branch with commits of its own is kept; one without starts again from the
 * tip of the base branch. `branch` null: the item has none yet, and takes over nothing that stands under its number. A missing worktree is made, a broken tie to the repository is mended; files that an
 * earlier run left uncommitted stay, unless git was in the middle of something: then they are kept in a snapshot and put
 * anew, and no lock of that run is left. Idempotent. The caller knows that no process of the item's runs lives.
 */
export async function openWorktree(
  at: Context,
  item: { readonly number: ItemNumber; readonly title: string; readonly branch: string | null },
  strays: Strays = new Map(),
): Promise<OpenedWorktree> {
  const place = placeOf(at, String(item.number));
  const base = await baseHead(at);
  const line = await baseline(at, base);
  const known = await findBranch(at, item);
  const branch = known?.branch ?? item.branch ?? (await unusedBranch(at, item));
  const ref = `refs/heads/${branch}`;
  let head = known?.head ?? base;
  await clearLocks(at, place, branch);
  const there = (await isWorktree(place)) && !(item.branch === null && (await setAside(at, place, item.number, head)));
  if (there && (await keepUnfinished(at, place, { number: item.number, branch }, head, strays)))
    await put(at, place, { branch }, { from: head, to: head });
  if (known === null) {
    if (!(await swapRef(at.git, ref, base, null, 'start'))) throw new Error(`${branch} appeared while it was being made`);
    crashPoint('after-branch-made');
  } else if (head !== base && (await countAhead(at.git, line, head)) === 0) {
    // Nothing of its own: start from the base branch's tip, unless uncommitted files stand on the old one.
    const staged = there ? await stageKept(at.git, place.tree, head) : null;
    if (staged === null || (await namesOf(at, head, staged)).length === 0) {
      if (staged !== null && staged.beside.length > 0) await snapshot(at, { number: item.number, branch }, 'before it started again');
      // DANGER: before the branch moves. From then on the old files would look like changes that take the new ones back.
      if (there) await writeFile(fillingMark(place), '', { mode: 0o600 });
      if (await swapRef(at.git, ref, base, head, 'start again from the base branch')) {
        crashPoint('after-branch-renewed');
        if (there) await put(at, place, { branch }, { from: head, to: base });
        head = base;
      } else await rm(fillingMark(place), { force: true });
    }
  }
  const wasBroken = await tie(place.linked, { branch });
  if (!there) {
    await keepUnknown(at, place, item, branch);
    await forgetSetUp(place.tree);
    await put(at, place, { branch }, { from: head, to: head });
  } else if (wasBroken || !(await hasUsableIndex(at, place))) {
    await stageAll(at.git, place.tree, head);
    const hidden = await hiddenFiles(at.git, place.tree);
    at.git.memory.forget(place.tree.index);
    await at.git.run(['read-tree', '--reset', head], { tree: place.tree });
    await handOver(at, place, hidden);
  }
  const commitsAhead = await countAhead(at.git, line, head);
  return { path: place.tree.path, gitDir: place.linked.gitDir, branch, base, head, commitsAhead, created: !there };
}

/**
 * A branch name that nobody has taken. Branches of the same number with this log's mark and with work in them belong to an item
 * of a copy of this log: they stay as they are, and what they hold is also kept in a snapshot.
 */
async function unusedBranch(at: Context, item: { readonly number: ItemNumber; readonly title: string }): Promise<string> {
  const others = await branchesOf(at, item.number);
  for (const { branch, head, ahead } of others) {
    if (ahead > 0) await keepCommit(at, item.number, head, `${branch}, which a copy of this log made`);
  }
  const mark = markOf(at.origin);
  for (let n = 1; ; n += 1) {
    const name = branchName(item.number, item.title, mark, n);
    if ((await branchHead(at, name)) === null) return name;
  }
}

/**
 * Files in the worktree of an item that has no branch yet were left by another log: they are kept in a snapshot and
 * must not become this item's work. Returns whether there were any.
 */
async function setAside(at: Context, place: Place, item: ItemNumber, head: CommitSha): Promise<boolean> {
  if ((await changedIn(at, place, head)).length === 0) return false;
  await snapshot(at, { number: item, branch: null }, 'files of another log');
  return true;
}

/** Files in a folder that is no worktree of Musher any more, because what Musher knew of it is lost, are still somebody's work. */
async function keepUnknown(at: Context, place: Place, item: { readonly number: ItemNumber }, branch: string): Promise<void> {
  if (await isThere(fillingMark(place))) return;
  const files = await readdir(place.tree.path).catch((): string[] => []);
  if (files.some((name) => name !== '.git')) await snapshot(at, { number: item.number, branch }, 'before its worktree was made again');
}

/** Whether files of a worktree are there: a folder, not a link, that Musher has tied and filled before. */
export async function isWorktree(place: Place): Promise<boolean> {
  const folder = await lstat(place.tree.path).catch(() => null);
  if (folder?.isDirectory() !== true) return false;
  return (await isThere(place.tree.index)) && !(await isThere(fillingMark(place)));
}

/**
 * Exists while files are checked out. If Musher is killed then, only some of them are there, and the missing ones must not be
 * committed as deleted.
 */
export const fillingMark = (place: Place): string => `${place.tree.index}.filling`;

async function hasUsableIndex(at: Context, place: Place): Promise<boolean> {
  const index = join(place.linked.gitDir, 'index');
  const whole = await isWholeIndex(index);
  if (whole !== 'ask') return whole;
  await bringSharedIndexes(at.git, place.tree);
  const answer = await at.git.run(['ls-files', '--', '.git'], { tree: { path: place.tree.path, index }, answers: [1, 128] });
  return answer.exitCode === 0;
}

/** Gives the agent's git the index that Musher has made, and the worktree's git directory to those who share the repository. */
export async function handOver(at: Context, { tree, linked }: Place, hidden?: HiddenFiles): Promise<void> {
  await installIndex(at.git, tree, hidden);
  await share(dirname(linked.gitDir), at.repository.sharing, false);
  await share(linked.gitDir, at.repository.sharing);
}

/** Ties the worktree to `head`, fills it with the files of `to`, and leaves nothing of an unfinished merge. */
export async function put(
  at: Context,
  place: Place,
  head: Parameters<typeof tie>[1],
  { from, to }: { readonly from: CommitSha; readonly to: CommitSha },
  keep: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  await writeFile(fillingMark(place), '', { mode: 0o600 });
  await tie(place.linked, head);
  await forgetUnfinished(place.linked);
  await clearTheWay(at, place, to);
  crashPoint('before-files-put');
  await putFiles(at.git, place.tree, from, to, keep);
  crashPoint('after-files-put');
  await handOver(at, place);
  await rm(fillingMark(place), { force: true });
}

async function changedIn(at: Context, place: Place, head: CommitSha): Promise<string[]> {
  return namesOf(at, head, await stageKept(at.git, place.tree, head));
}

/** Names of the files that the run has changed, those included that no commit of Musher's can hold. */
async function namesOf(at: Context, head: CommitSha, { tree, filtered }: Staged): Promise<string[]> {
  const changed = await changedFiles(at.git, await treeOf(at.git, head), tree);
  return [...changed, ...filtered.map(readable)];
}

const readable = (name: string): string => Buffer.from(name, 'latin1').toString('utf8');

/**
 * Changed files of the item's worktree that Musher can't commit, because they have to go through a filter (git-lfs …), or are no
 * text of the encoding that their attributes name. Whoever changed them has to commit them with git.
 */
export async function uncommittable(at: Context, item: ItemAt): Promise<string[]> {
  const place = placeOf(at, String(item.number));
  const found = await findBranch(at, item);
  if (found === null || !(await isWorktree(place))) return [];
  return (await stageKept(at.git, place.tree, found.head)).filtered.map(readable);
}

/** Whether some files of the item's worktree are hidden from git, as in a sparse one. A gate there would judge other files than the commit's. */
export async function hidesFiles(at: Context, item: ItemAt): Promise<boolean> {
  const { skipped, assumed } = await hiddenFiles(at.git, placeOf(at, String(item.number)).tree);
  return skipped.length + assumed.length > 0;
}

/** Remembers what a set-up has changed in the item's worktree, besides what was changed `before`: none of it is the work of the run that follows. */
export async function noteSetUpFiles(at: Context, item: ItemAt, before: readonly string[]): Promise<void> {
  const { tree } = placeOf(at, String(item.number));
  const found = await findBranch(at, item);
  if (found === null) return;
  const work = new Set(before);
  const names = await changedNames(at.git, tree, found.head);
  await noteSetUp(
    tree,
    names.filter((name) => !work.has(readable(name))),
  );
}

/** Files of the item's worktree that differ from its branch's head, or are new and not ignored. */
export async function leftovers(at: Context, item: ItemAt): Promise<string[]> {
  const place = placeOf(at, String(item.number));
  const found = await findBranch(at, item);
  return found !== null && (await isWorktree(place)) ? changedIn(at, place, found.head) : [];
}

/** The tree of all files in the item's worktree, committed or not, ignored ones left out. Null without a worktree. */
export async function treeOfFiles(at: Context, item: ItemAt): Promise<CommitSha | null> {
  const place = placeOf(at, String(item.number));
  const found = await findBranch(at, item);
  return found !== null && (await isWorktree(place)) ? stageAll(at.git, place.tree, found.head) : null;
}

/** What all files in the item's worktree change against where its branch left the base branch, committed or not. Null without a worktree. */
export async function diffOfFiles(at: Context, item: ItemAt, maxBytes: number): Promise<Diff | null> {
  const files = await treeOfFiles(at, item);
  const found = await findBranch(at, item);
  if (files === null || found === null) return null;
  return diffBetween(at.git, await forkPoint(at.git, await baseline(at), found.head), files, maxBytes);
}

/** Commits what an agent left, on the item's branch. Null when there is nothing to commit. */
export async function commitLeftovers(at: Context, item: ItemAt, message: string): Promise<CommitSha | null> {
  const place = placeOf(at, String(item.number));
  const found = await findBranch(at, item);
  if (found === null || !(await isWorktree(place))) return null;
  const tree = await stageAll(at.git, place.tree, found.head);
  const hidden = await hiddenFiles(at.git, place.tree);
  const merging = await mergeInProgress(at, place);
  if (merging === null && tree === (await treeOf(at.git, found.head))) return null;
  const parents = merging === null ? [found.head] : [found.head, merging];
  const commit = await commitTree(at.git, { tree, parents, message });
  const moved = await swapRef(at.git, `refs/heads/${found.branch}`, commit, found.head, 'commit what the run left');
  if (!moved) throw new Error(`${found.branch} moved while its leftovers were committed`);
  crashPoint('after-leftovers-committed');
  await tie(place.linked, { branch: found.branch });
  await forgetUnfinished(place.linked);
  await handOver(at, place, hidden);
  return commit;
}

/** The commit of the base branch that `stageConflict` put up for merging; anything else there is not believed. */
async function mergeInProgress(at: Context, place: Place): Promise<CommitSha | null> {
  const merging = commitSha(((await readPlain(join(place.linked.gitDir, 'MERGE_HEAD'))) ?? '').trim());
  if (merging === null) return null;
  const answer = await at.git.run(['cat-file', '-e', `${merging}^{commit}`], { answers: [1, 128] });
  return answer.exitCode === 0 && (await isAncestor(at.git, merging, await baseHead(at))) ? merging : null;
}

/**
 * Makes the files exactly the branch's head: tracked ones reset, untracked ones removed, ignored ones kept. The
 * caller takes a snapshot first.
 */
export async function resetWorktree(at: Context, item: ItemAt): Promise<void> {
  const found = await findBranch(at, item);
  if (found === null) throw new Error(`item ${item.number} has no branch to reset its worktree to`);
  const keep = (): Promise<unknown> => snapshot(at, item, 'before its files were reset');
  await put(at, placeOf(at, String(item.number)), { branch: found.branch }, { from: found.head, to: found.head }, keep);
}

/**
 * The worktree for gates on a merged tree, with a detached HEAD: its files are exactly this commit. By default
 * nothing else is there either. What earlier gates built (ignored files) could let a gate pass that fails on a
 * clean clone, and the receipt speaks of the commit alone; `keepIgnored` trades that for speed.
 */
export async function openMergeWorktree(at: Context, commit: CommitSha, keepIgnored: boolean): Promise<string> {
  const place = placeOf(at, 'merge');
  if (!keepIgnored || !(await isWorktree(place))) await removeFolder(place.tree.path);
  await put(at, place, { detached: commit }, { from: commit, to: commit });
  return place.tree.path;
}

/** The checkout in which values are measured, made anew at this commit; returns its path. */
export async function openMeasureWorktree(at: Context, commit: CommitSha): Promise<string> {
  const place = placeOf(at, 'measure');
  await removeFolder(place.tree.path);
  await put(at, place, { detached: commit }, { from: commit, to: commit });
  return place.tree.path;
}

/** What the branch holds, read from its ref. Null when there is no such branch. */
export async function readWork(at: Context, branch: string): Promise<{ branch: string; head: CommitSha; commitsAhead: number } | null> {
  const head = await branchHead(at, branch);
  return head === null ? null : { branch, head, commitsAhead: await countAhead(at.git, await baseline(at), head) };
}

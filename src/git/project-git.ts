import { mkdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { MusherError } from '../errors.ts';
import type { SetAside } from '../pipeline/why/removal.ts';
import type { Work } from '../pipeline/types.ts';
import type { CommitSha, ItemNumber, Millis } from '../pipeline/values.ts';
import { broughtByHand, isRefused } from './base/same-change.ts';
import { complaintOf, type MoveBase, moveBase } from './base/base.ts';
import { readBlobs } from './blobs.ts';
import { stageConflict } from './worktree/conflict.ts';
import { collect, itemOfBranch } from './boxed/collect.ts';
import { clearLocks } from './worktree/dead-run.ts';
import { bringBack, type Elsewhere, type Strays, workElsewhere } from './worktree/elsewhere.ts';
import { keepStrays } from './boxed/strays.ts';
import { baseHead, branchHead, type Context, type ItemAt, placeOf, baseline, takeAsides } from './context.ts';
import {
  changedSince,
  parentsOf,
  patchSince,
  commitTree,
  type Diff,
  diffBetween,
  diffSince,
  filesWithMarkers,
  isAncestor,
  type LogEntry,
  readLog,
  squash,
  type Squash,
  treeOf,
} from './history.ts';
import { isMergeOfAnother, mergeHistory, type PastMerge } from './base/merge-history.ts';
import { refusedObjects } from './base/strict.ts';
import { type UnknownLink, unknownLinks } from './inside/links.ts';
import { type Drift, type DriftAsk, lookForDrift } from './base/drift.ts';
import { findNotRun, type NotRun } from './traits/not-run.ts';
import { keyedLock } from './lock.ts';
import { folderName, isBranchOf, markOf, type Origin } from './names.ts';
import { type GitStatus, readStatus } from './overview.ts';
import { makeOwnDir } from './own-dir.ts';
import { reconcile, type Reconciled } from './reconcile.ts';
import { readRef } from './refs.ts';
import { checkRoom, lookForRoom } from './worktree/room.ts';
import { restoreTracked, trackedFiles } from './worktree/tracked.ts';
import { itemsWithLeftovers } from './worktree/items-with-leftovers.ts';
import { gitRunner } from './shell/runner.ts';
import { checkGitVersion, findRepository, type Identity } from './repository.ts';
import {
  branchFromSnapshot,
  type DescribedSnapshot,
  describeSnapshots,
  type Restored,
  restoreSnapshot,
  snapshotDiff,
} from './worktree/restore.ts';
import { reopenBranch, takeBack, type TakenBack } from './base/take-back.ts';
import type { Box } from '../sandbox/box.ts';
import type { Mount } from '../sandbox/mounts.ts';
import { makeView, removeView, showHead, viewOf } from './boxed/view.ts';
import { type TakenOff, takeOffTooLarge } from './worktree/tree-size.ts';
import { type KeptSnapshot, type Snapshot, snapshot, snapshots } from './worktree/snapshots.ts';
import {
  commitLeftovers,
  diffOfFiles,
  hidesFiles,
  leftovers,
  noteSetUpFiles,
  type OpenedWorktree,
  openMergeWorktree,
  openWorktree,
  readWork,
  type Removed,
  removeWorktree,
  resetWorktree,
  treeOfFiles,
  uncommittable,
} from './worktree/worktrees.ts';

/**
 * A project's repository as Musher works on it. Work on one worktree runs one call after the other, on different
 * ones side by side. Methods throw MusherError GIT_FAILED when git itself fails, REPOSITORY_UNUSABLE when the base
 * branch is gone.
 */
export interface ProjectGit {
  /** Objects, refs and the worktrees' own git directories live here: what an agent's git needs besides its worktree. */
  readonly commonDir: string;
  /** The trailers of a merge or revert commit that name its item and log. */
  trailers(kind: 'Item' | 'Undo', number: ItemNumber): string;
  /** Who commits where nobody else is named: the owner as their configuration has it, else Musher. */
  readonly identity: Identity;
  /** The commit at the tip of the base branch. */
  baseHead(): Promise<CommitSha>;
  openWorktree(item: { readonly number: ItemNumber; readonly title: string; readonly branch: string | null }): Promise<OpenedWorktree>;
  readWork(branch: string): Promise<Work | null>;
  treeOf(commit: CommitSha): Promise<CommitSha>;
  leftovers(item: ItemAt): Promise<string[]>;
  treeOfFiles(item: ItemAt): Promise<CommitSha | null>;
  /** All files of the worktree against where its branch left the base branch. Null without a worktree. */
  diffOfFiles(item: ItemAt, maxBytes: number): Promise<Diff | null>;
  commitLeftovers(item: ItemAt, message: string): Promise<CommitSha | null>;
  /** Changed files of the worktree that only git itself can commit: their attributes name a filter, or an encoding that they don't have. */
  uncommittable(item: ItemAt): Promise<string[]>;
  /** Whether some files of the worktree are hidden from git. */
  hidesFiles(item: ItemAt): Promise<boolean>;
  /** Remembers what a set-up has changed in the worktree, as no work of the run that follows. `before`: files that were changed already. */
  noteSetUp(item: ItemAt, before: readonly string[]): Promise<void>;
  /** Numbers of items with a worktree, its link or an unused branch, whatever their state. */
  itemsWithLeftovers(): Promise<ItemNumber[]>;
  snapshot(item: ItemAt, why: string): Promise<Snapshot | null>;
  snapshots(item: { readonly number: ItemNumber }): Promise<KeptSnapshot[]>;
  describeSnapshots(
    item: { readonly number: ItemNumber; readonly branch: string | null },
    max: number,
  ): Promise<{ readonly all: number; readonly newest: DescribedSnapshot[] }>;
  snapshotDiff(ask: { readonly number: ItemNumber; readonly n: number; readonly maxBytes: number }): ReturnType<typeof snapshotDiff>;
  restoreSnapshot(
    item: { readonly number: ItemNumber; readonly title: string; readonly branch: string | null },
    n: number,
  ): Promise<Restored | null>;
  branchFromSnapshot(number: ItemNumber, n: number): Promise<{ readonly branch: string; readonly made: boolean } | null>;
  /** Reverses a merge on a commit of the base branch; no ref moves. */
  takeBack(step: { readonly base: CommitSha; readonly merge: CommitSha }): Promise<TakenBack>;
  reopenBranch(
    item: { readonly number: ItemNumber; readonly branch: string },
    commits: { readonly head: CommitSha | null; readonly merge: CommitSha; readonly undone: CommitSha; readonly message: string },
  ): Promise<Work>;
  /** Compares worktrees and branches with the log's items; see `reconcile`. `into`: where what belongs to nothing is moved. */
  reconcile(items: Parameters<typeof reconcile>[1], into: string): Promise<Reconciled>;
  resetWorktree(item: ItemAt): Promise<void>;
  /** What is wrong with the repository or git itself; null: nothing. `command` of git is tried as well. Costs a look at the name of every file of the base branch. */
  complaint(command: string | null): Promise<MusherError | null>;
  /** Makes the item's branch again at a commit that Musher saw there, where it is gone and the commit is not. */
  bringBack(item: { readonly number: ItemNumber; readonly branch: string }, head: CommitSha): Promise<void>;
  /** Takes commits off the item's branch whose trees are beyond what is read; see `takeOffTooLarge`. `good`: a head that was read before. */
  takeOffTooLarge(item: ItemAt, good: CommitSha): Promise<TakenOff | null>;
  /** Commits of a run since it began that the item's branch does not hold; null: there are none. */
  workElsewhere(item: ItemAt, since: Millis): Promise<Elsewhere | null>;
  /** Removes the locks that git processes of an ended run left. None of the run's processes may be alive. */
  clearLocks(item: ItemAt): Promise<void>;
  restoreTracked(where: ItemAt | 'merge', commit: CommitSha): Promise<string[]>;
  trackedFiles(where: ItemAt | 'merge'): Promise<ReadonlySet<string>>;
  squash(commits: { readonly base: CommitSha; readonly head: CommitSha }): Promise<Squash>;
  /** Writes the squashed commit; no ref moves. The author defaults to the owner's identity, as Musher found it. */
  commitSquash(commit: {
    readonly tree: CommitSha;
    readonly base: CommitSha;
    readonly message: string;
    readonly author?: Identity;
  }): Promise<CommitSha>;
  openMergeWorktree(commit: CommitSha, options?: { readonly keepIgnored?: boolean }): Promise<string>;
  moveBase(step: { readonly from: CommitSha; readonly to: CommitSha }): Promise<MoveBase>;
  stageConflict(item: ItemAt, base: CommitSha): Promise<string[]>;
  conflictMarkers(commit: CommitSha, files: readonly string[]): Promise<string[]>;
  removeWorktree(item: ItemAt, options?: { readonly deleteBranch?: boolean; readonly nothingLarge?: boolean }): Promise<Removed>;
  /** Whether a branch's head holds nothing but what these commits held, which were turned down; see `same-change`. */
  isRefused(head: CommitSha, refused: readonly CommitSha[]): Promise<boolean>;
  /** Links to commits of other repositories in an item's change that nobody would find; see `unknownLinks`. */
  unknownLinks(number: ItemNumber, head: CommitSha): Promise<UnknownLink[]>;
  /** Why a server that checks would turn down what a commit adds to the base branch; see `refusedObjects`. */
  refusedObjects(base: CommitSha, commit: CommitSha): Promise<string | null>;
  /** What was moved out of an item's worktree to the quarantine since this was asked last: a person has to be told. */
  takeAsides(number: ItemNumber): readonly SetAside[];
  /** Whether the base branch's history holds a commit; false also for one that does not exist. */
  baseContains(commit: CommitSha): Promise<boolean>;
  /** Paths that a commit changes against where it left the base branch. */
  changedPaths(head: CommitSha): Promise<string[]>;
  /** The commit by which somebody brought the change of an item's branch to the base branch by hand; null where nobody did. */
  broughtByHand(item: { readonly number: ItemNumber; readonly head: CommitSha }): Promise<CommitSha | null>;
  /** What the history of a commit says of this log's items: the last merge of each, or what reverted that, where it is newer than `since` (null: nothing counts). */
  mergeHistory(head: CommitSha, since: CommitSha | null): Promise<PastMerge[]>;
  /** Every line that it adds, for a search. */
  patch(head: CommitSha, maxBytes: number): Promise<{ text: string; truncated: boolean }>;
  /** The bytes of files' contents by their object names, at most `maxBytes` together; those that did not fit are missing. */
  blobs(names: readonly string[], maxBytes: number): Promise<ReadonlyMap<string, Buffer>>;
  /** The branch against where it left the base branch. Null when there is no such branch. */
  diff(ask: { readonly branch: string; readonly maxBytes: number }): Promise<Diff | null>;
  /** What a commit changes against its first parent. Null where the repository has no such commit any more. */
  diffOfCommit(commit: CommitSha, maxBytes: number): Promise<Diff | null>;
  /** Commits of the branch that the base branch lacks, newest first; with `branch` = the base branch, its own. */
  log(ask: { readonly branch: string; readonly max: number }): Promise<LogEntry[]>;
  /** Whether and how the base branch has moved since it was seen at a commit. */
  drift(ask: DriftAsk): Promise<Drift>;
  status(): Promise<GitStatus>;
  /** Throws the system's error where a disk of the project takes nothing more: by the disks' own word, or by writing there. */
  checkRoom(how: 'look' | 'write'): Promise<void>;
  /** What the owner's git does in this project, and Musher's does not: for `doctor`. */
  notRun(): Promise<NotRun>;
  /** What a sandboxed run of the item sees of git and its worktree, made anew; what it commits is taken over by whatever looks at its work. */
  viewForRun(item: ItemAt): Promise<Mount[]>;
  /** The same for a gate or a set-up, in the item's worktree or the merge worktree: nothing that it commits is taken over. */
  viewForCommand(where: ItemAt | 'merge'): Promise<Mount[]>;
}

/** What an item's views are for: its runs, and commands of the project. */
const USES = ['', '-command'] as const;

/**
 * Opens a project's repository: finds and pins its git directory, and makes Musher's own beside the log. Throws
 * MusherError REPOSITORY_UNUSABLE or GIT_TOO_OLD.
 */
export async function openProjectGit(options: {
  readonly project: string;
  readonly repository: string;
  readonly baseBranch: string;
  readonly dataDir: string;
  readonly clock: Clock;
  /** What the project's processes run in; null: nothing. */
  readonly box?: Box | null;
  /** The mark that distinguishes this project's branches, snapshots and merges from those of others. */
  readonly origin: Origin;
  /** Commits at which the base branch stood, and that somebody took off it since; missing: none. */
  readonly gone?: () => readonly CommitSha[];
}): Promise<ProjectGit> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(options.dataDir);
  const runGit = gitRunner();
  // One after the other in one shell, since each further one costs more time than git's answer. A git that is missing or too
  // old is what a person has to hear of first.
  await checkGitVersion(dataDir, runGit);
  const repository = await findRepository(options.repository, runGit);
  const folder = folderName(options.project);
  const git = await makeOwnDir(join(dataDir, 'git', folder), repository, options.clock, runGit);
  const worktrees = join(dataDir, 'worktrees', folder);
  await mkdir(worktrees, { recursive: true, mode: 0o700 });
  const at: Context = {
    git,
    repository,
    baseBranch: options.baseBranch,
    worktrees,
    quarantine: join(dataDir, 'quarantine'),
    asides: new Map(),
    folder,
    origin: options.origin,
    gone: options.gone ?? ((): readonly CommitSha[] => []),
    baselines: new Map(),
  };
  const [inTheWay] = await Promise.all([readRef(git, 'refs/heads/musher'), baseHead(at)]);
  if (inTheWay !== null) {
    throw new MusherError(
      'REPOSITORY_UNUSABLE',
      'A branch named musher is in the way of the items’ branches (musher/42-…).',
      'Rename it: `git branch -m musher another-name`.',
    );
  }
  return projectGit(at, options.clock, options.box ?? null);
}

function projectGit(at: Context, clock: Clock, box: Box | null): ProjectGit {
  const lock = keyedLock();
  const locked = <T>(item: { readonly number: ItemNumber }, work: () => Promise<T>): Promise<T> => lock(`item ${item.number}`, work);
  /** Whatever looks at an item's work sees what was committed in its sandbox as well. */
  const collected = async (item: ItemNumber, branch: string): Promise<void> => {
    if (box !== null && isBranchOf(item, branch)) await collect(at, box, item, branch);
  };
  const onItem = <T>(item: ItemAt, work: () => Promise<T>): Promise<T> =>
    locked(item, async () => {
      if (item.branch !== null) await collected(item.number, item.branch);
      return work();
    });
  /** Before something forgets where the worktree's HEAD stood, or what else the sandbox holds. The run has ended. */
  const withStrays = <T>(item: ItemAt, work: (strays: Strays) => Promise<T>): Promise<T> =>
    onItem(item, async () => {
      const { branch } = item;
      return work(
        box !== null && branch !== null && isBranchOf(item.number, branch) ? await keepStrays(at, box, item.number, branch) : new Map(),
      );
    });
  /** Of a branch that may be an item's. */
  const onBranch = async <T>(branch: string, work: () => Promise<T>): Promise<T> => {
    const number = box === null ? null : itemOfBranch(branch);
    if (number !== null) await locked({ number }, () => collected(number, branch));
    return work();
  };
  return {
    commonDir: at.repository.commonDir,
    identity: at.repository.identity,
    trailers: (kind, number) => `Musher-${kind}: ${number}\nMusher-Log: ${markOf(at.origin)}`,
    baseHead: () => baseHead(at),
    openWorktree: (item) => withStrays(item, (strays) => openWorktree(at, item, strays)),
    readWork: (branch) => onBranch(branch, () => readWork(at, branch)),
    treeOf: (commit) => treeOf(at.git, commit),
    leftovers: (item) => onItem(item, () => leftovers(at, item)),
    diffOfFiles: (item, maxBytes) => onItem(item, () => diffOfFiles(at, item, maxBytes)),
    treeOfFiles: (item) => onItem(item, () => treeOfFiles(at, item)),
    commitLeftovers: (item, message) =>
      withStrays(item, async () => {
        const commit = await commitLeftovers(at, item, message);
        if (commit !== null && item.branch !== null && box !== null) await showHead(viewOf(at, String(item.number)), item.branch, commit);
        return commit;
      }),
    uncommittable: (item) => onItem(item, () => uncommittable(at, item)),
    hidesFiles: (item) => onItem(item, () => hidesFiles(at, item)),
    noteSetUp: (item, before) => onItem(item, () => noteSetUpFiles(at, item, before)),
    itemsWithLeftovers: () => itemsWithLeftovers(at),
    snapshot: (item, why) => onItem(item, () => snapshot(at, item, why)),
    snapshots: (item) => snapshots(at, item),
    describeSnapshots: (item, max) => describeSnapshots(at, item, max),
    snapshotDiff: ({ number, n, maxBytes }) => snapshotDiff(at, number, n, maxBytes),
    restoreSnapshot: (item, n) => withStrays(item, () => restoreSnapshot(at, item, n)),
    branchFromSnapshot: (number, n) => locked({ number }, () => branchFromSnapshot(at, number, n)),
    takeBack: ({ base, merge }) => takeBack(at, base, merge),
    reopenBranch: (item, commits) => withStrays(item, () => reopenBranch(at, item, commits)),
    reconcile: (items, into) => reconcile(at, items, into, clock.now()),
    clearLocks: (item) => locked(item, () => clearLocks(at, placeOf(at, String(item.number)), item.branch)),
    complaint: (command) => complaintOf(at, command),
    takeOffTooLarge: (item, good) => onItem(item, () => takeOffTooLarge(at, item, good)),
    bringBack: (item, head) => onItem(item, () => bringBack(at, item.branch, head)),
    workElsewhere: (item, since) => withStrays(item, (strays) => workElsewhere(at, item, since, strays)),
    resetWorktree: (item) => withStrays(item, () => resetWorktree(at, item)),
    squash: async ({ base, head }) => squash(at.git, await baseline(at, base), head),
    restoreTracked: (where, commit) =>
      where === 'merge'
        ? lock('merge', () => restoreTracked(at, 'merge', commit))
        : onItem(where, () => restoreTracked(at, String(where.number), commit)),
    trackedFiles: (where) =>
      where === 'merge' ? lock('merge', () => trackedFiles(at, 'merge')) : onItem(where, () => trackedFiles(at, String(where.number))),
    commitSquash: ({ tree, base, message, author }) =>
      commitTree(at.git, { tree, parents: [base], message, ...(author === undefined ? {} : { author }) }),
    openMergeWorktree: (commit, how) => lock('merge', () => openMergeWorktree(at, commit, how?.keepIgnored ?? false)),
    moveBase: ({ from, to }) => lock('base', () => moveBase(at, from, to)),
    stageConflict: (item, base) => withStrays(item, () => stageConflict(at, item, base)),
    conflictMarkers: (commit, files) => filesWithMarkers(at.git, commit, files),
    removeWorktree: (item, how) =>
      withStrays(item, async () => {
        for (const use of USES) await removeView(at, `${item.number}${use}`, use === '' ? item.branch : null);
        return removeWorktree(at, item, how?.deleteBranch ?? false, how?.nothingLarge ?? false);
      }),
    viewForRun: (item) => withStrays(item, () => makeView(at, String(item.number), placeOf(at, String(item.number)), item.branch)),
    viewForCommand: (where) =>
      where === 'merge'
        ? lock('merge', () => makeView(at, 'merge', placeOf(at, 'merge'), null))
        : onItem(where, () => makeView(at, `${where.number}-command`, placeOf(at, String(where.number)), where.branch)),
    isRefused: (head, refused) => isRefused(at, head, refused),
    unknownLinks: (number, head) => unknownLinks(at, number, head),
    refusedObjects: (base, commit) => refusedObjects(at, base, commit),
    takeAsides: (number) => takeAsides(at, String(number)),
    baseContains: async (commit) => {
      const found = await at.git.run(['cat-file', '-e', `${commit}^{commit}`], { answers: [1, 128] });
      return found.exitCode === 0 && isAncestor(at.git, commit, await baseHead(at));
    },
    broughtByHand: async ({ number, head }) =>
      broughtByHand(at, await baseline(at), head, (message) => isMergeOfAnother(at.origin, message, number)),
    mergeHistory: (head, since) => mergeHistory(at, head, since),
    patch: async (head, maxBytes) => patchSince(at.git, await baseline(at), head, maxBytes),
    blobs: (names, maxBytes) => readBlobs(at.git, names, maxBytes),
    changedPaths: async (head) => changedSince(at.git, await baseline(at), head),
    diff: async ({ branch, maxBytes }) => {
      const head = await onBranch(branch, () => branchHead(at, branch));
      return head === null ? null : diffSince(at.git, await baseline(at), head, maxBytes);
    },
    diffOfCommit: async (commit, maxBytes) => {
      const [parent] = await parentsOf(at.git, commit);
      return parent === undefined ? null : diffBetween(at.git, parent, commit, maxBytes);
    },
    log: async ({ branch, max }) => {
      const head = await onBranch(branch, () => branchHead(at, branch));
      if (head === null) return [];
      return readLog(at.git, head, branch === at.baseBranch ? null : await baseline(at), max);
    },
    drift: (ask) => lookForDrift(at, ask),
    notRun: () => findNotRun(at),
    checkRoom: (how) => {
      const folders = [join(at.repository.commonDir, 'objects'), at.worktrees, at.git.path];
      return how === 'look' ? lookForRoom(folders) : checkRoom([...folders, tmpdir()]);
    },
    status: () => lock('base', () => readStatus(at)),
  };
}

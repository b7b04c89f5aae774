import { mkdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { MusherError } from '../errors.ts';
import type { CommitSha, ItemNumber } from '../pipeline/values.ts';
import { broughtByHand, isRefused } from './base/same-change.ts';
import { complaintOf, moveBase } from './base/base.ts';
import { BOUNDS } from '../bounds.ts';
import { Remembered } from './objects/loose.ts';
import { readBlobs } from './objects/blobs.ts';
import { stageConflict } from './worktree/conflict.ts';
import { collect, itemOfBranch } from './boxed/collect.ts';
import { clearLocks } from './worktree/dead-run.ts';
import { bringBack, type Strays, workElsewhere } from './worktree/elsewhere.ts';
import { keepStrays } from './boxed/strays.ts';
import { baseHead, branchHead, type Context, type ItemAt, placeOf, baseline, takeAsides } from './context.ts';
import { changedFiles, type ChangedFiles, patchOf } from './changes/changed-files.ts';
import {
  changedSince,
  parentsOf,
  patchSince,
  commitTree,
  diffBetween,
  diffSince,
  filesWithMarkers,
  forkPoint,
  isAncestor,
  readLog,
  squash,
  treeOf,
} from './history.ts';
import { isMergeOfAnother, mergeHistory } from './base/merge-history.ts';
import { refusedObjects } from './base/strict.ts';
import { unknownLinks } from './inside/links.ts';
import { lookForDrift } from './base/drift.ts';
import { findNotRun } from './traits/not-run.ts';
import { keyedLock } from './lock.ts';
import { folderName, isBranchOf, markOf, type Origin } from './names.ts';
import { readStatus } from './overview.ts';
import { makeOwnDir } from './own-dir.ts';
import { reconcile } from './reconcile.ts';
import { readRef } from './refs.ts';
import { checkRoom, lookForRoom } from './worktree/room.ts';
import { restoreTracked, trackedFiles } from './worktree/tracked.ts';
import { itemsWithLeftovers } from './worktree/items-with-leftovers.ts';
import { gitRunner } from './shell/runner.ts';
import { checkGitVersion, findRepository } from './repository.ts';
import { branchFromSnapshot, describeSnapshots, restoreSnapshot, snapshotDiff } from './worktree/restore.ts';
import { reopenBranch, takeBack } from './base/take-back.ts';
import type { Box } from '../sandbox/box.ts';
import { makeView, removeView, showHead, viewOf } from './boxed/view.ts';
import { takeOffTooLarge } from './worktree/tree-size.ts';
import { snapshot, snapshots } from './worktree/snapshots.ts';
import {
  commitLeftovers,
  diffOfFiles,
  hidesFiles,
  leftovers,
  noteSetUpFiles,
  openMeasureWorktree,
  openMergeWorktree,
  openWorktree,
  readWork,
  resetWorktree,
  treeOfFiles,
  uncommittable,
} from './worktree/worktrees.ts';
import { removeWorktree } from './worktree/removal.ts';
import type { ProjectGit } from './project-git.ts';

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
  const changesKnown = new Remembered<ChangedFiles>(BOUNDS.changesKnown);
  const changes = async (from: CommitSha, to: CommitSha): Promise<ChangedFiles> => {
    const found = changesKnown.get(`${from} ${to}`) ?? (await changedFiles(at.git, from, to));
    changesKnown.set(`${from} ${to}`, found, found.files.length + 1);
    return found;
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
    openMeasureWorktree: (commit) => lock('measure', () => openMeasureWorktree(at, commit)),
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
      where === 'merge' || where === 'measure'
        ? lock(where, () => makeView(at, where, placeOf(at, where), null))
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
    changedFiles: async (of) => {
      if ('commit' in of) {
        const [parent] = await parentsOf(at.git, of.commit);
        return parent === undefined ? null : changes(parent, of.commit);
      }
      const head = await onBranch(of.branch, () => branchHead(at, of.branch));
      return head === null ? null : changes(await forkPoint(at.git, await baseline(at), head), head);
    },
    filePatch: (change, paths, maxBytes) => patchOf(at.git, change, paths, maxBytes),
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

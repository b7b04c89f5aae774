import type { MusherError } from '../errors.ts';
import type { SetAside } from '../pipeline/why/removal.ts';
import type { Work } from '../pipeline/types.ts';
import type { CommitSha, ItemNumber, Millis } from '../pipeline/values.ts';
import type { MoveBase } from './base/base.ts';
import type { Elsewhere } from './worktree/elsewhere.ts';
import type { ItemAt } from './context.ts';
import type { ChangedFiles, patchOf } from './changes/changed-files.ts';
import type { Diff, LogEntry, Squash } from './history.ts';
import type { PastMerge } from './base/merge-history.ts';
import type { UnknownLink } from './inside/links.ts';
import type { Drift, DriftAsk } from './base/drift.ts';
import type { NotRun } from './traits/not-run.ts';
import type { GitStatus } from './overview.ts';
import type { reconcile, Reconciled } from './reconcile.ts';
import type { Identity } from './repository.ts';
import type { DescribedSnapshot, Restored, snapshotDiff } from './worktree/restore.ts';
import type { TakenBack } from './base/take-back.ts';
import type { Mount } from '../sandbox/mounts.ts';
import type { TakenOff } from './worktree/tree-size.ts';
import type { KeptSnapshot, Snapshot } from './worktree/snapshots.ts';
import type { OpenedWorktree } from './worktree/worktrees.ts';
import type { Removed } from './worktree/removal.ts';

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
  /** The checkout in which values are measured, at this commit. */
  openMeasureWorktree(commit: CommitSha): Promise<string>;
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
  /**
   * The files of a change: of a branch since it left the base branch, or of a commit against its first parent. Null where there is no
   * such branch or commit any more. Remembered, because a change never becomes another.
   */
  changedFiles(of: { readonly branch: string } | { readonly commit: CommitSha }): Promise<ChangedFiles | null>;
  /** The patch of some files of such a change, by their paths before and after. */
  filePatch(change: Pick<ChangedFiles, 'from' | 'to'>, paths: readonly string[], maxBytes: number): ReturnType<typeof patchOf>;
  /** Commits of the branch that the base branch lacks, newest first; with `branch` = the base branch, its own. */
  log(ask: { readonly branch: string; readonly max: number }): Promise<LogEntry[]>;
  /** Whether and how the base branch has moved since it was seen at a commit. */
  drift(ask: DriftAsk): Promise<Drift>;
  status(): Promise<GitStatus>;
  /** Throws the system's error where a disk of the project takes nothing more: by the disks' own word, or by writing there. */
  checkRoom(how: 'look' | 'write'): Promise<void>;
  /** What the owner's git does in this project, and Musher's does not: for `doctor`. */
  notRun(): Promise<NotRun>;
  /** What a sandboxed run of the item sees of git and its worktree, made anew; its commits are taken over when somebody looks at its work. */
  viewForRun(item: ItemAt): Promise<Mount[]>;
  /** The same for a gate or a set-up, in the item's worktree or the merge worktree: nothing that it commits is taken over. */
  viewForCommand(where: ItemAt | 'merge' | 'measure'): Promise<Mount[]>;
}

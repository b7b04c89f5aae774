import type { Amount } from './budget/budget.ts';
import type { Why } from './why/cause.ts';
import type { Said } from './why/fault.ts';
import type { CommitSha, ItemNumber, Millis, PositiveInt } from './values.ts';
import type { Role } from './role.ts';
import type { Told } from './told/told.ts';

export const ITEM_TYPES = ['story', 'bug', 'spike', 'refactor'] as const;
export type ItemType = (typeof ITEM_TYPES)[number];

export const STAGES = ['backlog', 'current', 'qa', 'merge', 'done', 'archived'] as const;
export type StageName = (typeof STAGES)[number];

/** Who decides in `qa`: Musher's gates alone, an agent's verdict, or a person. */
export const QA_MODES = ['server', 'agent', 'human'] as const;
export type QaMode = (typeof QA_MODES)[number];

export const PRIORITIES = ['high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** An agent as the domain sees it. `AgentRef<'coder'>` can't stand where `AgentRef<'mergemaster'>` is asked for. */
export interface AgentRef<R extends Role = Role> {
  readonly name: string;
  readonly role: R;
}

export interface Backlog {
  readonly name: 'backlog';
}
export interface Current {
  readonly name: 'current';
}
export interface Qa {
  readonly name: 'qa';
}
export interface Merge {
  readonly name: 'merge';
  readonly branch: string;
  /** Commits of the branch that the base branch does not have: a merge of nothing can't be written down. */
  readonly commitsAhead: PositiveInt;
}
export interface Done {
  readonly name: 'done';
  readonly mergedAt: Millis;
  readonly mergeCommit: CommitSha;
}
export interface Archived {
  readonly name: 'archived';
  readonly archivedAt: Millis;
  readonly reason: ArchiveReason;
  /** Where the item stood, so that it can go back there. */
  readonly from: LiveStage;
}
export type LiveStage = Backlog | Current | Qa | Merge | Done;
export type Stage = LiveStage | Archived;

export type ArchiveReason =
  | { readonly kind: 'completed' }
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'superseded'; readonly by: ItemNumber }
  | { readonly kind: 'blocked'; readonly reason: Why }
  | { readonly kind: 'mergeFailed'; readonly reason: Why }
  | { readonly kind: 'reviewHeld'; readonly reason: Why };
export const ARCHIVE_REASONS = ['completed', 'abandoned', 'superseded', 'blocked', 'mergeFailed', 'reviewHeld'] as const;
export type ArchiveReasonKind = (typeof ARCHIVE_REASONS)[number];

export interface Idle {
  readonly state: 'idle';
}
export type Execution<R extends Role = Role> =
  | Idle
  | { readonly state: 'pending'; readonly agent: AgentRef<R>; readonly since: Millis }
  | { readonly state: 'running'; readonly agent: AgentRef<R>; readonly startedAt: Millis; readonly lastHeartbeat: Millis }
  | { readonly state: 'rateLimited'; readonly agent: AgentRef<R>; readonly resumeAt: Millis }
  | { readonly state: 'completed'; readonly agent: AgentRef<R>; readonly exitCode: number; readonly completedAt: Millis };

export interface Criterion {
  readonly text: string;
  readonly checked: boolean;
}

/** What a run, gate, conflict or reviewer left as the reason why an attempt did not count. */
export interface Failure {
  /** `musher`: nothing that the item's work could fix, such as a git command that failed. */
  readonly cause: 'run' | 'gate' | 'conflict' | 'rejected' | 'setup' | 'musher';
  /** What went wrong. */
  readonly summary: Said;
  /** What the next attempt's prompt carries; may be long and have line breaks. */
  readonly evidence: string;
  /** Tree of the work that failed, where it is known: another one is another try. */
  readonly tree?: string;
  /** Equal for failures that are the same but for times, numbers and paths: a digest of `normalised`. */
  readonly signature?: string;
}

/** Work that somebody turned down: it never counts as work again without something new. */
export interface Refused {
  /** Heads of branches, and merges that were reverted, the newest last. */
  readonly commits: readonly CommitSha[];
  /** Why, as it was said last. Null: nobody said why, or the item was merged since. */
  readonly why: Failure | null;
}

/** How often in a row the same failure came on the same work. */
export interface RepeatedFailure {
  readonly signature: string;
  /** The tree or commit that failed. */
  readonly work: string;
  readonly times: number;
}

/** What an item's branch holds, as Musher last read it from git (never from the agent's word). */
export interface Work {
  readonly branch: string;
  readonly head: CommitSha;
  readonly commitsAhead: number;
}

export interface Held {
  readonly by: string;
  readonly since: Millis;
}

/**
 * What a person asked Musher to do with an item's work in git, from the asking until it is done or turned out not to be
 * possible. Nothing else happens to the item meanwhile.
 */
export type Errand =
  | { readonly kind: 'restore'; readonly snapshot: number; readonly by: string }
  /** Take its merge off the base branch again. */
  | { readonly kind: 'undo'; readonly reason: string; readonly by: string };

export interface Removal {
  readonly state: 'asked' | 'removed' | 'purged';
  /** Its content is to be taken out of the log as well. */
  readonly purge: boolean;
}

export interface ItemBase {
  readonly project: string;
  readonly number: ItemNumber;
  readonly type: ItemType;
  readonly title: string;
  /** Markdown, as people wrote it. */
  readonly description: string;
  readonly criteria: readonly Criterion[];
  readonly dependsOn: readonly ItemNumber[];
  /** Null: the project's default. */
  readonly qaMode: QaMode | null;
  /** The name of the agent that people chose for the item's coder runs; null: any that is free. */
  readonly assignedTo: string | null;
  /** Words that people gave it to find it by, in lower case. Missing: none. */
  readonly labels?: readonly string[];
  /** The model that people chose for its coder runs. Null or missing: what its type or its agent says. */
  readonly model?: string | null;
  /** Which waiting items come first. Missing: normal. */
  readonly priority?: Priority;
  /** Someone asked for it to start as soon as its dependencies are met. */
  readonly queued: boolean;
  /** Someone stopped it: it stays where it is until a person starts, retries or moves it. */
  readonly held: Held | null;
  /** The commit that a person approved. The approval doesn't cover any other commit. */
  readonly accepted: CommitSha | null;
  /** Since when it waits for what it depends on. */
  readonly waitsSince: Millis;
  /**
   * The squash commit that the base branch is being moved to at this moment. Until that is settled nobody can stop,
   * move or delete the item: its work may be on the base branch already.
   */
  readonly landing: CommitSha | null;
  readonly errand: Errand | null;
  /** Failed attempts in this stage since it was entered or the counter was reset by a person. */
  readonly attempts: number;
  /** Times that Musher or an agent sent it back to `current` since a person last looked: bounds the ping-pong between stages. */
  readonly sentBack: number;
  /** Runs so far, in all stages; the last run's number. */
  readonly runs: number;
  readonly failure: Failure | null;
  /** Missing: nobody has turned its work down. */
  readonly refused?: Refused;
  /** What people said to its agents, the newest last. Missing: nothing. */
  readonly told?: readonly Told[];
  /** Null: the last failure was none that can be compared, or a person has looked since. */
  readonly repeated: RepeatedFailure | null;
  readonly work: Work | null;
  /** When the item entered its stage. */
  readonly stageSince: Millis;
  readonly createdAt: Millis;
  readonly createdBy: string;
  /** The person for whose budget its next run counts; null: nobody's. */
  readonly payer: string | null;
  /** What people have added to its budget. */
  readonly toppedUp: Amount;
  /** Number of events of this item so far, but for signs of life and metering of its runs. A confirmation is bound to it. */
  readonly version: number;
  /** Changes whenever the stage or the execution changes: a late result of an older step is recognised by it. */
  readonly stepSeq: number;
  /** Set by `delete`: the item is a tombstone, nothing but a purge changes it any more. */
  readonly deletedAt: Millis | null;
  /** The progress of a delete: `asked` (its run, worktree and branch are still to be removed), then `removed`, then `purged`. */
  readonly removal: Removal | null;
}

/** An item: its stage and, bound to the stage by type, what its agent is doing. */
export type WorkItem = ItemBase &
  (
    | { readonly stage: Backlog | Done | Archived; readonly execution: Idle }
    | { readonly stage: Current; readonly execution: Execution<'coder'> }
    | { readonly stage: Qa; readonly execution: Execution<'qa'> }
    | { readonly stage: Merge; readonly execution: Execution<'mergemaster'> }
  );

/** How a run ended. `rate-limited`, `signed-out` and `stopped` do not count as failed attempts; all others but `finished` do. */
export const END_REASONS = [
  'finished',
  'failed',
  'hollow',
  'stuck',
  'rate-limited',
  'signed-out',
  'over-budget',
  'stopped',
  'lost',
] as const;
export type EndReason = (typeof END_REASONS)[number];

import type { NotifyKind, NotifyStyle } from '../config/choices.ts';
import type { Amount, Crossing, Reservation, Scope } from './budget/budget.ts';
import type { ArchiveReason, Criterion, EndReason, Failure, ItemType, LiveStage, Priority, QaMode, StageName, Work } from './types.ts';
import type { Why } from './why/cause.ts';
import type { Discovered } from './why/discovery.ts';
import type { Leftover, RemovalNote, SetAside } from './why/removal.ts';
import type { SentFile } from './told/sent-file.ts';
import type { UndoPosition } from './undo-position.ts';
import type { AnsweringRole, Ask, RequestEnd, Unasked } from './requests.ts';
import type { CommitSha, ItemNumber, Millis } from './values.ts';
import type { Usage } from './usage.ts';
import type { Actor } from './actor.ts';
import type { Outage } from './next/outage.ts';
import type { Routine, RoutineDue, TimerOrigin } from './later/routine.ts';
import type { Pause } from './next/pause.ts';
import type { Role, WorkStage } from './role.ts';
import type { ErrandWhy, Said, StuckCause } from './why/fault.ts';

export type { TimerOrigin } from './later/routine.ts';

/** What a gate run leaves. `where` says on which tree: the item's branch, or the merged tree. */
export interface Receipt {
  readonly gate: string;
  readonly command: string;
  readonly where: 'branch' | 'merged';
  readonly commit: CommitSha;
  readonly tree: CommitSha;
  /** Null: ended by a signal or the time limit. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** SHA-256 of the whole output, hexadecimal. */
  readonly outputHash: string;
  /** The end of the output, cut visibly. */
  readonly outputTail: string;
}

/** Where an item moves to. `from` of an archive entry is filled in by the transition function. */
export type MoveTarget = LiveStage | { readonly name: 'archived'; readonly archivedAt: Millis; readonly reason: ArchiveReason };

/** A step by which what nobody answered came to more people. */
export interface ClimbedStep {
  readonly step: number;
  /** As in the configuration: `here`, `thread`, a room's name, `@` and a person's name. */
  readonly to: string;
  /** The message to that person alone, a row of the outbox; missing: it went to rooms. */
  readonly message?: number;
  /** That person could not be written to. */
  readonly failed?: true;
}

/** Payload of each kind of event that belongs to an item. The kind is the key. */
export interface ItemEvents {
  'item.created': {
    readonly type: ItemType;
    readonly title: string;
    readonly description: string;
    readonly criteria: readonly Criterion[];
    readonly dependsOn: readonly ItemNumber[];
    readonly qaMode: QaMode | null;
  };
  'item.edited':
    | { readonly field: 'title' | 'description'; readonly value: string; readonly prior: string }
    | { readonly field: 'type'; readonly value: ItemType; readonly prior: ItemType }
    | { readonly field: 'qa'; readonly value: QaMode | null; readonly prior: QaMode | null }
    | { readonly field: 'labels'; readonly value: readonly string[]; readonly prior: readonly string[] }
    | { readonly field: 'model'; readonly value: string | null; readonly prior: string | null }
    | { readonly field: 'priority'; readonly value: Priority; readonly prior: Priority }
    | { readonly field: 'criteria'; readonly value: readonly Criterion[]; readonly prior: readonly Criterion[] };
  /** `index` counts from 0. */
  'item.criterion_set': { readonly index: number; readonly checked: boolean };
  'item.dependencies_set': { readonly dependsOn: readonly ItemNumber[]; readonly prior: readonly ItemNumber[] };
  'item.assigned': { readonly agent: string | null; readonly prior: string | null };
  /** Start by itself as soon as the dependencies are met (true), or no longer (false). */
  'item.queued': { readonly queued: boolean };
  /**
   * `failure` goes along where the item is sent back, as evidence for the next attempt. `refuses`: commits that were turned
   * down by it, whose change does not count as work again.
   */
  'item.moved': {
    readonly to: MoveTarget;
    readonly why: Why;
    readonly failure: Failure | null;
    readonly refuses?: readonly CommitSha[];
  };
  /** A person stopped it in its stage; `item.released` resumes it. */
  'item.held': { readonly why: Why };
  'item.released': Record<string, never>;
  /** A person says something to whoever works on it. `takesBack`: the number of the event whose words are taken back, and `text` is empty. */
  'item.told': { readonly text: string; readonly takesBack?: number };
  /** A person says something about it to other people; no agent reads it. */
  'item.commented': { readonly text: string };
  /**
   * Files that came with what a person said of it, kept beside the log by their hashes; its agents are given them.
   * `takesBack`: the number of the event whose files are taken back, and `files` is empty.
   */
  'item.files_added': { readonly files: readonly SentFile[]; readonly takesBack?: number };
  /** Nobody had answered: a step of the ladder was taken. `number`: of the request, or when the review began. `step` counts from 0. */
  'item.climbed': { readonly of: 'request' | 'review'; readonly number: number } & ClimbedStep;
  /** A second person confirmed a command on it; `askedBy` typed it. */
  'item.seconded': { readonly words: string; readonly askedBy: Actor };
  /** A person approved this commit, and perhaps said why; an agent for merges may carry that over to its own merge of it. */
  'item.accepted': { readonly head: CommitSha; readonly reason?: string };
  /** The failed attempts of the stage are forgotten: the next run is a first one. */
  'item.attempts_reset': { readonly why: Why };
  /** An attempt in this stage did not count. The execution becomes idle. */
  'item.attempt_failed': {
    readonly failure: Failure;
    readonly stage: StageName;
    /** Which attempt in this stage, from 1. */ readonly attempt: number;
  };
  /** Musher read the item's branch. */
  'item.work_seen': { readonly work: Work };
  /** A person wants the item's branch and worktree as a snapshot holds them. */
  'item.restore_asked': { readonly snapshot: number };
  /** Branch and worktree are as the snapshot; `kept`: the ref that holds what was there before. */
  'item.restored': { readonly snapshot: number; readonly head: CommitSha; readonly kept: string | null };
  /** A person wants the item's merge taken off the base branch. */
  'item.undo_asked': { readonly reason: string };
  /** `commit`: the commit that Musher is about to move the base branch to; after a crash it tells whether that happened. Null: it has not. */
  'undo.attempted': { readonly commit: CommitSha | null; readonly base: CommitSha; readonly merge: CommitSha };
  /** What was asked for can't be done; the item stays where it is. `files`: those in the way. */
  'item.errand_failed': { readonly errand: 'restore' | 'undo'; readonly why: ErrandWhy; readonly files: readonly string[] };
  /** Added to the item's budget, for the rest of its life. */
  'item.budget_raised': Amount;
  /** A person took a command back: `cause` names its message, and what compensates for it follows. */
  'item.undone': { readonly words: string; readonly cause: string };
  /** The item returns to its state before a command that is undone. */
  'item.put_back': { readonly standing: UndoPosition };
  /** Also of a deleted item, to have it purged as well or its removal tried again. */
  'item.deleted': { readonly purge: boolean };
  /** What clean-up after a delete did; `left` names what could not be done. */
  'item.removed': { readonly done: readonly RemovalNote[]; readonly left: readonly Leftover[] };
  /** Files or repositories out of its worktree that no snapshot can hold are in the quarantine now. */
  'item.set_aside': { readonly what: readonly SetAside[] };
  'item.purged': Record<string, never>;
  /** The log was put back from a copy, and the base branch holds the item's merge. */
  'item.found_merged': { readonly mergeCommit: CommitSha; readonly mergedAt: Millis };
  /** The log was put back from a copy, and the base branch holds a commit that reverts the item's merge. Missing `merge`: an older version wrote it. */
  'item.found_undone': { readonly commit: CommitSha; readonly merge?: CommitSha };

  /** A slot is reserved: `run` is the item's next run number. */
  'run.pending': {
    readonly run: number;
    readonly agent: string;
    readonly role: Role;
    readonly stage: WorkStage;
    readonly attempt: number;
    /** The account at the provider that it uses; missing: none is known. */
    readonly account?: string;
    /** The model that was chosen for the item or its type; missing: the agent's own. */
    readonly model?: string;
    /** What it may use. Missing: nothing was set aside. */
    readonly reserved?: Reservation;
  };
  'run.started': {
    readonly run: number;
    readonly pid: number;
    /** Start time of the process as the system gives it, so that a reused pid is recognised; null where it can't be read. */
    readonly pidStart: string | null;
    readonly model: string | null;
    readonly runtime: string;
    /** Tip of the base branch when the run was made ready. */
    readonly base: CommitSha | null;
    /** Tree of the worktree's files then, committed or not: a coder's run that leaves it so has done nothing. Missing: nobody looked. */
    readonly files?: CommitSha;
  };
  /** The run was given what people said: the numbers of these events. */
  'run.heard': { readonly run: number; readonly told: readonly number[] };
  'run.session': { readonly run: number; readonly session: string };
  /** `reservation`: nobody knows the model's price, so what was set aside for the run counts as spent. */
  'run.usage': {
    readonly run: number;
    readonly agent: string;
    readonly model: string;
    readonly usage: Usage;
    readonly reservation?: true;
  };
  /** Its usage made budgets cross a reported percentage; each budget with its state at that moment. */
  'run.budget_crossed': { readonly run: number; readonly crossed: readonly Crossing[] };
  /** It has reached the line that was set aside for it, and its budgets have more by now: this is what it may use in all. */
  'run.extended': { readonly run: number; readonly reserved: Reservation };
  /** Told once for a project: what this model uses has tokens and no price, so its runs cost all that is set aside for them. */
  'run.price_unknown': { readonly run: number; readonly model: string };
  /** A sign of life, at most one in 30 s for a run. `activity`: what it does, one line. */
  'run.heartbeat': { readonly run: number; readonly activity: string | null };
  'run.stop_requested': { readonly run: number; readonly why: Why };
  'run.ended': {
    readonly run: number;
    readonly reason: EndReason;
    /** Where `reason` is `stuck`; missing otherwise. */
    readonly cause?: StuckCause;
    readonly exitCode: number | null;
    /** What the run says of itself, or why it ended. */
    readonly summary: Said;
    /** Set when `reason` is `rate-limited` or `signed-out`: the account is not tried again before. */
    readonly resumeAt: Millis | null;
    readonly turns: number | null;
    /** The verdict of a QA agent, where it gave one. */
    readonly verdict: 'approve' | 'reject' | null;
    /** Why; missing: it gave no reason. */
    readonly verdictReason?: string;
    /** What the agent said at its end, with line breaks; missing: nothing. */
    readonly closing?: string;
  };
  /** A person asked for a command at a later time; `timer` counts from 1 in each project. */
  'timer.set': { readonly timer: number; readonly due: Millis; readonly command: string; readonly from: TimerOrigin };
  /** It was due, and its command is now in the inbox. */
  'timer.fired': { readonly timer: number };
  /** Its time passed so long ago, while Musher was not running, that it was not run. */
  'timer.missed': { readonly timer: number };
  'timer.cancelled': { readonly timer: number; readonly why: Why };
  /** The run may speak to Musher with a token, of which only the hash is kept (SHA-256, base64url); an earlier one holds no more. */
  'run.admitted': { readonly run: number; readonly tokenHash: string };
  /**
   * The reviewing program connected to Musher: by the id of that session (only its SHA-256 is kept, base64url) it is told from
   * whatever it starts later, which can find its token.
   */
  'run.connected': { readonly run: number; readonly connectionHash: string };
  /** A reviewer's verdict, over that connection; the last one counts. */
  'run.verdict': { readonly run: number; readonly verdict: 'approve' | 'reject'; readonly reason: string };
  /** What a spike's run has found out, as its agent wrote it; the last one counts. */
  'run.reported': { readonly run: number; readonly text: string };
  /** The agent reports that it is stuck. The item is blocked with this reason when the run ends. */
  'run.blocker': { readonly run: number; readonly reason: string };
  /** What an agent did through Musher that no other event tells. */
  'agent.called': { readonly run: number; readonly tool: string; readonly result: string };
  /** The agent asks people for something and waits. */
  'request.opened': {
    readonly run: number;
    readonly request: number;
    readonly agent: string;
    readonly ask: Ask;
    readonly brief: string;
    readonly call: string;
    readonly role: AnsweringRole;
    readonly expiresAt: Millis;
  };
  /** `scope`: an allowance that covers all further uses of the same tool in the run; missing: it covers this one. */
  'request.closed': {
    readonly run: number;
    readonly request: number;
    readonly end: RequestEnd;
    readonly text: string;
    readonly scope?: 'run';
  };
  /** A request that people were not asked: why it could not be put to them. */
  'request.refused': { readonly run: number; readonly brief: string; readonly why: Unasked };
  'gate.ran': Receipt;
  /** `commit`: the squash commit that Musher is about to move the base branch to; after a crash it tells whether that happened. */
  'merge.attempted': {
    readonly commit: CommitSha | null;
    readonly base: CommitSha;
    readonly head: CommitSha;
    readonly outcome: 'clean' | 'conflict' | 'base-moved' | 'nothing';
    readonly files: readonly string[];
  };
}
export type ItemEventKind = keyof ItemEvents;

/** What a start found out of a log that was put back from a copy; items as rooms read them. */
export interface CopyFound {
  /** Merged since: done now. */
  readonly merged: readonly string[];
  /** Their merge was reverted since the backup: back in current, stopped. */
  readonly undone: readonly string[];
  /** Merged, and not known to this log. */
  readonly unknown: readonly string[];
  /** Timers whose time passed since, and that were cancelled. */
  readonly timers: number;
}

/** Events that belong to no item. */
export interface OtherEvents {
  /** Audit: a message addressed to Musher and what became of it. The text itself is not kept. */
  'command.handled': {
    readonly words: string;
    readonly outcome: 'ok' | 'refused' | 'failed';
    readonly code: string | null;
    readonly room: string;
  };
  'confirmation.asked': { readonly words: string; readonly expiresAt: Millis };
  /** `askedBy`: a second person's answer, and the person who typed the command; missing: they are the same. */
  'confirmation.answered': {
    readonly words: string;
    readonly answer: 'yes' | 'no' | 'withdrawn' | 'expired' | 'revoked';
    readonly askedBy?: Actor;
  };
  /** A person asked for a command again and again; `routine` counts from 1 in each project. */
  'routine.set': Pick<Routine, 'routine' | 'schedule' | 'cron' | 'condition' | 'command' | 'due' | 'from'>;
  'routine.due': RoutineDue;
  /** What it ran has its reply. */
  'routine.answered': { readonly routine: number; readonly outcome: 'ok' | 'refused' | 'failed' };
  'routine.cancelled': { readonly routine: number; readonly why: 'person' | 'failures' };
  /** A room now speaks of this project. */
  'room.bound': { readonly transport: string; readonly room: string };
  /** The base branch has moved since Musher last saw it. `taken`: items whose own commits it then contained while agents worked. */
  'base.seen': {
    readonly branch: string;
    /** Null: the first look. */
    readonly from: CommitSha | null;
    readonly to: CommitSha;
    readonly how: 'first' | 'merged' | 'forward' | 'rewritten';
    readonly taken: readonly ItemNumber[];
    /** Where it stood before, and what nobody merges again although branches hold it. Missing: `from`, where it was rewritten. */
    readonly gone?: readonly CommitSha[];
    /** Items that are done and whose merges it does not hold any more; looked for where it was rewritten. */
    readonly lost: readonly ItemNumber[];
  };
  /** The room's new notification settings; null: those of the configuration. */
  'room.subscribed': {
    readonly transport: string;
    readonly room: string;
    readonly notify: readonly NotifyKind[] | null;
    readonly style: NotifyStyle | null;
  };
  /** Added to the budget of a day, until that ends. `name` as in `Budget`. */
  'budget.raised': Amount & { readonly scope: Exclude<Scope, 'item'>; readonly name: string; readonly until: Millis };
  /** A provider said to wait, or nobody is signed in (`signIn`: what a person types to do that, or nothing). `news`: the account was not limited before; `others`: accounts that its agent can use instead; `earliest`: when the first account resets, if all are limited. */
  'account.limited': {
    readonly account: string;
    readonly until: Millis;
    readonly times: number;
    readonly news: boolean;
    readonly others: readonly string[];
    readonly earliest: Millis | null;
    readonly signIn?: string;
  };
  /** A run has shown that it works again. */
  'account.recovered': { readonly account: string };
  /** Something that no item's work can fix keeps a project, or one agent, from working: nothing is spent, and it is tried again. `news`: it was not known before. */
  'outage.met': Outage & { readonly agent: string | null; readonly news: boolean };
  /** What was kept from working works again. `since`: when it was met first. */
  'outage.over': { readonly agent: string | null; readonly since: Millis };
  /** A person has paused the project, or changed the pause: nothing new starts in it. `asked`: runs that were asked to stop with it. */
  'project.paused': Pick<Pause, 'reason' | 'until' | 'how'> & { readonly asked: number };
  /** Work in it continues: a person said so, or the pause had its time. */
  'project.resumed': { readonly why: 'person' | 'time'; readonly since: Millis };
  /** A value that the configuration names was measured on the base branch. `value`: the last line that was printed; `exitCode` other than 0: it is none. */
  'report.measured': {
    readonly name: string;
    readonly commit: CommitSha;
    readonly exitCode: number | null;
    readonly timedOut: boolean;
    readonly durationMs: number;
    readonly value: string;
    readonly output: string;
  };
  'musher.started': { readonly version: string; readonly pid: number };
  /** What a start found and did before work continued. `told`: rooms are notified; otherwise it is only counted, and `untold` is the number of starts since the last report. */
  'musher.recovered': {
    readonly version: string;
    /** Since the last event before it; null: there was none. */
    readonly downMs: number | null;
    readonly brokeOff: boolean;
    readonly told: boolean;
    readonly untold: number;
    readonly running: number;
    readonly ended: number;
    readonly strays: number;
    readonly late: number;
    readonly quarantined: readonly Discovered[];
    readonly mended: readonly Discovered[];
    readonly odd: readonly Discovered[];
    readonly differences: readonly string[];
    /** The log was put back from a copy; null: it was not. */
    readonly copy: (CopyFound & { readonly from: 'backup' | 'export'; readonly file: string | null; readonly until: Millis | null }) | null;
  };
  /** A person has asked for a restart; the next start answers them. */
  'musher.restart_asked': { readonly pid: number };
  'musher.stopped': { readonly pid: number };
  'log.backed_up': { readonly file: string; readonly bytes: number };
  'log.backup_failed': { readonly why: string };
  /** The log was put back from a backup; the one before had given numbers up to this one. */
  'log.restored': { readonly file: string; readonly lastNumber: number };
}
export type OtherEventKind = keyof OtherEvents;
export type EventKind = ItemEventKind | OtherEventKind;

interface Envelope {
  readonly project: string;
  readonly actor: Actor;
  /** What made it happen: `inbox:<id>` or `event:<seq>`; null for Musher's own start and timers. */
  readonly cause: string | null;
}
export type NewItemEvent = {
  [K in ItemEventKind]: Envelope & { readonly kind: K; readonly item: ItemNumber; readonly payload: ItemEvents[K] };
}[ItemEventKind];
export type NewOtherEvent = {
  [K in OtherEventKind]: Envelope & { readonly kind: K; readonly item: null; readonly payload: OtherEvents[K] };
}[OtherEventKind];
export type NewEvent = NewItemEvent | NewOtherEvent;

/** An event as the log holds it. */
export type Logged<E extends NewEvent = NewEvent> = E & { readonly seq: number; readonly at: Millis; readonly version: number };
export type ItemEvent = Logged<NewItemEvent>;
export type LoggedEvent = Logged;

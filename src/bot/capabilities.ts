import type { AccessRole, AgentSettings, NotifyKind, NotifyStyle, PersonSettings, ProjectSettings } from '../config/settings.ts';
import type { Millis } from '../pipeline/values.ts';
import type { ItemEventKind, ItemEvents, OtherEvents, TimerOrigin } from '../pipeline/events.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { ProjectFacts } from '../decide/facts.ts';
import type { ProjectGit } from '../git/project-git.ts';
import type { DumpAsk } from '../log/copies/dump.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { Result } from '../result.ts';
import type { ItemRef } from './parse/arguments.ts';
import type { Described } from '../words/described.ts';
import type { Grant } from './rights/rights.ts';
import type { Reply } from '../words/reply.ts';
import type { NetworkState } from '../decide/network-state.ts';
import type { RoomState } from '../decide/room-state.ts';
import type { Step } from '../pipeline/step.ts';

/** What of git commands may do: reading, and making a new branch from a snapshot, which takes nothing from anybody. */
export type { GitStatus } from '../git/overview.ts';
export type GitReads = Pick<
  ProjectGit,
  'diff' | 'diffOfCommit' | 'log' | 'status' | 'snapshots' | 'describeSnapshots' | 'snapshotDiff' | 'branchFromSnapshot'
>;

/** A project as commands see it. */
export interface Project {
  readonly name: string;
  readonly settings: ProjectSettings;
  readonly git: GitReads;
  readonly agents: readonly AgentSettings[];
}

/** What one transaction of a command can do. Each call that does not fit refuses the whole command: nothing of it is kept. */
export interface CommandTx {
  readonly now: Millis;
  readonly reads: Reads;
  /** The item as it stands in this transaction; refuses with the near numbers where there is none, or it was deleted. */
  find(ref: ItemRef): WorkItem;
  /** Appends an event of an item and returns the item after it; refuses with what the pipeline says where it does not fit. */
  append<K extends ItemEventKind>(item: WorkItem, kind: K, payload: ItemEvents[K]): WorkItem;
  create(project: string, fields: ItemEvents['item.created']): WorkItem;
  /** The room speaks of `project` from now on, and no longer of `from`. */
  bindRoom(project: string, from: string): void;
  /** What a room is told from now on, and how; null: as the configuration says. */
  subscribe(room: RoomState, told: { readonly notify: readonly NotifyKind[] | null; readonly style: NotifyStyle | null }): void;
  /** Adds to the budget of a day; `project` is where it was asked for. */
  raiseDay(project: string, raise: OtherEvents['budget.raised']): void;
  /** What the engine will do next with an item. */
  step(item: WorkItem): Step;
  /** Undoes everything and makes `reply` the answer. */
  refuse(reply: Reply): never;
}

/** What commands are given: reading, changing, waiting. */
export interface Capabilities {
  /** The project that the room speaks of. */
  readonly project: Project;
  /** Those that the sender may see from here. */
  readonly projects: readonly Project[];
  /** The sender's rights to each of these. */
  readonly standing: PersonStanding;
  readonly reads: Reads;
  /** Finds an item that exists and was not deleted; the error is the reply. The one way from a number to an item. */
  find(ref: ItemRef): Result<WorkItem, Reply>;
  /** As `find`, but gives deleted items too (for `show`, `history`, `delete`). */
  findAny(ref: ItemRef): Result<WorkItem, Reply>;
  facts(project: string): ProjectFacts;
  /** What happens next to an item, and why it stands where it stands. */
  step(item: WorkItem): Step;
  /** Changes the pipeline and answers, in one transaction. Return what it returns. */
  change(change: (tx: CommandTx) => Reply): Reply;
  /** Changes the pipeline before the final answer is known: for commands that then wait for what the change sets off. A refusal is returned. */
  begin<T>(change: (tx: CommandTx) => T): Result<T, Reply>;
  /** Resolves when `met` gives something else than null, checked after each commit; null after `timeoutMs`, or when Musher stops. */
  until<T>(met: () => T | null, timeoutMs: number): Promise<T | null>;
  /** The text of a command that a timer is to run on an item, once it was looked at whether it reads and the sender may; the error is the reply. */
  planned(ref: ItemRef, words: string): Result<string, Reply>;
  /** The message as a timer keeps it. */
  readonly from: TimerOrigin;
  /** A timer runs this command, and nobody types it. */
  readonly byTimer: boolean;
  /** The last lines of a run, readable. `run` null: the latest. */
  runLog(item: WorkItem, run: number, lines: number): Promise<readonly string[]>;
  /** How the networks stand, the terminal among them. */
  networks(): readonly NetworkState[];
  /** Copies the log now; the reason where it could not. */
  /** Writes what the database holds to a file; `text` is what stands in it. */
  dump(ask: DumpAsk): Promise<Result<{ readonly file: string; readonly text: string }, string>>;
  backup(): Promise<Result<{ readonly file: string; readonly bytes: number }, string>>;
  /** How the copies of the log stand. */
  backups(): BackupView;
  /** The rooms that Musher serves, the terminal first. */
  rooms(): readonly RoomState[];
  /** What the sender may do, from where they write, with what is a project's; null: of all projects, where the least of their roles counts. */
  roleIn(about: Pick<RoomState, 'project'>): AccessRole | null;
  /** The commands that the sender may use. */
  commands(): readonly Described[];
  /** Resources of the agents' processes and of Musher itself, now. */
  processes(): Promise<readonly ProcessUse[]>;
  readonly version: string;
  readonly startedAt: Millis;
}

/** Who a sender is to Musher, and what they may do from where they write. */
export interface PersonStanding {
  /** The configured person, with their ids on all networks; null: none. */
  readonly person: PersonSettings | null;
  /** By project, those that they may see alone. */
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
}

/** The copies of the log as `health` shows them. */
export interface BackupView {
  readonly newest: { readonly at: Millis; readonly bytes: number } | null;
  readonly count: number;
  /** When the next is made by itself; null: never. */
  readonly next: Millis | null;
  /** Why the last try failed; null where it did not. */
  readonly problem: string | null;
}

export interface ProcessUse {
  readonly label: string;
  /** Whose run it is; null: Musher itself. */
  readonly project: string | null;
  readonly pid: number;
  /** Share of one core since the last look, 0 to 1 and more; null at the first. */
  readonly cpu: number | null;
  readonly residentBytes: number;
  /** Processes of the run in all. */
  readonly processes: number;
}

import type { AccessRole, NotifyKind, NotifyStyle } from '../config/choices.ts';
import type { AgentSettings, PersonSettings, ProjectSettings } from '../config/settings.ts';
import type { ItemNumber, Millis } from '../pipeline/values.ts';
import type { ItemEventKind, ItemEvents, OtherEvents, TimerOrigin } from '../pipeline/events.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { ProjectFacts } from '../decide/facts.ts';
import type { ProjectGit } from '../git/project-git.ts';
import type { DumpAsk } from '../log/copies/dump.ts';
import type { Condition } from '../pipeline/later/routine.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { Window } from '../log/tables/windows.ts';
import type { Address } from '../message/address.ts';
import type { Document } from '../message/document.ts';
import type { TextQuery } from '../log/search/query.ts';
import type { Said } from '../log/search/talk.ts';
import type { MeasureResult } from '../log/reads/measures.ts';
import type { Result } from '../result.ts';
import type { ItemRef } from './parse/arguments.ts';
import type { Described } from '../words/described.ts';
import type { Grant } from './rights/rights.ts';
import type { Reply } from '../words/reply.ts';
import type { NetworkState } from '../decide/network-state.ts';
import type { RoomState } from '../decide/room-state.ts';
import type { Step } from '../pipeline/next/step.ts';

/** What of git commands may do: reading, and making a new branch from a snapshot, which takes nothing from anybody. */
export type { GitStatus } from '../git/overview.ts';
export type GitReads = Pick<
  ProjectGit,
  | 'diff'
  | 'diffOfCommit'
  | 'changedFiles'
  | 'filePatch'
  | 'log'
  | 'status'
  | 'snapshots'
  | 'describeSnapshots'
  | 'snapshotDiff'
  | 'branchFromSnapshot'
>;

/** A project as commands see it. */
export interface Project {
  readonly name: string;
  readonly settings: ProjectSettings;
  readonly git: GitReads;
  readonly agents: readonly AgentSettings[];
}

/** What a command can do in one transaction. Any invalid call refuses the whole command, and nothing of it is kept. */
export interface CommandTx {
  readonly now: Millis;
  readonly reads: Reads;
  /** The item in this transaction; refuses if it doesn't exist or was deleted. */
  find(ref: ItemRef): WorkItem;
  /** Appends an event of an item and returns the item after it; refuses with the pipeline's reason if it is not valid. */
  append<K extends ItemEventKind>(item: WorkItem, kind: K, payload: ItemEvents[K]): WorkItem;
  create(project: string, fields: ItemEvents['item.created']): WorkItem;
  /** Switches the room to `project`, away from `from`. */
  bindRoom(project: string, from: string): void;
  /** Sets a room's notifications and their style; null: as in the configuration. */
  subscribe(room: RoomState, told: { readonly notify: readonly NotifyKind[] | null; readonly style: NotifyStyle | null }): void;
  /** Raises a day's budget; `project` is where the command was typed. */
  raiseDay(project: string, raise: OtherEvents['budget.raised']): void;
  /** Runs a command of this project again and again. */
  setRoutine(project: string, routine: OtherEvents['routine.set']): void;
  cancelRoutine(project: string, routine: number): void;
  /** Pauses a project, or changes its pause. */
  pause(project: string, pause: OtherEvents['project.paused']): void;
  /** Lets work in a paused project continue. */
  resume(project: string, since: Millis): void;
  /** A link by which the sender, and nobody else, gets to the page once. `address` is where it is. */
  makeLink(address: string): string;
  /** Ends a session on the page. */
  endSession(session: Window): void;
  /** Tells a room something besides the answer. */
  tellRoom(to: Address, body: Document): void;
  /** Writes down that the sender wants a restart, so that the next start answers. `project` is where it was typed. */
  askRestart(project: string): void;
  /** What the engine will do next with an item. */
  step(item: WorkItem): Step;
  /** Runs a part of the command. A refusal in it undoes that part alone and is returned: one of several items stops no other. */
  attempt<T>(part: () => T): Result<T, Reply>;
  /** Undoes everything and makes `reply` the answer. */
  refuse(reply: Reply): never;
}

/** What commands are given: reading, changing, waiting. */
export interface Capabilities {
  /** The room's project. */
  readonly project: Project;
  /** The projects that the sender may see from here. */
  readonly projects: readonly Project[];
  /** Names of all configured projects, whoever may see them. */
  readonly configured: readonly string[];
  /** The sender's roles in each of these. */
  readonly standing: PersonStanding;
  readonly reads: Reads;
  /** Finds an item that exists and was not deleted; the error is the reply. The one way from a number to an item. */
  find(ref: ItemRef): Result<WorkItem, Reply>;
  /** As `find`, but gives deleted items too (for `show`, `history`, `delete`). */
  findAny(ref: ItemRef): Result<WorkItem, Reply>;
  facts(project: string): ProjectFacts;
  /** What happens next to an item, and why it is where it is. */
  step(item: WorkItem): Step;
  /** Changes the pipeline and answers, in one transaction. The command returns its result. */
  change(change: (tx: CommandTx) => Reply): Reply;
  /** Changes the pipeline before the final answer is known, for commands that then wait for the effect. A refusal is returned. */
  begin<T>(change: (tx: CommandTx) => T): Result<T, Reply>;
  /** Resolves when `met` returns something other than null, checked after each commit; null after `timeoutMs`, or when Musher stops. */
  until<T>(met: () => T | null, timeoutMs: number): Promise<T | null>;
  /** The command text that a timer will run on an item, checked for syntax and the sender's role; the error is the reply. */
  planned(ref: ItemRef, words: string): Result<string, Reply>;
  /** The same for a routine, with the condition that was typed behind the command. */
  plannedRoutine(
    words: string,
    condition: Condition | null,
  ): Result<{ readonly command: string; readonly condition: Condition | null }, Reply>;
  /** The message as a timer stores it. */
  readonly from: TimerOrigin;
  /** A timer or a routine runs this command; nobody has typed it. */
  readonly byTimer: boolean;
  /** The last lines of a run, readable. `run` null: the latest. */
  runLog(item: WorkItem, run: number, lines: number): Promise<readonly string[]>;
  /** What this person has not read yet here; null: nothing. */
  unread(): Unread | null;
  /** Keeps it for `more`; only within `change`, so that an answer that is lost skips nothing. */
  keepUnread(unread: Unread | null): void;
  /** Measures a report of a project now; resolves when that is done. */
  measure(project: string, name: string): Promise<MeasureResult>;
  /** What was said to Musher in this room and is no command, the newest first. */
  said(query: TextQuery, most: number): readonly Said[];
  /** The state of the networks, including the terminal. */
  networks(): readonly NetworkState[];
  /** The answer shows all that networks did not take: once it has left, that counts as seen. */
  showsRefusals(): void;
  /** Writes the content of the database to a file; `text` is the file's content. */
  dump(ask: DumpAsk): Promise<Result<{ readonly file: string; readonly text: string }, string>>;
  /** Copies the log now; the reason where it could not. */
  backup(): Promise<Result<{ readonly file: string; readonly bytes: number }, string>>;
  /** The state of the backups. */
  backups(): BackupView;
  /** The page, and the sessions there. */
  page(): PageAccess;
  /** The configured rooms, the terminal first. */
  rooms(): readonly RoomState[];
  /** Whether this room has pictures beside answers without being asked. */
  pictures(): boolean;
  /** The sender's role for something that belongs to a project; null: to all projects, where their lowest role counts. */
  roleIn(about: Pick<RoomState, 'project'>): AccessRole | null;
  /** The commands that the sender may use. */
  commands(): readonly Described[];
  /** Present resource use of agents' processes and of Musher itself. */
  processes(): Promise<readonly ProcessUse[]>;
  /** Present use of the machine itself. */
  machine(): Promise<MachineUse>;
  /** What the configuration's files say now, against what runs; the error says what is wrong with them. */
  reconfiguration(): Result<Reconfiguration, string>;
  /** Ends this process and begins another; agents continue. Null: it runs a script, which that would cut off. */
  readonly restart: (() => void) | null;
  readonly version: string;
  readonly startedAt: Millis;
}

/** The page, as whoever asks here gets to it. */
export interface PageAccess {
  /** Where it is, without a slash at the end; null: it is not served now. */
  readonly address: string | null;
  /** Whether it is configured. */
  readonly isConfigured: boolean;
  /** Whether an answer here is seen by the sender alone. */
  readonly isAlone: boolean;
  /** Opens the conversation with the sender alone; null: their network has none, or is away. */
  readonly alone: () => Promise<Address | null>;
  /** The open sessions, with how each person is called, and whether they are the sender's. */
  readonly sessions: readonly { readonly session: Window; readonly name: string; readonly isOwn: boolean; readonly isThis: boolean }[];
}

/** How the configuration's files differ from what runs. */
export interface Reconfiguration {
  /** File and key, never a value: `bot.toml: timezone`. */
  readonly changed: readonly string[];
  /** It has no files: the demo. */
  readonly builtIn: boolean;
  /** It names another data directory, which no restart may change. */
  readonly dataDir: boolean;
}

/** What a person has not read yet of the last answer that was only begun: the place, never the text. */
export type Unread = UnreadOfItem | UnreadSearch;

/** The words are kept apart from the place, so that a purge finds them. `shown`: how many items were. */
export interface UnreadSearch {
  readonly of: 'search';
  readonly words: string;
  readonly projects: readonly string[];
  readonly shown: number;
}

/** What follows of an answer about an item. */
export type UnreadOfItem = { readonly project: string; readonly item: ItemNumber } & (
  | {
      readonly of: 'logs';
      readonly run: number;
      /** Lines of one answer. */
      readonly lines: number;
      /** Lines that were shown, counted from the end; and the digest of the oldest one, which is found again after the run has written more. */
      readonly shown: number;
      readonly oldest: string;
    }
  /** `from`: how much of the text of this snapshot's change was shown, in UTF-16 units. */
  | { readonly of: 'snapshot'; readonly snapshot: number; readonly from: number }
  /** `before`: the oldest event that was shown; `events`: how many one answer has. */
  | { readonly of: 'history'; readonly events: number; readonly before: number }
  /** `from`: how much of the report of this run was shown, in UTF-16 units. */
  | { readonly of: 'report'; readonly run: number; readonly from: number }
  /** `from`: how much of the text of this commit's change was shown, in UTF-16 units. */
  | { readonly of: 'diff'; readonly commit: string; readonly from: number }
);

/** Who a sender is, and their roles from where they write. */
export interface PersonStanding {
  /** The configured person, with their ids on all networks; null: none. */
  readonly person: PersonSettings | null;
  /** By project; only those that they may see. */
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
}

/** The backups as `health` shows them. */
export interface BackupView {
  readonly newest: { readonly at: Millis; readonly bytes: number } | null;
  readonly count: number;
  /** When the next scheduled backup is due; null: never. */
  readonly next: Millis | null;
  /** Why the last try failed; null if it did not. */
  readonly problem: string | null;
}

/** What the machine has and what of it is in use. */
export interface MachineUse {
  /** Processes that ran or wanted to, on average over the last minute. */
  readonly load: number;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly usedMemoryBytes: number;
  /** Of the disk that the data directory is on; null where the system does not tell. */
  readonly disk: { readonly bytes: number; readonly freeBytes: number } | null;
}

export interface ProcessUse {
  readonly label: string;
  /** The project of the run; null: Musher itself. */
  readonly project: string | null;
  readonly pid: number;
  /** Share of one core since the last measurement, may exceed 1; null at the first. */
  readonly cpu: number | null;
  readonly residentBytes: number;
  /** Number of processes of the run. */
  readonly processes: number;
}

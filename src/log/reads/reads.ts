import type { LoggedEvent, Receipt } from '../../pipeline/events.ts';
import type { Actor } from '../../pipeline/actor.ts';
import { created, transition } from '../../pipeline/transition.ts';
import type { StageName, WorkItem } from '../../pipeline/types.ts';
import type { CommitSha, ItemNumber, Millis } from '../../pipeline/values.ts';
import { BudgetReads } from './budget-reads.ts';
import type { Db } from '../database.ts';
import type { EventStore } from '../events.ts';
import { TextReads } from '../search/text-reads.ts';
import { RequestReads } from './request-reads.ts';
import { SpendReads } from './spend-reads.ts';
import type { Run } from '../projections/run.ts';
import { Subscriptions, type Subscription } from '../projections/subscriptions.ts';
import { Accounts } from './accounts.ts';
import { AttentionReads } from './attention-reads.ts';
import { Outages } from './outages.ts';
import { FileRows } from '../files/file-rows.ts';
import { Measures } from './measures.ts';
import { Pauses } from './pauses.ts';
import { RoutineReads } from './routines.ts';
import { TimerReads } from './timers.ts';

export interface LoggedReceipt extends Receipt {
  readonly seq: number;
  readonly at: Millis;
}

export interface LoggedComment {
  readonly by: Actor;
  readonly at: Millis;
  readonly text: string;
}

/** Where the base branch stood at Musher's last look, and the event that says so. */
export interface BaseSeen {
  readonly branch: string;
  readonly commit: CommitSha;
  readonly seq: number;
  /** Where it stood before somebody took that off it; the newest last. */
  readonly gone: readonly CommitSha[];
}

/** Everything that commands and subscribers read. Each query has its index; none walks the archive. */
export class Reads {
  readonly budget: BudgetReads;
  /** What agents have used. */
  readonly spend: SpendReads;
  readonly timers: TimerReads;
  readonly routines: RoutineReads;
  readonly accounts: Pick<Accounts, 'all' | 'get'>;
  readonly outages: Pick<Outages, 'all' | 'of' | 'get'>;
  readonly pauses: Pick<Pauses, 'all' | 'get'>;
  /** What agents ask people for. */
  readonly requests: RequestReads;
  readonly texts: TextReads;
  /** Which items wait for a person. */
  readonly attention: AttentionReads;
  readonly measures: Pick<Measures, 'get'>;
  /** Files that people sent with an item. */
  readonly files: Pick<FileRows, 'of' | 'isKept' | 'onlyOf'>;
  readonly #events: EventStore;
  readonly #item;
  readonly #inStage;
  readonly #recentInStage;
  readonly #waking;
  readonly #numbersInStage;
  readonly #wakingNumbers;
  readonly #counts;
  readonly #dependents;
  readonly #labels;
  readonly #labelled;
  readonly #near;
  readonly #runs;
  readonly #run;
  readonly #openRuns;
  readonly #allOpenRuns;
  readonly #projects;
  readonly #roomProject;
  readonly #roomsOf;
  readonly #base;
  readonly #firstHash;
  readonly #subscriptions;

  constructor(db: Db, events: EventStore) {
    this.#events = events;
    this.#subscriptions = new Subscriptions(db);
    this.budget = new BudgetReads(db);
    this.spend = new SpendReads(db);
    this.timers = new TimerReads(db);
    this.routines = new RoutineReads(db);
    this.accounts = new Accounts(db);
    this.outages = new Outages(db);
    this.pauses = new Pauses(db);
    this.requests = new RequestReads(db);
    this.texts = new TextReads(db);
    this.attention = new AttentionReads(db);
    this.measures = new Measures(db);
    this.files = new FileRows(db);
    this.#item = db.prepare<[string, number], string>('SELECT state FROM items WHERE project = ? AND number = ?').pluck();
    this.#inStage = db
      .prepare<[string, string, number], string>(
        'SELECT state FROM items WHERE project = ? AND stage = ? AND deleted = 0 ORDER BY rank, stage_since, number LIMIT ?',
      )
      .pluck();
    this.#recentInStage = db
      .prepare<[string, string, number], string>(
        'SELECT state FROM items WHERE project = ? AND stage = ? AND deleted = 0 ORDER BY rank DESC, stage_since DESC, number DESC LIMIT ?',
      )
      .pluck();
    this.#waking = db
      .prepare<[string, number], string>('SELECT state FROM items WHERE project = ? AND wakes = 1 ORDER BY rank, number LIMIT ?')
      .pluck();
    this.#numbersInStage = db
      .prepare<[string, string], ItemNumber>(
        'SELECT number FROM items WHERE project = ? AND stage = ? AND deleted = 0 ORDER BY rank, stage_since, number',
      )
      .pluck();
    this.#wakingNumbers = db
      .prepare<[string], ItemNumber>('SELECT number FROM items WHERE project = ? AND wakes = 1 ORDER BY rank, number')
      .pluck();
    this.#counts = db.prepare<[string], { stage: string; n: number }>('SELECT stage, n FROM counts WHERE project = ?');
    this.#dependents = db
      .prepare<[string, number], ItemNumber>('SELECT item FROM dependencies WHERE project = ? AND depends_on = ? ORDER BY item')
      .pluck();
    this.#labels = db.prepare<[string], { label: string; items: number }>(
      'SELECT label, count(*) AS items FROM labels WHERE project = ? AND open = 1 GROUP BY label ORDER BY label',
    );
    this.#labelled = db
      .prepare<[string, number, string, number], string>(
        `SELECT items.state FROM labels CROSS JOIN items ON items.project = labels.project AND items.number = labels.item
         WHERE labels.project = ? AND labels.open = ? AND labels.label = ? ORDER BY labels.item DESC LIMIT ?`,
      )
      .pluck();
    this.#near = db
      .prepare<[string, number, number], ItemNumber>(
        'SELECT number FROM items WHERE project = ? AND deleted = 0 AND number BETWEEN ? AND ? ORDER BY number',
      )
      .pluck();
    this.#runs = db.prepare<[string, number], string>('SELECT state FROM runs WHERE project = ? AND item = ? ORDER BY run').pluck();
    this.#run = db.prepare<[string, number, number], string>('SELECT state FROM runs WHERE project = ? AND item = ? AND run = ?').pluck();
    // Named, because the planner prefers the primary key, and that walks every run the project ever had.
    this.#openRuns = db
      .prepare<[string], string>('SELECT state FROM runs INDEXED BY runs_open WHERE project = ? AND open = 1 ORDER BY item, run')
      .pluck();
    this.#allOpenRuns = db.prepare<[], string>('SELECT state FROM runs INDEXED BY runs_open WHERE open = 1').pluck();
    this.#firstHash = db.prepare<[], string>('SELECT hash FROM events WHERE seq = (SELECT min(seq) FROM events)').pluck();
    this.#projects = db.prepare<[], string>("SELECT project FROM counts WHERE stage = 'last'").pluck();
    this.#roomProject = db.prepare<[string, string], string>('SELECT project FROM rooms WHERE transport = ? AND room = ?').pluck();
    this.#base = db.prepare<[string], Omit<BaseSeen, 'gone'> & { gone: string }>(
      'SELECT branch, head AS "commit", seq, gone FROM bases WHERE project = ?',
    );
    this.#roomsOf = db.prepare<[string], { transport: string; room: string }>('SELECT transport, room FROM rooms WHERE project = ?');
  }

  /** An item by its number, also a deleted one; null where the number was never given. */
  item(project: string, number: number): WorkItem | null {
    const state = this.#item.get(project, number);
    return state === undefined ? null : parseItem(state);
  }

  /** Items of a stage in the order in which they come to their turn: by priority, and of equal ones the longest there first. */
  inStage(project: string, stage: StageName, limit: number): WorkItem[] {
    return this.#inStage.all(project, stage, limit).map(parseItem);
  }

  /** Items of a stage that are over, the latest to arrive first. */
  recentInStage(project: string, stage: 'done' | 'archived', limit: number): WorkItem[] {
    return this.#recentInStage.all(project, stage, limit).map(parseItem);
  }

  /** Items that agents or people are at work on: current, qa and merge. */
  active(project: string): WorkItem[] {
    return (['current', 'qa', 'merge'] as const).flatMap((stage) => this.inStage(project, stage, 10_000));
  }

  /** Items that may move by themselves without being active: queued items of the backlog, and deleted ones whose removal is not done. */
  waking(project: string, limit = 10_000): WorkItem[] {
    return this.#waking.all(project, limit).map(parseItem);
  }

  /** Numbers of all items that may move by themselves, in the order in which they come to their turn. */
  openNumbers(project: string): ItemNumber[] {
    const active = (['current', 'qa', 'merge'] as const).flatMap((stage) => this.#numbersInStage.all(project, stage));
    return [...new Set([...active, ...this.#wakingNumbers.all(project)])];
  }

  /** How many items stand in each stage. */
  counts(project: string): Record<StageName, number> {
    const counts = { backlog: 0, current: 0, qa: 0, merge: 0, done: 0, archived: 0 };
    for (const { stage, n } of this.#counts.all(project)) if (stage in counts) counts[stage as StageName] = n;
    return counts;
  }

  /** Every project that an item was ever made in. */
  projects(): string[] {
    return this.#projects.all();
  }

  lastNumber(project: string): number {
    return this.#counts.all(project).find((row) => row.stage === 'last')?.n ?? 0;
  }

  /** How many timers were ever set in a project: the last one's number. */
  lastTimer(project: string): number {
    return this.#counts.all(project).find((row) => row.stage === 'timers')?.n ?? 0;
  }

  /** The same of routines. */
  lastRoutine(project: string): number {
    return this.#counts.all(project).find((row) => row.stage === 'routines')?.n ?? 0;
  }

  /** The items that depend on an item. */
  dependents(project: string, number: number): ItemNumber[] {
    return this.#dependents.all(project, number);
  }

  /** The labels of items that are still to be done, with how many each has. */
  labels(project: string): { readonly label: string; readonly items: number }[] {
    return this.#labels.all(project);
  }

  /** Items with a label, the latest first: those that are still to be done, or the others. */
  labelled(project: string, label: string, which: 'open' | 'over', limit: number): WorkItem[] {
    return this.#labelled.all(project, which === 'open' ? 1 : 0, label, limit).map(parseItem);
  }

  /** Numbers that exist within `reach` of one that does not. */
  near(project: string, number: number, reach: number): ItemNumber[] {
    return this.#near.all(project, number - reach, number + reach);
  }

  runs(project: string, item: number): Run[] {
    return this.#runs.all(project, item).map(parseRun);
  }

  run(project: string, item: number, run: number): Run | null {
    const state = this.#run.get(project, item, run);
    return state === undefined ? null : parseRun(state);
  }

  /** Open runs of other projects than these. */
  openRunsElsewhere(projects: readonly string[]): Run[] {
    return this.#allOpenRuns
      .all()
      .map(parseRun)
      .filter((run) => !projects.includes(run.project));
  }

  /** The hash of the log's first event, which identifies the log. Null: the log is empty. */
  firstHash(): string | null {
    return this.#firstHash.get() ?? null;
  }

  /** Where a project's base branch was seen last; null: never. */
  base(project: string): BaseSeen | null {
    const row = this.#base.get(project);
    return row === undefined ? null : { ...row, gone: JSON.parse(row.gone) as CommitSha[] };
  }

  /** Open runs of all projects. */
  allOpenRuns(): Run[] {
    return this.#allOpenRuns.all().map(parseRun);
  }

  /** Runs that are pending or running. */
  openRuns(project: string): Run[] {
    return this.#openRuns.all(project).map(parseRun);
  }

  receipts(project: string, item: number): LoggedReceipt[] {
    return this.#events
      .receipts(project, item)
      .flatMap((event) => (event.kind === 'gate.ran' ? [{ ...event.payload, seq: event.seq, at: event.at }] : []));
  }

  /** What people said of an item to each other, the newest last. */
  comments(project: string, item: number, most: number): LoggedComment[] {
    return this.#events
      .comments(project, item, most)
      .flatMap(({ kind, payload, actor, at }) => (kind === 'item.commented' ? [{ by: actor, at, text: payload.text }] : []))
      .toReversed();
  }

  /** The newest events of an item before `beforeSeq`, newest first. */
  history(project: string, item: number, limit: number, beforeSeq = Number.MAX_SAFE_INTEGER): LoggedEvent[] {
    return this.#events.ofItemBefore(project, item, beforeSeq, limit);
  }

  /** An item as it was right before an event, made again from the log; null where it was not there yet. */
  itemBefore(project: string, number: number, seq: number): WorkItem | null {
    let item: WorkItem | null = null;
    for (const event of this.#events.ofItem(project, number)) {
      if (event.seq >= seq || event.item === null) break;
      if (event.kind === 'item.created') item = created(event);
      else if (item !== null) {
        const next = transition(item, event);
        if (next.ok) item = next.value;
      }
    }
    return item;
  }

  events(afterSeq: number, limit: number): LoggedEvent[] {
    return this.#events.after(afterSeq, limit);
  }

  /** The event that led to the item's present state: its last change of stage or execution. */
  arrival(item: WorkItem): LoggedEvent | null {
    return this.#events.after(item.stepSeq - 1, 1)[0] ?? null;
  }

  /** When the item reached its present state. */
  arrivedAt(item: WorkItem): number | null {
    return this.#events.timeFrom(item.stepSeq);
  }

  lastSeq(): number {
    return this.#events.head().seq;
  }

  /** The project that a room was switched to; null where it never was. */
  roomProject(transport: string, room: string): string | null {
    return this.#roomProject.get(transport, room) ?? null;
  }

  /** The room's notification settings from chat, or null. */
  subscription(transport: string, room: string): Subscription | null {
    return this.#subscriptions.get(transport, room);
  }

  roomsOf(project: string): { transport: string; room: string }[] {
    return this.#roomsOf.all(project);
  }
}

function parseItem(state: string): WorkItem {
  return JSON.parse(state) as WorkItem;
}

function parseRun(state: string): Run {
  return JSON.parse(state) as Run;
}

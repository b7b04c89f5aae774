import { BOUNDS } from '../../bounds.ts';
import { ok, type Result } from '../../result.ts';
import type { ItemEvent, LoggedEvent } from '../../pipeline/events.ts';
import { KINDS, type EventInto, type Projection } from '../../pipeline/kinds.ts';
import { withoutTexts } from '../../pipeline/purge-plan.ts';
import { created, transition, type TransitionError } from '../../pipeline/transition.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Db } from '../database.ts';
import { FileRows } from '../files/file-rows.ts';
import { DayRows } from './day-rows.ts';
import { closedRequest, openedRequest, REQUEST_TEXTS } from './fold-request.ts';
import { foldRun, RUN_TEXTS } from './fold-run.ts';
import { AttentionRows } from './attention-rows.ts';
import { LabelRows } from './label-rows.ts';
import type { Run } from './run.ts';
import { Subscriptions } from './subscriptions.ts';
import { Accounts } from '../reads/accounts.ts';
import { Outages } from '../reads/outages.ts';
import { Measures } from '../reads/measures.ts';
import { Pauses } from '../reads/pauses.ts';
import { Texts } from '../search/texts.ts';
import { TimerRows } from '../reads/timers.ts';
import { RoutineRows } from '../reads/routines.ts';
import type { TableCache } from './table-cache.ts';
import {
  countTable,
  itemTable,
  requestTable,
  runTable,
  spendTable,
  spendTotalTable,
  type CountKey,
  type ItemKey,
  type RequestKey,
  type RunKey,
  type SpendKey,
  type SpendTotalKey,
} from './rows.ts';
import { NO_USAGE, addUsage, type Usage } from '../../pipeline/usage.ts';
import { quarterOf } from '../../pipeline/budget/day.ts';

/** Places that a base branch was taken off from: the newest, for each of them costs a look. Migration 4 knows this number. */
const MOST_GONE = BOUNDS.gonePlaces;

type Derive<E extends LoggedEvent> = (event: E, before: WorkItem | null) => unknown;

/**
 * Turns events into rows of the projection tables. The same code serves an append and a rebuild; only how often it
 * flushes differs. `apply` checks an event against the item before anything is written.
 */
export class Projector {
  readonly items: TableCache<ItemKey, WorkItem>;
  readonly runs: TableCache<RunKey, Run>;
  readonly #requests: TableCache<RequestKey, AgentRequest>;
  readonly #counts: TableCache<CountKey, number>;
  readonly #spend: TableCache<SpendKey, Usage>;
  readonly #spendTotal: TableCache<SpendTotalKey, Usage>;
  readonly #days: DayRows;
  readonly #dropDependency;
  readonly #addDependency;
  readonly #requestsOfItem;
  readonly #bindRoom;
  readonly #seeBase;
  readonly #goneFromBase;
  readonly #subscriptions: Subscriptions;

  readonly #labels: LabelRows;
  readonly #attention: AttentionRows;
  readonly #timers: TimerRows;
  readonly #routines: RoutineRows;
  readonly #accounts: Accounts;
  readonly #outages: Outages;
  readonly #pauses: Pauses;
  readonly #texts: Texts;
  readonly #measures: Measures;
  readonly #files: FileRows;
  /** What each projection makes of an event, when the item itself has been made of it. */
  readonly #into: { readonly [P in Projection]: Derive<EventInto<P>> } = {
    accounts: (event) => this.#accounts.apply(event),
    bases: (event) => this.#seenBase(event),
    counts: (event) => this.#countUp(event),
    days: (event) => this.#days.apply(event, this.#payerOf(event)),
    dependencies: (event, before) => this.#depend(event, before),
    files: (event) => this.#files.apply(event),
    measures: (event) => this.#measures.apply(event),
    outages: (event) => this.#outages.apply(event),
    pauses: (event) => this.#pauses.apply(event),
    requests: (event) => this.#request(event),
    rooms: (event) => this.#bindRoom.run(event.payload.transport, event.payload.room, event.project),
    routines: (event) => this.#routines.apply(event),
    runs: (event) => (event.kind === 'item.purged' ? this.#blankRuns(event) : this.#foldRun(event)),
    spend: (event) => this.#addSpend(event),
    subscriptions: (event) => this.#subscriptions.apply(event),
    texts: (event) => this.#texts.apply(event, this.items.get(event.project, event.item)),
    timers: (event) => this.#timers.apply(event),
  };

  /** `indexesTexts: false`: whoever makes all of it anew makes the index of texts at the end. */
  constructor(db: Db, { indexesTexts = true }: { readonly indexesTexts?: boolean } = {}) {
    this.#subscriptions = new Subscriptions(db);
    this.#labels = new LabelRows(db);
    this.#attention = new AttentionRows(db);
    this.#timers = new TimerRows(db);
    this.#routines = new RoutineRows(db);
    this.#accounts = new Accounts(db);
    this.#outages = new Outages(db);
    this.#pauses = new Pauses(db);
    this.#texts = new Texts(db, { indexes: indexesTexts });
    this.#measures = new Measures(db);
    this.#files = new FileRows(db);
    this.items = itemTable(db);
    this.runs = runTable(db);
    this.#requests = requestTable(db);
    this.#counts = countTable(db);
    this.#spend = spendTable(db);
    this.#spendTotal = spendTotalTable(db);
    this.#days = new DayRows(db);
    this.#dropDependency = db.prepare('DELETE FROM dependencies WHERE project = ? AND depends_on = ? AND item = ?');
    this.#addDependency = db.prepare('INSERT OR IGNORE INTO dependencies (project, depends_on, item) VALUES (?, ?, ?)');
    this.#seeBase = db.prepare('INSERT OR REPLACE INTO bases (project, branch, head, seq, gone) VALUES (?, ?, ?, ?, ?)');
    this.#goneFromBase = db.prepare<[string], string>('SELECT gone FROM bases WHERE project = ?').pluck();
    this.#requestsOfItem = db.prepare<[string, number], number>('SELECT number FROM requests WHERE project = ? AND item = ?').pluck();
    this.#bindRoom = db.prepare('INSERT OR REPLACE INTO rooms (transport, room, project) VALUES (?, ?, ?)');
  }

  /** Applies one event; an error means that it does not fit and nothing was changed. */
  apply(event: LoggedEvent): Result<void, TransitionError> {
    if (event.item === null) {
      this.#derive(event, null);
      return ok(undefined);
    }
    const before = this.items.get(event.project, event.item);
    const after =
      event.kind === 'item.created' && before === null ? ok(created(event)) : before === null ? missing(event) : transition(before, event);
    if (!after.ok) return after;
    this.items.set([event.project, event.item], after.value);
    this.#count(before, after.value);
    this.#labels.change(before, after.value);
    this.#attention.change(before, after.value);
    this.#derive(event, before);
    return ok(undefined);
  }

  #derive(event: LoggedEvent, before: WorkItem | null): void {
    // A kind is only ever given to the projections of its own row, which the compiler does not follow.
    for (const projection of KINDS[event.kind].into) (this.#into[projection] as Derive<LoggedEvent>)(event, before);
  }

  /** Writes what has changed. */
  flush(): void {
    for (const table of [this.items, this.runs, this.#requests, this.#counts, this.#spend, this.#spendTotal, this.#days]) table.flush();
  }

  /** Forgets all rows: the end of the unit of work. */
  clear(): void {
    for (const table of [this.items, this.runs, this.#requests, this.#counts, this.#spend, this.#spendTotal, this.#days]) table.clear();
  }

  /** Rows held in memory, for bounding a rebuild. */
  get held(): number {
    return this.items.size + this.runs.size + this.#requests.size + this.#spend.size + this.#days.size;
  }

  #count(before: WorkItem | null, after: WorkItem): void {
    if (before === null) this.#addCount(after.project, 'last', after.number - (this.#counts.get(after.project, 'last') ?? 0));
    const from = before === null || before.deletedAt !== null ? null : before.stage.name;
    const to = after.deletedAt !== null ? null : after.stage.name;
    if (from === to) return;
    if (from !== null) this.#addCount(after.project, from, -1);
    if (to !== null) this.#addCount(after.project, to, 1);
  }

  #addCount(project: string, stage: string, by: number): void {
    this.#counts.set([project, stage], (this.#counts.get(project, stage) ?? 0) + by);
  }

  #foldRun(event: Exclude<EventInto<'runs'>, { kind: 'item.purged' }>): void {
    const key = [event.project, event.item, event.payload.run] as const;
    const run = foldRun(this.runs.get(...key), event);
    if (run !== null) this.runs.set(key, run);
  }

  #request(event: EventInto<'requests'>): void {
    switch (event.kind) {
      case 'request.opened':
        // A number is never given twice.
        if (this.#requests.get(event.payload.request) === null) this.#requests.set([event.payload.request], openedRequest(event));
        return;
      case 'request.closed': {
        const request = this.#requests.get(event.payload.request);
        if (request?.project === event.project && request.item === event.item)
          this.#requests.set([request.number], closedRequest(request, event));
        return;
      }
      case 'item.purged':
        this.#blankRequests(event);
    }
  }

  #seenBase({ project, payload, seq }: EventInto<'bases'>): void {
    const before = JSON.parse(this.#goneFromBase.get(project) ?? '[]') as string[];
    const gone = payload.gone ?? (payload.how === 'rewritten' && payload.from !== null ? [payload.from] : []);
    this.#seeBase.run(project, payload.branch, payload.to, seq, JSON.stringify([...before, ...gone].slice(-MOST_GONE)));
  }

  #countUp(event: EventInto<'counts'>): void {
    switch (event.kind) {
      case 'timer.set':
        this.#addCount(event.project, 'timers', 1);
        return;
      case 'routine.set':
        this.#addCount(event.project, 'routines', 1);
        return;
      case 'log.restored': {
        const behind = event.payload.lastNumber - (this.#counts.get(event.project, 'last') ?? 0);
        if (behind > 0) this.#addCount(event.project, 'last', behind);
      }
    }
  }

  #blankRuns({ project, item }: ItemEvent): void {
    for (let n = 1; n <= (this.items.get(project, item)?.runs ?? 0); n++) {
      const run = this.runs.get(project, item, n);
      if (run !== null) this.runs.set([project, item, n], withoutTexts(RUN_TEXTS, run));
    }
  }

  #blankRequests({ project, item }: ItemEvent): void {
    // The query sees what is written.
    this.#requests.flush();
    for (const number of this.#requestsOfItem.all(project, item)) {
      const request = this.#requests.get(number);
      if (request !== null) this.#requests.set([number], withoutTexts(REQUEST_TEXTS, request));
    }
  }

  #depend({ project, item }: EventInto<'dependencies'>, before: WorkItem | null): void {
    for (const on of before?.dependsOn ?? []) this.#dropDependency.run(project, on, item);
    for (const on of this.items.get(project, item)?.dependsOn ?? []) this.#addDependency.run(project, on, item);
  }

  #addSpend(event: EventInto<'spend'>): void {
    const { agent, model, usage } = event.payload;
    const quarter = quarterOf(event.at);
    const key = [event.project, quarter, event.item, agent, model] as const;
    this.#spend.set(key, addUsage(this.#spend.get(...key) ?? NO_USAGE, usage));
    const total = [event.project, agent, model] as const;
    this.#spendTotal.set(total, addUsage(this.#spendTotal.get(...total) ?? NO_USAGE, usage));
  }

  /** Whom the run of a usage counts for. */
  #payerOf(event: EventInto<'days'>): string | null {
    if (event.kind !== 'run.usage') return null;
    return this.runs.get(event.project, event.item, event.payload.run)?.reserved?.person ?? null;
  }
}

function missing(event: ItemEvent): Result<never, TransitionError> {
  return { ok: false, error: { code: 'wrong-state', item: event.item, stage: null, misfit: { kind: 'missing' }, validMoves: [] } };
}

import { ok, type Result } from '../../result.ts';
import type { ItemEvent, LoggedEvent, Usage } from '../../pipeline/events.ts';
import { created, transition, type TransitionError } from '../../pipeline/transition.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Db } from '../database.ts';
import { DayRows } from './day-rows.ts';
import { blankAsk } from '../purge.ts';
import { closedRequest, openedRequest } from './fold-request.ts';
import { foldRun } from './fold-run.ts';
import { addUsage, NO_USAGE, type Run } from './run.ts';
import { Subscriptions } from './subscriptions.ts';
import { Accounts } from '../reads/accounts.ts';
import { TimerRows } from '../reads/timers.ts';
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

const QUARTER_MS = 15 * 60 * 1000;

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
  readonly #subscriptions: Subscriptions;

  readonly #timers: TimerRows;
  readonly #accounts: Accounts;

  constructor(db: Db) {
    this.#subscriptions = new Subscriptions(db);
    this.#timers = new TimerRows(db);
    this.#accounts = new Accounts(db);
    this.items = itemTable(db);
    this.runs = runTable(db);
    this.#requests = requestTable(db);
    this.#counts = countTable(db);
    this.#spend = spendTable(db);
    this.#spendTotal = spendTotalTable(db);
    this.#days = new DayRows(db);
    this.#dropDependency = db.prepare('DELETE FROM dependencies WHERE project = ? AND depends_on = ? AND item = ?');
    this.#addDependency = db.prepare('INSERT OR IGNORE INTO dependencies (project, depends_on, item) VALUES (?, ?, ?)');
    this.#seeBase = db.prepare('INSERT OR REPLACE INTO bases (project, branch, head, seq) VALUES (?, ?, ?, ?)');
    this.#requestsOfItem = db.prepare<[string, number], number>('SELECT number FROM requests WHERE project = ? AND item = ?').pluck();
    this.#bindRoom = db.prepare('INSERT OR REPLACE INTO rooms (transport, room, project) VALUES (?, ?, ?)');
  }

  /** Applies one event; an error means that it does not fit and nothing was changed. */
  apply(event: LoggedEvent): Result<void, TransitionError> {
    if (event.item === null) {
      this.#applyOther(event);
      this.#days.apply(event, null);
      return ok(undefined);
    }
    const before = this.items.get(event.project, event.item);
    const after =
      event.kind === 'item.created' && before === null ? ok(created(event)) : before === null ? missing(event) : transition(before, event);
    if (!after.ok) return after;
    this.items.set([event.project, event.item], after.value);
    this.#count(before, after.value);
    this.#derive(event, before, after.value);
    return ok(undefined);
  }

  #applyOther(event: Extract<LoggedEvent, { item: null }>): void {
    if (event.kind === 'account.limited') this.#accounts.limit(event.payload);
    if (event.kind === 'account.recovered') this.#accounts.recover(event.payload.account);
    if (event.kind === 'room.bound') this.#bindRoom.run(event.payload.transport, event.payload.room, event.project);
    if (event.kind === 'room.subscribed') this.#subscriptions.apply(event);
    if (event.kind === 'base.seen') this.#seeBase.run(event.project, event.payload.branch, event.payload.to, event.seq);
    if (event.kind === 'log.restored') {
      const behind = event.payload.lastNumber - (this.#counts.get(event.project, 'last') ?? 0);
      if (behind > 0) this.#addCount(event.project, 'last', behind);
    }
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

  #derive(event: ItemEvent, before: WorkItem | null, item: WorkItem): void {
    this.#timers.apply(event);
    switch (event.kind) {
      case 'item.created':
      case 'item.dependencies_set':
        for (const on of before?.dependsOn ?? []) this.#dropDependency.run(item.project, on, item.number);
        for (const on of item.dependsOn) this.#addDependency.run(item.project, on, item.number);
        return;
      case 'timer.set':
        this.#addCount(item.project, 'timers', 1);
        return;
      case 'item.purged':
        this.#blankRuns(item);
        this.#blankRequests(item);
        return;
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
      case 'run.usage':
        this.#addSpend(event);
        this.#days.apply(event, this.runs.get(event.project, event.item, event.payload.run)?.reserved?.person ?? null);
        this.#foldRun(event);
        return;
      default:
        if (event.kind.startsWith('run.')) this.#foldRun(event);
    }
  }

  #foldRun(event: ItemEvent): void {
    if (!('run' in event.payload)) return;
    const key = [event.project, event.item, event.payload.run] as const;
    const run = foldRun(this.runs.get(...key), event);
    if (run !== null) this.runs.set(key, run);
  }

  #blankRuns(item: WorkItem): void {
    for (let n = 1; n <= item.runs; n++) {
      const run = this.runs.get(item.project, item.number, n);
      if (run !== null)
        this.runs.set([item.project, item.number, n], {
          ...run,
          summary: null,
          activity: null,
          session: run.session === null ? null : '',
          stopRequested: run.stopRequested === null ? null : '',
          blocker: run.blocker === null ? null : '',
        });
    }
  }

  #blankRequests(item: WorkItem): void {
    // The query sees what is written.
    this.#requests.flush();
    for (const number of this.#requestsOfItem.all(item.project, item.number)) {
      const request = this.#requests.get(number);
      if (request !== null) this.#requests.set([number], { ...request, ask: blankAsk(request.ask), brief: '', call: '', text: '' });
    }
  }

  #addSpend(event: Extract<ItemEvent, { kind: 'run.usage' }>): void {
    const { agent, model, usage } = event.payload;
    const quarter = Math.floor(event.at / QUARTER_MS);
    const key = [event.project, quarter, event.item, agent, model] as const;
    this.#spend.set(key, addUsage(this.#spend.get(...key) ?? NO_USAGE, usage));
    const total = [event.project, agent, model] as const;
    this.#spendTotal.set(total, addUsage(this.#spendTotal.get(...total) ?? NO_USAGE, usage));
  }
}

function missing(event: ItemEvent): Result<never, TransitionError> {
  return { ok: false, error: { code: 'wrong-state', message: `There is no item ${event.item}.`, validMoves: [] } };
}

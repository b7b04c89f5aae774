import type { Amount, Scope } from '../pipeline/budget.ts';
import type { Millis } from '../pipeline/values.ts';
import type { Db } from './database.ts';
import type { Run } from './projections/run.ts';

const QUARTER_MS = 15 * 60 * 1000;
type Row = { readonly [K in keyof Amount]: number | null };
const SUMS = 'SELECT sum(tokens) AS tokens, sum(micro_usd) AS microUsd';

/** Whose day it is. */
export interface DayOf {
  readonly scope: Exclude<Scope, 'item'>;
  readonly name: string;
}

/** What budgets are measured by. */
export class BudgetReads {
  readonly #spent;
  readonly #raised;
  readonly #openRuns;

  constructor(db: Db) {
    this.#spent = db.prepare<[string, string, number], Row>(`${SUMS} FROM day_spend WHERE scope = ? AND name = ? AND quarter >= ?`);
    this.#raised = db.prepare<[string, string, number], Row>(`${SUMS} FROM day_raises WHERE scope = ? AND name = ? AND until > ?`);
    this.#openRuns = db.prepare<[], string>('SELECT state FROM runs INDEXED BY runs_open WHERE open = 1').pluck();
  }

  /** What was used since a time, which every zone's midnight is: a quarter of an hour. */
  spentSince({ scope, name }: DayOf, since: Millis): Amount {
    return amount(this.#spent.get(scope, name, Math.floor(since / QUARTER_MS)));
  }

  /** What people have added to the budget of the day that it is now. */
  raised({ scope, name }: DayOf, now: Millis): Amount {
    return amount(this.#raised.get(scope, name, now));
  }

  /** The runs of all projects that have not ended. */
  openRuns(): Run[] {
    return this.#openRuns.all().map((state) => JSON.parse(state) as Run);
  }
}

function amount(row: Row | undefined): Amount {
  return { tokens: row?.tokens ?? 0, microUsd: row?.microUsd ?? 0 };
}

import type { Amount, Scope } from '../../pipeline/budget/budget.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { Db } from '../database.ts';
import type { Run } from '../projections/run.ts';
import { quarterOf } from '../../pipeline/budget/day.ts';

/** In hours of a day whose clock is set back, and some more for a zone that was changed; no addition to a day ends later than that. */
const LONGEST_DAY_MS = 27 * 60 * 60 * 1000;
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
    this.#spent = db.prepare<[string, string, number, number], Row>(
      `${SUMS} FROM day_spend WHERE scope = ? AND name = ? AND quarter >= ? AND quarter < ?`,
    );
    this.#raised = db.prepare<[string, string, number, number], Row>(
      `${SUMS} FROM day_raises WHERE scope = ? AND name = ? AND until > ? AND until <= ?`,
    );
    this.#openRuns = db.prepare<[], string>('SELECT state FROM runs INDEXED BY runs_open WHERE open = 1').pluck();
  }

  /**
   * What was used from one time until another, as every zone's midnight is: a quarter of an hour. What the log holds of days to
   * come was written while the machine's clock was wrong, and must not count on each day until then.
   */
  spentBetween({ scope, name }: DayOf, from: Millis, until: Millis): Amount {
    return amount(this.#spent.get(scope, name, quarterOf(from), quarterOf(until)));
  }

  /** What people have added to the budget of the day that it is now. */
  raised({ scope, name }: DayOf, now: Millis): Amount {
    return amount(this.#raised.get(scope, name, now, now + LONGEST_DAY_MS));
  }

  /** The runs of all projects that have not ended. */
  openRuns(): Run[] {
    return this.#openRuns.all().map((state) => JSON.parse(state) as Run);
  }
}

function amount(row: Row | undefined): Amount {
  return { tokens: row?.tokens ?? 0, microUsd: row?.microUsd ?? 0 };
}

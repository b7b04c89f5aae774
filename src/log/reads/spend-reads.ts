import type { Millis } from '../../pipeline/values.ts';
import type { Db } from '../database.ts';
import { NO_USAGE, type Usage } from '../../pipeline/usage.ts';
import { quarterOf } from '../../pipeline/budget/day.ts';

/** Spend summed over something; `key` names what. */
export interface SpendRow {
  readonly key: string;
  readonly usage: Usage;
}

const SUMS =
  'coalesce(sum(input), 0) AS inputTokens, coalesce(sum(output), 0) AS outputTokens, coalesce(sum(cache_read), 0) AS cacheReadTokens, coalesce(sum(cache_write), 0) AS cacheWriteTokens, coalesce(sum(micro_usd), 0) AS microUsd';

/** What agents have used, in tokens and money. */
export class SpendReads {
  readonly #ofItem;
  readonly #since;
  readonly #sinceBy;
  readonly #totals;

  constructor(db: Db) {
    // Left alone, the planner takes the primary key and walks all that the project ever spent.
    this.#ofItem = db.prepare<[string, number], Usage>(`SELECT ${SUMS} FROM spend INDEXED BY spend_of_item WHERE project = ? AND item = ?`);
    this.#since = db.prepare<[string, number], Usage>(`SELECT ${SUMS} FROM spend WHERE project = ? AND quarter >= ?`);
    this.#sinceBy = {
      item: db.prepare<[string, number], Usage & { key: string }>(
        `SELECT CAST(item AS TEXT) AS key, ${SUMS} FROM spend WHERE project = ? AND quarter >= ? GROUP BY item ORDER BY sum(micro_usd) DESC`,
      ),
      agent: db.prepare<[string, number], Usage & { key: string }>(
        `SELECT agent AS key, ${SUMS} FROM spend WHERE project = ? AND quarter >= ? GROUP BY agent ORDER BY sum(micro_usd) DESC`,
      ),
      model: db.prepare<[string, number], Usage & { key: string }>(
        `SELECT model AS key, ${SUMS} FROM spend WHERE project = ? AND quarter >= ? GROUP BY model ORDER BY sum(micro_usd) DESC`,
      ),
    };
    this.#totals = {
      agent: db.prepare<[string], Usage & { key: string }>(
        `SELECT agent AS key, ${SUMS} FROM spend_total WHERE project = ? GROUP BY agent ORDER BY sum(micro_usd) DESC`,
      ),
      model: db.prepare<[string], Usage & { key: string }>(
        `SELECT model AS key, ${SUMS} FROM spend_total WHERE project = ? GROUP BY model ORDER BY sum(micro_usd) DESC`,
      ),
    };
  }

  ofItem(project: string, item: number): Usage {
    return this.#ofItem.get(project, item) ?? NO_USAGE;
  }

  /** Spend since a time, which is rounded down to a quarter of an hour: every time zone's midnight is one. */
  since(project: string, since: Millis): Usage {
    return this.#since.get(project, quarterOf(since)) ?? NO_USAGE;
  }

  sinceBy(project: string, by: 'item' | 'agent' | 'model', since: Millis): SpendRow[] {
    return this.#sinceBy[by].all(project, quarterOf(since)).map(toSpend);
  }

  /** Spend of all time. */
  totals(project: string, by: 'agent' | 'model'): SpendRow[] {
    return this.#totals[by].all(project).map(toSpend);
  }
}

function toSpend({ key, ...usage }: Usage & { key: string }): SpendRow {
  return { key, usage };
}

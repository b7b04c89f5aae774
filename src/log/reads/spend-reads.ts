import type { Usage } from '../../pipeline/events.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { Db } from '../database.ts';

/** Spend summed over something; `key` names what. */
export interface SpendRow {
  readonly key: string;
  readonly usage: Usage;
}

const SUMS =
  'sum(input) AS inputTokens, sum(output) AS outputTokens, sum(cache_read) AS cacheReadTokens, sum(cache_write) AS cacheWriteTokens, sum(micro_usd) AS microUsd';
const QUARTER_MS = 15 * 60 * 1000;

type UsageRow = { [K in keyof Usage]: number | null };

/** What agents have used, in tokens and money. */
export class SpendReads {
  readonly #ofItem;
  readonly #since;
  readonly #sinceBy;
  readonly #totals;

  constructor(db: Db) {
    // Left alone, the planner takes the primary key and walks all that the project ever spent.
    this.#ofItem = db.prepare<[string, number], UsageRow>(
      `SELECT ${SUMS} FROM spend INDEXED BY spend_of_item WHERE project = ? AND item = ?`,
    );
    this.#since = db.prepare<[string, number], UsageRow>(`SELECT ${SUMS} FROM spend WHERE project = ? AND quarter >= ?`);
    this.#sinceBy = {
      item: db.prepare<[string, number], UsageRow & { key: string }>(
        `SELECT CAST(item AS TEXT) AS key, ${SUMS} FROM spend WHERE project = ? AND quarter >= ? GROUP BY item ORDER BY sum(micro_usd) DESC`,
      ),
      agent: db.prepare<[string, number], UsageRow & { key: string }>(
        `SELECT agent AS key, ${SUMS} FROM spend WHERE project = ? AND quarter >= ? GROUP BY agent ORDER BY sum(micro_usd) DESC`,
      ),
      model: db.prepare<[string, number], UsageRow & { key: string }>(
        `SELECT model AS key, ${SUMS} FROM spend WHERE project = ? AND quarter >= ? GROUP BY model ORDER BY sum(micro_usd) DESC`,
      ),
    };
    this.#totals = {
      agent: db.prepare<[string], UsageRow & { key: string }>(
        `SELECT agent AS key, ${SUMS} FROM spend_total WHERE project = ? GROUP BY agent ORDER BY sum(micro_usd) DESC`,
      ),
      model: db.prepare<[string], UsageRow & { key: string }>(
        `SELECT model AS key, ${SUMS} FROM spend_total WHERE project = ? GROUP BY model ORDER BY sum(micro_usd) DESC`,
      ),
    };
  }

  ofItem(project: string, item: number): Usage {
    return toUsage(this.#ofItem.get(project, item));
  }

  /** Spend since a time, which is rounded down to a quarter of an hour: every time zone's midnight is one. */
  since(project: string, since: Millis): Usage {
    return toUsage(this.#since.get(project, Math.floor(since / QUARTER_MS)));
  }

  sinceBy(project: string, by: 'item' | 'agent' | 'model', since: Millis): SpendRow[] {
    return this.#sinceBy[by].all(project, Math.floor(since / QUARTER_MS)).map(toSpend);
  }

  /** Spend of all time. */
  totals(project: string, by: 'agent' | 'model'): SpendRow[] {
    return this.#totals[by].all(project).map(toSpend);
  }
}

function toUsage(row: UsageRow | undefined): Usage {
  return {
    inputTokens: row?.inputTokens ?? 0,
    outputTokens: row?.outputTokens ?? 0,
    cacheReadTokens: row?.cacheReadTokens ?? 0,
    cacheWriteTokens: row?.cacheWriteTokens ?? 0,
    microUsd: row?.microUsd ?? 0,
  };
}

function toSpend(row: UsageRow & { key: string }): SpendRow {
  return { key: row.key, usage: toUsage(row) };
}

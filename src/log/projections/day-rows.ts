import { amountOf, NOTHING, plus, type Amount } from '../../pipeline/budget/budget.ts';
import type { EventInto } from '../../pipeline/kinds.ts';
import type { Db } from '../database.ts';
import { TableCache } from './table-cache.ts';
import { quarterOf } from '../../pipeline/budget/day.ts';

type Key = readonly [scope: string, name: string, quarter: number];

/** What the budgets of a day are measured by: spend by quarter of an hour, and what people have added. */
export class DayRows {
  readonly #spend: TableCache<Key, Amount>;
  readonly #raise;

  constructor(db: Db) {
    const load = db.prepare<[string, string, number], Amount>(
      'SELECT tokens, micro_usd AS microUsd FROM day_spend WHERE scope = ? AND name = ? AND quarter = ?',
    );
    const save = db.prepare('INSERT OR REPLACE INTO day_spend VALUES (?, ?, ?, ?, ?)');
    this.#spend = new TableCache<Key, Amount>(
      (...key) => load.get(...key) ?? null,
      (key, { tokens, microUsd }) => save.run(...key, tokens, microUsd),
    );
    this.#raise = db.prepare(
      `INSERT INTO day_raises (scope, name, until, tokens, micro_usd) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens, micro_usd = micro_usd + excluded.micro_usd`,
    );
  }

  /** `person`: whom the run of a usage counts for. */
  apply(event: EventInto<'days'>, person: string | null): void {
    if (event.kind === 'budget.raised') {
      const { scope, name, until, tokens, microUsd } = event.payload;
      this.#raise.run(scope, name, until, tokens, microUsd);
      return;
    }
    const more = amountOf(event.payload.usage);
    const quarter = quarterOf(event.at);
    this.#add(['project', event.project, quarter], more);
    this.#add(['bot', '', quarter], more);
    if (person !== null) this.#add(['person', person, quarter], more);
  }

  flush(): void {
    this.#spend.flush();
  }

  clear(): void {
    this.#spend.clear();
  }

  get size(): number {
    return this.#spend.size;
  }

  #add(key: Key, more: Amount): void {
    this.#spend.set(key, plus(this.#spend.get(...key) ?? NOTHING, more));
  }
}

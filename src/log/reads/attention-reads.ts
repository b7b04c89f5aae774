import { ATTENTIONS, type Attention } from '../../pipeline/next/attention.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Db } from '../database.ts';

/** Which items wait for a person, without a look at all that are open. */
export class AttentionReads {
  readonly #items;
  readonly #counts;

  constructor(db: Db) {
    this.#items = db
      .prepare<[string, string, number], string>(
        `SELECT items.state FROM attention CROSS JOIN items ON items.project = attention.project AND items.number = attention.item
         WHERE attention.project = ? AND attention.why = ? ORDER BY attention.since, attention.item LIMIT ?`,
      )
      .pluck();
    this.#counts = db.prepare<[string], { why: Attention; n: number }>(
      'SELECT why, count(*) AS n FROM attention WHERE project = ? GROUP BY why',
    );
  }

  /** Those of a project that wait for one reason, the longest there first. */
  items(project: string, why: Attention, most: number): WorkItem[] {
    return this.#items.all(project, why, most).map((state) => JSON.parse(state) as WorkItem);
  }

  counts(project: string): Record<Attention, number> {
    const counts = Object.fromEntries(ATTENTIONS.map((why) => [why, 0])) as Record<Attention, number>;
    for (const { why, n } of this.#counts.all(project)) counts[why] = n;
    return counts;
  }
}

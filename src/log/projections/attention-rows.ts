import { attentionOf } from '../../pipeline/next/attention.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Db } from '../database.ts';

/** The projection `attention`: which items wait for a person, and why. */
export class AttentionRows {
  readonly #drop;
  readonly #add;

  constructor(db: Db) {
    this.#drop = db.prepare('DELETE FROM attention WHERE project = ? AND why = ? AND since = ? AND item = ?');
    this.#add = db.prepare('INSERT OR REPLACE INTO attention (project, why, since, item) VALUES (?, ?, ?, ?)');
  }

  /** What an event made of an item. */
  change(before: WorkItem | null, after: WorkItem): void {
    const had = before === null ? null : attentionOf(before);
    const has = attentionOf(after);
    if (had === has && before?.stageSince === after.stageSince) return;
    if (before !== null && had !== null) this.#drop.run(before.project, had, before.stageSince, before.number);
    if (has !== null) this.#add.run(after.project, has, after.stageSince, after.number);
  }
}

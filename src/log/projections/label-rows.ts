import { isOpen } from '../../pipeline/labels.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Db } from '../database.ts';

/** The projection `labels`: which items have a label, those that are still to be done apart from the others. */
export class LabelRows {
  readonly #drop;
  readonly #add;

  constructor(db: Db) {
    this.#drop = db.prepare('DELETE FROM labels WHERE project = ? AND open = ? AND label = ? AND item = ?');
    this.#add = db.prepare('INSERT OR REPLACE INTO labels (project, open, label, item) VALUES (?, ?, ?, ?)');
  }

  /** What an event made of an item. Costs nothing for items without labels. */
  change(before: WorkItem | null, after: WorkItem): void {
    const [had, has] = [labelsOf(before), labelsOf(after)];
    if (had === has && (before === null || had.length === 0 || isOpen(before) === isOpen(after))) return;
    if (before !== null) for (const label of had) this.#drop.run(before.project, isOpen(before) ? 1 : 0, label, before.number);
    for (const label of has) this.#add.run(after.project, isOpen(after) ? 1 : 0, label, after.number);
  }
}

const NONE: readonly string[] = [];

function labelsOf(item: WorkItem | null): readonly string[] {
  return item === null || item.deletedAt !== null ? NONE : (item.labels ?? NONE);
}

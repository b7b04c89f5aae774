import { BOUNDS } from '../../bounds.ts';
import { KINDS, type EventInto } from '../../pipeline/kinds.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Db } from '../database.ts';
import { toEvent, type EventRow } from '../events.ts';
import { itemTable } from '../projections/rows.ts';
import { textOf, type TextSource } from './text-of.ts';

interface TextRow {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly criteria: string;
}

/** The projection `texts` and its index: what was written about items, by item and event. */
export class Texts {
  readonly #insert;
  readonly #index;
  readonly #unindex;
  readonly #ofItem;
  readonly #itself;
  readonly #byId;
  readonly #delete;
  readonly #indexes: boolean;

  /** `indexes`: not given, the index commits with each text. A rebuild makes it at its end, by `indexTexts`, which costs less. */
  constructor(db: Db, { indexes = true }: { readonly indexes?: boolean } = {}) {
    this.#indexes = indexes;
    this.#insert = db.prepare('INSERT INTO texts (id, project, item, source, at, title, body, criteria) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#index = db.prepare('INSERT INTO texts_index (rowid, title, body, criteria) VALUES (?, ?, ?, ?)');
    // The index finds what it has to forget by the text that it was given.
    this.#unindex = db.prepare("INSERT INTO texts_index (texts_index, rowid, title, body, criteria) VALUES ('delete', ?, ?, ?, ?)");
    this.#ofItem = db.prepare<[string, number], TextRow>('SELECT id, title, body, criteria FROM texts WHERE project = ? AND item = ?');
    this.#itself = db.prepare<[string, number], TextRow & { at: number }>(
      "SELECT id, at, title, body, criteria FROM texts WHERE project = ? AND item = ? AND source = 'item'",
    );
    this.#byId = db.prepare<[number], TextRow>('SELECT id, title, body, criteria FROM texts WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM texts WHERE id = ?');
  }

  /** `item`: as it is after the event. */
  apply(event: EventInto<'texts'>, item: WorkItem | null): void {
    switch (event.kind) {
      case 'item.created':
        if (item !== null) this.#put(event, 'item', item.title, item.description, listsOf(item));
        return;
      case 'item.edited': {
        if (!['title', 'description', 'criteria', 'labels'].includes(event.payload.field) || item === null) return;
        const before = this.#itself.get(event.project, event.item);
        if (before === undefined) return;
        this.#remove(before);
        this.#put({ ...event, seq: before.id, at: before.at }, 'item', item.title, item.description, listsOf(item));
        return;
      }
      case 'item.purged':
        for (const row of this.#ofItem.all(event.project, event.item)) this.#remove(row);
        return;
      default: {
        const taken =
          event.kind === 'item.told' && event.payload.takesBack !== undefined ? this.#byId.get(event.payload.takesBack) : undefined;
        if (taken !== undefined) this.#remove(taken);
        const { source, body } = textOf(event);
        if (body !== '') this.#put(event, source, '', body, '');
      }
    }
  }

  #put(
    { seq, at, project, item }: Pick<EventInto<'texts'>, 'seq' | 'at' | 'project' | 'item'>,
    source: TextSource,
    title: string,
    body: string,
    criteria: string,
  ): void {
    const texts = [title, body, criteria].map(bounded);
    // The row of an item stays, because an edit looks for it.
    this.#insert.run(seq, project, item, source, at, ...texts);
    if (this.#indexes) this.#index.run(seq, ...texts);
  }

  #remove({ id, title, body, criteria }: TextRow): void {
    if (this.#indexes) this.#unindex.run(id, title, body, criteria);
    this.#delete.run(id);
  }
}

/** Makes the index anew from the texts. */
export function indexTexts(db: Db): void {
  db.exec("INSERT INTO texts_index (texts_index) VALUES ('rebuild')");
}

/** What it has beside its texts, a line each: its labels and its criteria. */
function listsOf({ criteria, labels = [] }: WorkItem): string {
  return [...(labels.length === 0 ? [] : [labels.join(', ')]), ...criteria.map(({ text }) => text)].join('\n');
}

function bounded(text: string): string {
  return text.length > BOUNDS.searchedText ? text.slice(0, BOUNDS.searchedText).toWellFormed() : text;
}

/** Makes all texts of a log whose events were written before there were any. Within the caller's transaction. */
export function fillTexts(db: Db): void {
  db.exec('DELETE FROM texts');
  const texts = new Texts(db, { indexes: false });
  const items = itemTable(db);
  const kinds = Object.entries(KINDS).flatMap(([kind, { into }]) => ((into as readonly string[]).includes('texts') ? [kind] : []));
  const next = db.prepare<[number], EventRow>(
    `SELECT * FROM events WHERE seq > ? AND kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}) ORDER BY seq LIMIT 1000`,
  );
  for (let rows = next.all(0); rows.length > 0; rows = next.all(rows.at(-1)?.seq ?? 0)) {
    // Selected by their kinds.
    for (const event of rows.map(toEvent) as EventInto<'texts'>[]) texts.apply(event, items.get(event.project, event.item));
    items.clear();
  }
  indexTexts(db);
}

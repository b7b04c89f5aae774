import type { Document } from '../../message/document.ts';
import type { Db } from '../database.ts';
import { namesOneOf } from './naming.ts';

/** What Musher has answered in a session on the page. Its network keeps nothing, so it is kept here. */
export interface WindowMessage {
  readonly id: number;
  readonly window: string;
  readonly at: number;
  readonly body: Document;
}

interface Row {
  readonly id: number;
  readonly window: string;
  readonly at: number;
  readonly body: string;
}

/** The newest of a session that are kept. */
const MOST_KEPT = 200;

/** The answers of the sessions on the page. The same key is kept once, however often it is sent. */
export class WindowMessages {
  readonly #put;
  readonly #ofKey;
  readonly #edit;
  readonly #get;
  readonly #of;
  readonly #trim;
  readonly #forgetItem;
  readonly #all;
  readonly #drop;

  constructor(db: Db) {
    this.#put = db.prepare('INSERT OR IGNORE INTO window_messages ("window", key, part, at, body) VALUES (?, ?, ?, ?, ?)');
    this.#ofKey = db.prepare<[string, string], Row>('SELECT * FROM window_messages WHERE "window" = ? AND key = ? ORDER BY part');
    this.#edit = db.prepare('UPDATE window_messages SET body = ? WHERE id = ?');
    this.#get = db.prepare<[number], Row>('SELECT * FROM window_messages WHERE id = ?');
    this.#of = db.prepare<[string, number], Row>('SELECT * FROM window_messages WHERE "window" = ? ORDER BY id DESC LIMIT ?');
    this.#trim = db.prepare(
      `DELETE FROM window_messages WHERE "window" = ? AND id <= (
         SELECT id FROM window_messages WHERE "window" = ? ORDER BY id DESC LIMIT 1 OFFSET ${MOST_KEPT})`,
    );
    this.#forgetItem = db.prepare(
      "DELETE FROM window_messages WHERE key IN (SELECT 'outbox:' || id FROM outbox WHERE project = ? AND item = ?)",
    );
    this.#all = db.prepare<[], { id: number; body: string }>('SELECT id, body FROM window_messages ORDER BY id');
    this.#drop = db.prepare('DELETE FROM window_messages WHERE id = ?');
  }

  /** Keeps the parts of a message under its key, or finds those that are there already. */
  put(window: string, key: string, parts: readonly Document[], now: number): WindowMessage[] {
    const before = this.#ofKey.all(window, key);
    if (before.length > 0) return before.map(toMessage);
    parts.forEach((body, part) => this.#put.run(window, key, part, now, JSON.stringify(body)));
    this.#trim.run(window, window);
    return this.#ofKey.all(window, key).map(toMessage);
  }

  /** Shows something else in place of a message; null where there is none any more. */
  edit(id: number, body: Document): WindowMessage | null {
    this.#edit.run(JSON.stringify(body), id);
    const row = this.#get.get(id);
    return row === undefined ? null : toMessage(row);
  }

  /** The newest of a session, the oldest of them first. */
  of(window: string, most: number): WindowMessage[] {
    return this.#of.all(window, most).toReversed().map(toMessage);
  }

  /** Drops what was answered about a purged item. */
  forgetItem(project: string, item: number): void {
    this.#forgetItem.run(project, item);
  }

  /** Drops what names one of these titles. */
  forgetTitles(titles: readonly string[]): void {
    const isNamed = namesOneOf(titles);
    for (const { id, body } of this.#all.all()) if (isNamed(body)) this.#drop.run(id);
  }
}

function toMessage({ id, window, at, body }: Row): WindowMessage {
  return { id, window, at, body: JSON.parse(body) as Document };
}

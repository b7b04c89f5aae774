import { BOUNDS } from '../../bounds.ts';
import type { IncomingMessage } from '../../message/address.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { Db } from '../database.ts';
import type { TextQuery } from './query.ts';
import { pieces, type Piece } from './text-reads.ts';

/** What somebody said to Musher in a room. */
export interface Said {
  readonly sender: string;
  readonly at: number;
  readonly body: readonly Piece[];
}

interface Row {
  readonly id: number;
  readonly body: string;
}

/**
 * What people said to Musher that was no command: what a command changes is in the log, and what it only shows need not be found.
 * No projection, for the log holds no messages. It is found only in the room where it was said.
 */
export class Talk {
  readonly #redactor: Redactor;
  readonly #insert;
  readonly #index;
  readonly #unindex;
  readonly #ofItem;
  readonly #with;
  readonly #oldest;
  readonly #delete;
  readonly #find;

  constructor(db: Db, redactor: Redactor) {
    this.#redactor = redactor;
    this.#insert = db.prepare(
      'INSERT OR IGNORE INTO talk (id, transport, room, sender, at, project, item, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#index = db.prepare('INSERT INTO talk_index (rowid, body) VALUES (?, ?)');
    this.#unindex = db.prepare("INSERT INTO talk_index (talk_index, rowid, body) VALUES ('delete', ?, ?)");
    this.#ofItem = db.prepare<[string, number], Row>('SELECT id, body FROM talk WHERE project = ? AND item = ?');
    this.#with = db.prepare<[string], Row>(
      'SELECT talk.id, talk.body FROM talk_index CROSS JOIN talk ON talk.id = talk_index.rowid WHERE talk_index MATCH ?',
    );
    this.#oldest = db.prepare<[number], Row>('SELECT id, body FROM (SELECT id, at, body FROM talk ORDER BY id LIMIT 1000) WHERE at < ?');
    this.#delete = db.prepare('DELETE FROM talk WHERE id = ?');
    this.#find = db.prepare<[string, string, string, number], { sender: string; at: number; body: string }>(
      `SELECT talk.sender, talk.at, snippet(talk_index, 0, '\u{fdd0}', '\u{fdd1}', '…', 14) AS body
       FROM talk_index CROSS JOIN talk ON talk.id = talk_index.rowid
       WHERE talk_index MATCH ? AND talk.transport = ? AND talk.room = ? ORDER BY talk_index.rowid DESC LIMIT ?`,
    );
  }

  /** Keeps a message; `inbox` is its number there. */
  keep(inbox: number, { at, sender, about, text }: IncomingMessage, now: number): void {
    const body = this.#redactor.redact(text).slice(0, BOUNDS.searchedText).toWellFormed();
    const { project = null, number = null } = about ?? {};
    const { changes } = this.#insert.run(inbox, at.transport, at.room, sender.name, now, project, number, body);
    if (changes === 1) this.#index.run(inbox, body);
  }

  /** What was said in this room, the newest first. */
  find(query: TextQuery, { transport, room }: IncomingMessage['at'], most: number): Said[] {
    return this.#find.all(query.all, transport, room, most).map(({ sender, at, body }) => ({ sender, at, body: pieces(body) }));
  }

  /** Takes away what is about an item, or names it by one of its titles. */
  forgetItem(project: string, item: number, titles: readonly string[]): void {
    const phrases = titles.map((title) => `"${title.replaceAll('"', '""').replaceAll('\0', ' ')}"`);
    this.#remove([...this.#ofItem.all(project, item), ...phrases.flatMap((phrase) => this.#with.all(phrase))]);
  }

  /** Drops what was said before that time; at most 1,000 a call. */
  prune(before: number): void {
    this.#remove(this.#oldest.all(before));
  }

  #remove(rows: readonly Row[]): void {
    for (const { id, body } of new Map(rows.map((row) => [row.id, row])).values()) {
      this.#unindex.run(id, body);
      this.#delete.run(id);
    }
  }
}

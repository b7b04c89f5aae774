import type { Address } from '../../message/address.ts';
import type { Db } from '../database.ts';

/** The thread of an item in a room with `notify_style = "threads"`. */
export interface ItemThread {
  /** The outbox row of that message. */
  readonly root: number;
  /** The network's name of it, as JSON; null: not known to be sent. */
  readonly ref: string | null;
  /** What is in an address; null: not opened. */
  readonly thread: string | null;
}

/** The thread of one item in one room. */
export interface ThreadKey {
  readonly transport: string;
  readonly room: string;
  readonly project: string;
  readonly item: number;
}

/**
 * Threads by room and item. What they rest on is what networks have shown, which no event tells: so this is kept beside
 * the outbox, and is no projection.
 */
export class Threads {
  readonly #get;
  readonly #begin;
  readonly #settle;
  readonly #open;
  readonly #forget;
  readonly #forgetItem;
  readonly #itemOf;

  constructor(db: Db) {
    this.#get = db.prepare<[string, string, string, number], ItemThread>(
      'SELECT root, ref, thread FROM threads WHERE transport = ? AND room = ? AND project = ? AND item = ?',
    );
    this.#begin = db.prepare(
      'INSERT OR REPLACE INTO threads (transport, room, project, item, root, ref, thread) VALUES (?, ?, ?, ?, ?, NULL, NULL)',
    );
    this.#settle = db.prepare('UPDATE threads SET ref = ? WHERE transport = ? AND room = ? AND project = ? AND item = ? AND root = ?');
    this.#open = db.prepare('UPDATE threads SET thread = ? WHERE transport = ? AND room = ? AND project = ? AND item = ?');
    this.#forget = db.prepare('DELETE FROM threads WHERE transport = ? AND room = ? AND project = ? AND item = ?');
    this.#itemOf = db.prepare<[string, string, string], { project: string; number: number }>(
      'SELECT project, item AS number FROM threads WHERE thread = ? AND transport = ? AND room = ?',
    );
    this.#forgetItem = db.prepare('DELETE FROM threads WHERE project = ? AND item = ?');
  }

  get({ transport, room, project, item }: ThreadKey): ItemThread | null {
    return this.#get.get(transport, room, project, item) ?? null;
  }

  /** The item whose thread this is; null where it is no item's. */
  itemOf({ transport, room, thread }: Address): { readonly project: string; readonly number: number } | null {
    return thread === null ? null : (this.#itemOf.get(thread, transport, room) ?? null);
  }

  /** A message becomes the first one. */
  begin({ transport, room, project, item }: ThreadKey, root: number): void {
    this.#begin.run(transport, room, project, item, root);
  }

  /** The first message is there, under this name. Says nothing where another one took its place. */
  settle({ transport, room, project, item }: ThreadKey, root: number, ref: unknown): void {
    this.#settle.run(JSON.stringify(ref), transport, room, project, item, root);
  }

  open({ transport, room, project, item }: ThreadKey, thread: string): void {
    this.#open.run(thread, transport, room, project, item);
  }

  /** The thread is gone: the next message begins another. */
  forget({ transport, room, project, item }: ThreadKey): void {
    this.#forget.run(transport, room, project, item);
  }

  forgetItem(project: string, item: number): void {
    this.#forgetItem.run(project, item);
  }
}

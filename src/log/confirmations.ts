import type { Db } from './database.ts';

/** A question that waits for its asker's yes: bound to room and sender, and to the item as it was. */
export interface PendingConfirmation {
  readonly transport: string;
  readonly room: string;
  readonly sender: string;
  /** The room's project when it was asked. */
  readonly project: string;
  /** The command that runs when the answer is yes. */
  readonly text: string;
  readonly item: { readonly project: string; readonly number: number; readonly version: number } | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface Row {
  readonly transport: string;
  readonly room: string;
  readonly sender: string;
  readonly project: string;
  readonly text: string;
  readonly item_project: string | null;
  readonly item: number | null;
  readonly item_version: number | null;
  readonly expires_at: number;
}

/** At most one open question for a person in a room: a new one takes the place of the old. */
export class Confirmations {
  readonly #put;
  readonly #take;
  readonly #get;
  readonly #forget;

  constructor(db: Db) {
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO confirmations (transport, room, sender, project, text, item_project, item, item_version, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#get = db.prepare<[string, string, string], Row>('SELECT * FROM confirmations WHERE transport = ? AND room = ? AND sender = ?');
    this.#take = db.prepare('DELETE FROM confirmations WHERE transport = ? AND room = ? AND sender = ?');
    this.#forget = db.prepare('DELETE FROM confirmations WHERE item_project = ? AND item = ?');
  }

  put(c: PendingConfirmation): void {
    this.#put.run(
      c.transport,
      c.room,
      c.sender,
      c.project,
      c.text,
      c.item?.project ?? null,
      c.item?.number ?? null,
      c.item?.version ?? null,
      c.expiresAt,
    );
  }

  /** The open question of a person in a room, and takes it away: an answer counts once. */
  take(transport: string, room: string, sender: string): PendingConfirmation | null {
    const row = this.#get.get(transport, room, sender);
    if (row === undefined) return null;
    this.#take.run(transport, room, sender);
    const item =
      row.item_project === null || row.item === null || row.item_version === null
        ? null
        : { project: row.item_project, number: row.item, version: row.item_version };
    return { transport, room, sender, project: row.project, text: row.text, item, expiresAt: row.expires_at };
  }

  forgetItem(project: string, item: number): void {
    this.#forget.run(project, item);
  }
}

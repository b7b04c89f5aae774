import type { IngressKind } from '../../message/address.ts';
import type { Db } from '../database.ts';

/** A question that is open. Its number is never used again: an old button answers no newer question. */
export interface OpenConfirmation extends PendingConfirmation {
  readonly id: number;
}

/** An item as it was when the question was asked. */
export interface AskedItem {
  readonly project: string;
  readonly number: number;
  readonly version: number;
  /** The last event before the question, where what runs do by themselves since then leaves it as it was; null: any change voids it. */
  readonly seq: number | null;
}

/** A question that waits for its asker's yes: bound to room and sender, and to the items as they were. */
export interface PendingConfirmation {
  readonly transport: string;
  readonly room: string;
  readonly sender: string;
  /** How the command came in that is asked about: rights depend on it. */
  readonly ingress: IngressKind;
  readonly direct: boolean;
  /** The room's project when it was asked. */
  readonly project: string;
  /** The command that runs when the answer is yes. */
  readonly text: string;
  readonly items: readonly AskedItem[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface Row {
  readonly id: number;
  readonly transport: string;
  readonly room: string;
  readonly sender: string;
  readonly ingress: string;
  readonly direct: number;
  readonly project: string;
  readonly text: string;
  readonly item_project: string | null;
  readonly item: number | null;
  readonly item_version: number | null;
  readonly item_seq: number | null;
  readonly expires_at: number;
  /** What it is about besides that item, as JSON. */
  readonly others: string;
}

/** At most one open question for a person in a room: a new one takes the place of the old. */
export class Confirmations {
  readonly #put;
  readonly #close;
  readonly #get;
  readonly #all;
  readonly #exists;

  constructor(db: Db) {
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO confirmations (transport, room, sender, ingress, direct, project, text, item_project, item, item_version, item_seq, expires_at, others)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#get = db.prepare<[string, string, string], Row>('SELECT * FROM confirmations WHERE transport = ? AND room = ? AND sender = ?');
    this.#close = db.prepare('DELETE FROM confirmations WHERE transport = ? AND room = ? AND sender = ?');
    this.#all = db.prepare<[], Row>('SELECT * FROM confirmations ORDER BY id');
    this.#exists = db.prepare<[number], number>('SELECT 1 FROM confirmations WHERE id = ?').pluck();
  }

  /** Opens a question; gives its number. */
  put(c: PendingConfirmation): number {
    const [item, ...others] = c.items;
    const { lastInsertRowid } = this.#put.run(
      c.transport,
      c.room,
      c.sender,
      c.ingress,
      c.direct ? 1 : 0,
      c.project,
      c.text,
      item?.project ?? null,
      item?.number ?? null,
      item?.version ?? null,
      item?.seq ?? null,
      c.expiresAt,
      JSON.stringify(others),
    );
    return Number(lastInsertRowid);
  }

  /** The open question of a person in a room. */
  of(transport: string, room: string, sender: string): OpenConfirmation | null {
    const row = this.#get.get(transport, room, sender);
    return row === undefined ? null : toOpen(row);
  }

  /** Deletes an open question, because an answer counts once. */
  close({ transport, room, sender }: PendingConfirmation): void {
    this.#close.run(transport, room, sender);
  }

  /** Whether this question is still open. */
  isOpen(id: number): boolean {
    return this.#exists.get(id) !== undefined;
  }

  all(): OpenConfirmation[] {
    return this.#all.all().map(toOpen);
  }

  forgetItem(project: string, item: number): void {
    for (const one of this.all()) if (one.items.some((of) => of.project === project && of.number === item)) this.close(one);
  }
}

function toOpen(row: Row): OpenConfirmation {
  const first =
    row.item_project === null || row.item === null || row.item_version === null
      ? []
      : [{ project: row.item_project, number: row.item, version: row.item_version, seq: row.item_seq }];
  const items = [...first, ...(JSON.parse(row.others) as AskedItem[])];
  const { id, transport, room, sender, project, text } = row;
  const ingress = row.ingress as IngressKind;
  return { id, transport, room, sender, ingress, direct: row.direct === 1, project, text, items, expiresAt: row.expires_at };
}

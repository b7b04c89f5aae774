import type { IncomingMessage, IngressKind, MessageFile } from '../../message/address.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { Db } from '../database.ts';
import type { Asker } from './two-person.ts';

/** `unfinished`: it was answered before what it began had ended, so the answer does not tell how that went. */
export type InboxOutcome = 'ok' | 'refused' | 'failed' | 'ignored' | 'unfinished';

/** A message taken in. `committed`: its effect is in the log, but the final reply is not yet. */
export interface InboxRow {
  readonly id: number;
  readonly state: 'received' | 'committed' | 'done';
  readonly outcome: InboxOutcome | null;
  /** When it was taken in. */
  readonly receivedAt: number;
  readonly message: IncomingMessage;
  /** What its sender has confirmed with it: runs instead of its text. */
  readonly confirmed: Confirmed | null;
}

/** A command that was asked about and answered with yes. */
export interface Confirmed {
  readonly project: string;
  readonly text: string;
  /** Who typed it, where this message is a second person's yes. Missing: its own sender did. */
  readonly asker?: Asker;
}

interface Row {
  readonly id: number;
  readonly transport: string;
  readonly message_id: string;
  readonly room: string;
  readonly thread: string | null;
  readonly sender: string;
  readonly sender_name: string;
  readonly ingress: string;
  readonly direct: number;
  readonly text: string;
  readonly about_project: string | null;
  readonly about_item: number | null;
  readonly received_at: number;
  readonly state: InboxRow['state'];
  readonly outcome: InboxOutcome | null;
  readonly confirmed: string | null;
  readonly files: string | null;
}

/** Messages that a look for the rooms of one person goes through. */
const LOOKED_THROUGH = 2_000;

/** The table of messages received: the mark against doubles and the work queue in one row. */
export class Inbox {
  readonly #redactor: Redactor;
  readonly #insert;
  readonly #insertSettled;
  readonly #settle;
  readonly #reopen;
  readonly #isWaitingIn;
  readonly #open;
  readonly #openOf;
  readonly #get;
  readonly #last;
  readonly #finish;
  readonly #commit;
  readonly #prune;
  readonly #roomsOf;
  readonly #confirm;

  constructor(db: Db, redactor: Redactor) {
    this.#redactor = redactor;
    this.#insert = db.prepare(
      `INSERT OR IGNORE INTO inbox (transport, message_id, room, thread, sender, sender_name, ingress, direct, text, about_project, about_item, files, received_at, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'received')`,
    );
    this.#insertSettled = db.prepare(
      `INSERT OR IGNORE INTO inbox (transport, message_id, room, sender, sender_name, ingress, direct, text, received_at, state, outcome)
       VALUES (?, ?, ?, ?, '', ?, ?, '', ?, 'done', 'ok')`,
    );
    this.#settle = db.prepare('UPDATE inbox SET outcome = ? WHERE id = ?');
    this.#reopen = db.prepare(
      `UPDATE inbox SET state = 'received', outcome = NULL, thread = ?, sender_name = ?, text = ?, about_project = ?, about_item = ? WHERE id = ?`,
    );
    this.#isWaitingIn = db
      .prepare<[string, string], number>(
        "SELECT 1 FROM inbox INDEXED BY inbox_open WHERE state <> 'done' AND transport = ? AND room = ? LIMIT 1",
      )
      .pluck();
    this.#open = db.prepare<[number, number], Row>("SELECT * FROM inbox WHERE state <> 'done' AND id > ? ORDER BY id LIMIT ?");
    this.#openOf = db
      .prepare<[string, string], number>("SELECT count(*) FROM inbox WHERE transport = ? AND sender = ? AND state <> 'done'")
      .pluck();
    this.#get = db.prepare<[number], Row>('SELECT * FROM inbox WHERE id = ?');
    this.#last = db.prepare<[], number | null>('SELECT max(id) FROM inbox').pluck();
    this.#finish = db.prepare(
      "UPDATE inbox SET state = 'done', outcome = ?, text = '', sender_name = '', confirmed = NULL, files = NULL WHERE id = ? AND state <> 'done'",
    );
    // Looks at the oldest rows alone, and keeps those that a message still refers to.
    this.#prune = db.prepare(
      `DELETE FROM inbox WHERE id IN (
         SELECT id FROM (SELECT id, received_at, state FROM inbox ORDER BY id LIMIT 1000) AS oldest
         WHERE received_at < ? AND state = 'done' AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.inbox = oldest.id))`,
    );
    this.#roomsOf = db.prepare<[number, string, string], { transport: string; room: string; direct: number; last: number }>(
      `SELECT transport, room, max(direct) AS direct, max(id) AS last FROM inbox WHERE id > ? AND transport = ? AND sender = ? GROUP BY room`,
    );
    this.#confirm = db.prepare("UPDATE inbox SET confirmed = ? WHERE id = ? AND state = 'received'");
    this.#commit = db.prepare("UPDATE inbox SET state = 'committed', text = '' WHERE id = ? AND state = 'received'");
  }

  /** Takes a message in; null for one that was there already. */
  receive(message: IncomingMessage, now: number): number | null {
    const { at, sender } = message;
    const result = this.#insert.run(
      at.transport,
      message.id,
      at.room,
      at.thread,
      sender.id,
      sender.name,
      message.ingress,
      isDirect(message),
      this.#redactor.redact(message.text),
      message.about?.project ?? null,
      message.about?.number ?? null,
      message.files === undefined
        ? null
        : JSON.stringify(message.files.map((file) => ({ ...file, name: this.#redactor.redact(file.name) }))),
      now,
    );
    return result.changes === 0 ? null : Number(result.lastInsertRowid);
  }

  /**
   * Takes in a message that is answered in the very commit that stores it: its row is written once, as answered, and
   * holds nothing but the key. Who can't answer it after all calls `reopen` before that commit. Null for one that was there already.
   */
  receiveAnswered(message: IncomingMessage, now: number): number | null {
    const { at, sender } = message;
    const result = this.#insertSettled.run(at.transport, message.id, at.room, sender.id, message.ingress, isDirect(message), now);
    return result.changes === 0 ? null : Number(result.lastInsertRowid);
  }

  /** How a message of `receiveAnswered` was answered; without a word from here: well. */
  settle(id: number, outcome: InboxOutcome): void {
    if (outcome !== 'ok') this.#settle.run(outcome, id);
  }

  /** A message of `receiveAnswered` has no answer yet: it waits like any other. */
  reopen(id: number, { at, sender, text, about }: IncomingMessage): void {
    this.#reopen.run(at.thread, sender.name, this.#redactor.redact(text), about?.project ?? null, about?.number ?? null, id);
  }

  /** Whether a message of this room is not answered yet. */
  isWaitingIn({ transport, room }: IncomingMessage['at']): boolean {
    return this.#isWaitingIn.get(transport, room) !== undefined;
  }

  /** Messages that are not answered yet, oldest first. */
  open(afterId: number, limit: number): InboxRow[] {
    return this.#open.all(afterId, limit).map(toInbox);
  }

  /** How many messages of a sender are not answered yet. */
  waitingOf({ transport, id }: IncomingMessage['sender']): number {
    return this.#openOf.get(transport, id) ?? 0;
  }

  /** The number of the last stored message, or 0. */
  lastId(): number {
    return this.#last.get() ?? 0;
  }

  /** Where somebody with these ids wrote among the newest messages: in private first, then by time. */
  lastRooms(ids: readonly { readonly transport: string; readonly id: string }[]): { transport: string; room: string }[] {
    const from = this.lastId() - LOOKED_THROUGH;
    return ids
      .flatMap(({ transport, id }) => this.#roomsOf.all(from, transport, id))
      .sort((a, b) => b.direct - a.direct || b.last - a.last)
      .map(({ transport, room }) => ({ transport, room }));
  }

  get(id: number): InboxRow | null {
    const row = this.#get.get(id);
    return row === undefined ? null : toInbox(row);
  }

  /** Marks a message as answered and forgets its text; false when it was answered already. */
  finish(id: number, outcome: InboxOutcome): boolean {
    return this.#finish.run(outcome, id).changes === 1;
  }

  /** Keeps what the message has confirmed until it has its final reply. */
  confirm(id: number, confirmed: Confirmed): void {
    this.#confirm.run(JSON.stringify(confirmed), id);
  }

  /** Marks that the message's effect is in the log: it must not run a second time. */
  commit(id: number): void {
    this.#commit.run(id);
  }

  /** Drops rows that were answered before the given time; at most 1,000 a call. Returns how many. */
  prune(before: number): number {
    return this.#prune.run(before).changes;
  }
}

/** As the column has it: 1 in a conversation with Musher alone. */
function isDirect({ direct, ingress }: IncomingMessage): number {
  return direct === true || ingress === 'direct' ? 1 : 0;
}

function toInbox(row: Row): InboxRow {
  return {
    id: row.id,
    state: row.state,
    outcome: row.outcome,
    confirmed: row.confirmed === null ? null : (JSON.parse(row.confirmed) as Confirmed),
    receivedAt: row.received_at,
    message: {
      id: row.message_id,
      at: { transport: row.transport, room: row.room, thread: row.thread },
      sender: { transport: row.transport, id: row.sender, name: row.sender_name },
      ingress: row.ingress as IngressKind,
      ...(row.direct === 1 ? { direct: true } : {}),
      text: row.text,
      ...(row.files === null ? {} : { files: JSON.parse(row.files) as readonly MessageFile[] }),
      ...(row.about_project === null || row.about_item === null ? {} : { about: { project: row.about_project, number: row.about_item } }),
    },
  };
}

import { hash, randomBytes } from 'node:crypto';
import type { LoggedEvent, NewEvent } from '../pipeline/events.ts';
import type { Db } from './database.ts';

/** An event as its row. */
export interface EventRow {
  readonly seq: number;
  readonly at: number;
  readonly project: string;
  readonly item: number | null;
  readonly kind: string;
  readonly version: number;
  readonly payload: string;
  readonly actor: string;
  readonly cause: string | null;
  /** Base64, as are the digests: a string is read, compared and hashed in half the time that a buffer takes. */
  readonly salt: string | null;
  readonly digest: string | null;
  readonly hash: string;
}

/** The end of the chain: the last event's number and hash. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** The version of every kind's payload that this program writes. */
const PAYLOAD_VERSION = 1;
/** What the first event is chained to. */
export const GENESIS: Head = { seq: 0, hash: '' };

/** The append-only table of events, and the chain of hashes that shows a changed or missing one. */
export class EventStore {
  readonly #insert;
  readonly #insertRow;
  readonly #last;
  readonly #lastGiven;
  readonly #after;
  readonly #timeFrom;
  readonly #ofItem;
  readonly #ofItemBefore;
  readonly #receipts;
  readonly #comments;
  readonly #redact;
  readonly #salts = new SaltPool();

  constructor(db: Db) {
    this.#insert = db.prepare(
      'INSERT INTO events (seq, at, project, item, kind, version, payload, actor, cause, salt, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#insertRow = db.prepare(
      'INSERT INTO events (seq, at, project, item, kind, version, payload, actor, cause, salt, digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#last = db.prepare<[], Head>('SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1');
    this.#lastGiven = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'events'").pluck();
    this.#after = db.prepare<[number, number], EventRow>('SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?');
    this.#timeFrom = db.prepare<[number], number>('SELECT at FROM events WHERE seq >= ? ORDER BY seq LIMIT 1').pluck();
    this.#ofItem = db.prepare<[string, number], EventRow>('SELECT * FROM events WHERE project = ? AND item = ? ORDER BY seq');
    this.#ofItemBefore = db.prepare<[string, number, number, number], EventRow>(
      'SELECT * FROM events WHERE project = ? AND item = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
    );
    this.#receipts = db.prepare<[string, number], EventRow>(
      "SELECT * FROM events INDEXED BY receipts_of_item WHERE project = ? AND item = ? AND kind = 'gate.ran' ORDER BY seq",
    );
    this.#comments = db.prepare<[string, number, number], EventRow>(
      "SELECT * FROM events INDEXED BY events_of_item WHERE project = ? AND item = ? AND kind = 'item.commented' ORDER BY seq DESC LIMIT ?",
    );
    this.#redact = db.prepare('UPDATE events SET payload = ?, digest = ?, salt = NULL WHERE seq = ?');
  }

  head(): Head {
    return this.#last.get() ?? GENESIS;
  }

  /** The highest number ever assigned, from the table's own counter. It shows whether the last events were deleted. */
  lastGiven(): number {
    return this.#lastGiven.get() ?? 0;
  }

  /** Writes an event after `head` and returns it as logged, with the new head. */
  insert(event: NewEvent, at: number, head: Head): { event: LoggedEvent; head: Head } {
    const seq = head.seq + 1;
    const payload = JSON.stringify(event.payload);
    const salt = this.#salts.next();
    const row = {
      seq,
      at,
      project: event.project,
      item: event.item,
      kind: event.kind,
      version: PAYLOAD_VERSION,
      actor: event.actor,
      cause: event.cause,
    };
    const chained = chain(head.hash, row, payloadDigest(salt, payload));
    this.#insert.run(seq, at, row.project, row.item, row.kind, row.version, payload, row.actor, row.cause, salt, chained);
    return { event: { ...event, seq, at, version: PAYLOAD_VERSION }, head: { seq, hash: chained } };
  }

  /** Writes an event of another log unchanged; the caller has checked its hash. */
  insertRow(row: EventRow): void {
    const { seq, at, project, item, kind, version, payload, actor, cause, salt, digest, hash: chained } = row;
    this.#insertRow.run(seq, at, project, item, kind, version, payload, actor, cause, salt, digest, chained);
  }

  after(seq: number, limit: number): LoggedEvent[] {
    return this.#after.all(seq, limit).map(toEvent);
  }

  /** When the event of this number was written, or the first after it. */
  timeFrom(seq: number): number | null {
    return this.#timeFrom.get(seq) ?? null;
  }

  rowsAfter(seq: number, limit: number): EventRow[] {
    return this.#after.all(seq, limit);
  }

  ofItem(project: string, item: number): LoggedEvent[] {
    return this.#ofItem.all(project, item).map(toEvent);
  }

  /** The newest events of an item before `seq`, newest first. */
  ofItemBefore(project: string, item: number, seq: number, limit: number): LoggedEvent[] {
    return this.#ofItemBefore.all(project, item, seq, limit).map(toEvent);
  }

  /** What gates left for an item, oldest first. */
  receipts(project: string, item: number): LoggedEvent[] {
    return this.#receipts.all(project, item).map(toEvent);
  }

  /** The newest first. */
  comments(project: string, item: number, most: number): LoggedEvent[] {
    return this.#comments.all(project, item, most).map(toEvent);
  }

  /** Takes the content out of an item's events: each payload becomes what `redact` makes of it; the chain still holds. */
  redactItem(project: string, item: number, redact: (event: LoggedEvent) => unknown): void {
    for (const row of this.#ofItem.all(project, item)) {
      if (row.digest !== null) continue;
      const redacted = JSON.stringify(redact(toEvent(row)));
      if (redacted !== row.payload) this.#redact.run(redacted, payloadDigest(row.salt, row.payload), row.seq);
    }
  }
}

/** The event of a row. Throws where the payload is no JSON: the file was changed from outside. */
export function toEvent(row: EventRow): LoggedEvent {
  return {
    seq: row.seq,
    at: row.at,
    project: row.project,
    item: row.item,
    kind: row.kind,
    version: row.version,
    payload: JSON.parse(row.payload) as unknown,
    actor: row.actor,
    cause: row.cause,
    // Rows are written only by `insert`, from typed events.
  } as LoggedEvent;
}

type Chained = Omit<EventRow, 'payload' | 'salt' | 'digest' | 'hash'>;

/** The hash of an event: over the one before it, the digest of its payload, and its own fields. */
export function chain(previous: string, row: Chained, digest: string): string {
  const { seq, at, project, item, kind, version, actor, cause } = row;
  return hash('sha256', JSON.stringify([previous, digest, seq, at, project, item, kind, version, actor, cause]), 'base64');
}

/** The digest of the payload that the event was written with, also where a purge has taken it out since. */
export function originalDigest(row: EventRow): string {
  return row.digest ?? payloadDigest(row.salt, row.payload);
}

function payloadDigest(salt: string | null, payload: string): string {
  return hash('sha256', (salt ?? '') + payload, 'base64');
}

/** Bytes of a salt; a multiple of 3, so that its base64 can be cut out of that of many. */
const SALT_BYTES = 18;
const SALT_CHARACTERS = (SALT_BYTES / 3) * 4;
const SALTS_DRAWN = 256;

/** Random salts, drawn from the system many at a time: one call each would cost as much as the insert. */
class SaltPool {
  #pool = '';
  #used = 0;

  next(): string {
    if (this.#used >= this.#pool.length) {
      this.#pool = randomBytes(SALT_BYTES * SALTS_DRAWN).toString('base64');
      this.#used = 0;
    }
    const salt = this.#pool.slice(this.#used, this.#used + SALT_CHARACTERS);
    this.#used += SALT_CHARACTERS;
    return salt;
  }
}

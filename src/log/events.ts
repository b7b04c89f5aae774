import { createHash, hash, randomFillSync } from 'node:crypto';
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
  readonly salt: Buffer | null;
  readonly digest: Buffer | null;
  readonly hash: Buffer;
}

/** The version of every kind's payload that this program writes. */
const PAYLOAD_VERSION = 1;
const GENESIS = Buffer.alloc(32);

/** The append-only table of events, and the chain of hashes that shows a changed or missing one. */
export class EventStore {
  readonly #insert;
  readonly #last;
  readonly #lastGiven;
  readonly #after;
  readonly #ofItem;
  readonly #ofItemBefore;
  readonly #redact;
  readonly #salts = new SaltPool();

  constructor(db: Db) {
    this.#insert = db.prepare(
      'INSERT INTO events (seq, at, project, item, kind, version, payload, actor, cause, salt, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#last = db.prepare<[], { seq: number; hash: Buffer }>('SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1');
    this.#lastGiven = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'events'").pluck();
    this.#after = db.prepare<[number, number], EventRow>('SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?');
    this.#ofItem = db.prepare<[string, number], EventRow>('SELECT * FROM events WHERE project = ? AND item = ? ORDER BY seq');
    this.#ofItemBefore = db.prepare<[string, number, number, number], EventRow>(
      'SELECT * FROM events WHERE project = ? AND item = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
    );
    this.#redact = db.prepare('UPDATE events SET payload = ?, digest = ?, salt = NULL WHERE seq = ?');
  }

  /** The last event's number and hash; 0 and zeros for an empty log. */
  head(): { seq: number; hash: Buffer } {
    return this.#last.get() ?? { seq: 0, hash: GENESIS };
  }

  /** The highest number ever given, by the table's own counter: shows whether the last events were taken away. */
  lastGiven(): number {
    return this.#lastGiven.get() ?? 0;
  }

  /** Writes an event after `head` and returns it as logged, with the new head. */
  insert(event: NewEvent, at: number, head: { seq: number; hash: Buffer }): { event: LoggedEvent; head: { seq: number; hash: Buffer } } {
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

  after(seq: number, limit: number): LoggedEvent[] {
    return this.#after.all(seq, limit).map(toEvent);
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

  /** Takes the content out of an item's events: each payload becomes what `redact` makes of it; the chain still holds. */
  redactItem(project: string, item: number, redact: (event: LoggedEvent) => unknown): void {
    for (const row of this.#ofItem.all(project, item)) {
      if (row.digest !== null) continue;
      const redacted = JSON.stringify(redact(toEvent(row)));
      if (redacted !== row.payload) this.#redact.run(redacted, payloadDigest(row.salt, row.payload), row.seq);
    }
  }
}

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

/** The hash of an event: over the one before it, its own fields, and the digest of its payload. */
export function chain(previous: Buffer, row: Chained, digest: Buffer): Buffer {
  const fields = JSON.stringify([row.seq, row.at, row.project, row.item, row.kind, row.version, row.actor, row.cause]);
  return createHash('sha256').update(previous).update(digest).update(fields).digest();
}

/** The digest of the payload that the event was written with, also where a purge has taken it out since. */
export function originalDigest(row: EventRow): Buffer {
  return row.digest ?? payloadDigest(row.salt, row.payload);
}

function payloadDigest(salt: Buffer | null, payload: string): Buffer {
  return hash('sha256', (salt?.toString('hex') ?? '') + payload, 'buffer');
}

/** Random salts, drawn from the system a block at a time: one call each would cost as much as the insert. */
class SaltPool {
  #pool = Buffer.alloc(0);
  #used = 0;

  next(): Buffer {
    if (this.#used >= this.#pool.length) {
      this.#pool = randomFillSync(Buffer.alloc(4096));
      this.#used = 0;
    }
    const salt = this.#pool.subarray(this.#used, this.#used + 16);
    this.#used += 16;
    return salt;
  }
}

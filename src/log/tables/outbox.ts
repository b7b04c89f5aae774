import { BOUNDS } from '../../bounds.ts';
import type { Address } from '../../message/address.ts';
import type { Document } from '../../message/document.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { Db } from '../database.ts';
import { namesOneOf } from './naming.ts';

/** A message to be sent, as it is put into the queue. */
export interface Outgoing {
  readonly to: Address;
  /** `card`: an edit of an item's card. It is shown when nothing else waits in its room. */
  readonly kind: 'reply' | 'notice' | 'card';
  readonly body: Document;
  /** The message it answers; replies alone have one, and at most one answers it. */
  readonly inbox: number | null;
  /** Not before this time (ms since the epoch): for quiet hours. Messages behind it do not wait for it. */
  readonly notBefore?: number;
  /**
   * Belongs to the thread of its item: `within` it, or `beside` it in the room itself, so that nobody misses it. Left
   * out: it goes where its address says.
   */
  readonly inThread?: 'within' | 'beside' | null;
  /** What it is about, so that a purge finds it. */
  readonly item: { readonly project: string; readonly number: number } | null;
  /** It is about more items than that one: who replies to it has to say which. */
  readonly several?: boolean;
  /** A message received whose answer may say the same: it is kept back until that answer is stored (`heldFor`). */
  readonly awaits?: number;
  /** Of an edit: the row that sent the card first. */
  readonly card?: number | null;
}

/** What a room sees of an answer, as far as others have to know: where it goes. */
export type Answered = Pick<OutboxRow, 'id' | 'to' | 'inThread' | 'item' | 'several' | 'state'>;

export interface OutboxRow extends Outgoing {
  readonly inThread: 'within' | 'beside' | null;
  readonly card: number | null;
  readonly id: number;
  readonly state: 'held' | 'pending' | 'sending' | 'sent' | 'dead';
  readonly attempts: number;
  readonly nextTry: number;
}

interface Row {
  readonly id: number;
  readonly transport: string;
  readonly room: string;
  readonly thread: string | null;
  readonly kind: Outgoing['kind'];
  readonly inbox: number | null;
  readonly project: string | null;
  readonly item: number | null;
  readonly in_thread: OutboxRow['inThread'];
  readonly body: string;
  readonly state: OutboxRow['state'];
  readonly attempts: number;
  readonly next_try: number;
  readonly card: number | null;
  readonly several: number;
}

/** Messages that were given up and nobody has seen counted yet: older ones than so many are dropped in time. */
const MOST_UNSEEN = BOUNDS.unseen;
/** Rows that are settled and dropped at once. */
const DROPPED_AT_ONCE = 1_000;

/** Messages of several parts among which the one is looked for that a person replied to. */
const MOST_PARTED = 200;

interface Subject {
  readonly project: string | null;
  readonly item: number | null;
  readonly several: number;
}

/** Notices that are shown before a reply which came after them. */
const MOST_BEFORE = 20;

/** The table of messages to be sent. A row is marked `sending` before the call, so that a crash leaves "unknown" and no guess. */
export class Outbox {
  #added = 0;
  readonly #redactor: Redactor;
  readonly #insert;
  readonly #isEmpty;
  readonly #answer;
  readonly #held;
  readonly #drop;
  readonly #release;
  readonly #open;
  readonly #next;
  readonly #reply;
  readonly #before;
  readonly #scheduled;
  readonly #rooms;
  readonly #mark;
  readonly #begin;
  readonly #redirect;
  readonly #stateOf;
  readonly #sent;
  readonly #forget;
  readonly #unsent;
  readonly #replace;
  readonly #replaceUntried;
  readonly #simplify;
  readonly #count;
  readonly #first;
  readonly #last;
  readonly #queuedAt;
  readonly #sentBetween;
  readonly #openBetween;
  readonly #prune;
  readonly #tooMany;
  readonly #shown;
  readonly #shownInParts;

  constructor(db: Db, redactor: Redactor) {
    this.#redactor = redactor;
    this.#insert = db.prepare(
      `INSERT INTO outbox (transport, room, thread, kind, inbox, project, item, in_thread, body, state, attempts, next_try, created_at, awaits, several, card) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#answer = db.prepare<[number], Row>('SELECT * FROM outbox WHERE inbox = ?');
    this.#held = db.prepare<[number], Row>('SELECT * FROM outbox WHERE awaits = ? ORDER BY id');
    this.#drop = db.prepare('DELETE FROM outbox WHERE id = ?');
    // Under a number of its own: a room shows its messages in the order of their numbers, and others have come meanwhile.
    this.#release = db.prepare(
      `INSERT INTO outbox (transport, room, thread, kind, project, item, several, in_thread, body, state, next_try, created_at)
       SELECT transport, room, thread, kind, project, item, several, in_thread, body, 'pending', next_try, ? FROM outbox WHERE id = ?`,
    );
    this.#isEmpty = db
      .prepare<[string, string], number>(
        "SELECT 1 FROM outbox WHERE transport = ? AND room = ? AND state IN ('pending', 'sending') LIMIT 1",
      )
      .pluck();
    this.#open = db.prepare<[string, string, number], Row>(
      "SELECT * FROM outbox WHERE transport = ? AND room = ? AND state IN ('pending', 'sending') ORDER BY id LIMIT ?",
    );
    // A scheduled message that was never tried doesn't block the ones behind it; a failed one keeps its place.
    this.#next = db.prepare<[string, string, number, string, string, number, string, string, number], Row>(
      `SELECT * FROM outbox WHERE id = coalesce(
         (SELECT min(id) FROM (SELECT * FROM (${firstOf('notice')}) UNION ALL SELECT * FROM (${firstOf('reply')}))),
         (${firstOf('card')}))`,
    );
    this.#reply = db.prepare<[string, string], Row>(
      "SELECT * FROM outbox INDEXED BY outbox_open WHERE transport = ? AND room = ? AND kind = 'reply' AND state IN ('pending', 'sending') ORDER BY id LIMIT 1",
    );
    this.#before = db
      .prepare<[string, string, number, number], number>(
        "SELECT id FROM outbox WHERE transport = ? AND room = ? AND kind = 'notice' AND state IN ('pending', 'sending') AND id < ? ORDER BY id LIMIT 1 OFFSET ?",
      )
      .pluck();
    this.#scheduled = db
      .prepare<[string, string], number | null>(
        "SELECT min(next_try) FROM outbox WHERE transport = ? AND room = ? AND state IN ('pending', 'sending') AND (attempts = 0 OR kind = 'card') AND next_try > 0",
      )
      .pluck();
    this.#rooms = db.prepare<[string], { room: string }>(
      "SELECT DISTINCT room FROM outbox WHERE transport = ? AND state IN ('pending', 'sending')",
    );
    this.#mark = db.prepare('UPDATE outbox SET state = ?, attempts = ?, next_try = ? WHERE id = ?');
    this.#begin = db
      .prepare<[number, string | null, number], string>(
        "UPDATE outbox SET state = 'sending', attempts = ?, next_try = 0, thread = ? WHERE id = ? RETURNING body",
      )
      .pluck();
    this.#redirect = db.prepare("UPDATE outbox SET state = 'pending', next_try = 0, thread = NULL WHERE id = ?");
    this.#stateOf = db.prepare<[number], OutboxRow['state']>('SELECT state FROM outbox WHERE id = ?').pluck();
    this.#sent = db.prepare("UPDATE outbox SET state = 'sent', body = '', refs = ? WHERE id = ?");
    this.#forget = db.prepare("UPDATE outbox SET body = CASE state WHEN 'sent' THEN '' ELSE ? END WHERE project = ? AND item = ?");
    this.#unsent = db.prepare<[], { id: number; body: string }>(
      `SELECT id, body FROM outbox INDEXED BY outbox_open WHERE state IN ('pending', 'sending')
       UNION ALL SELECT id, body FROM outbox INDEXED BY outbox_held WHERE awaits IS NOT NULL`,
    );
    this.#replaceUntried = db.prepare("UPDATE outbox SET body = ? WHERE id = ? AND state = 'pending'");
    this.#replace = db.prepare('UPDATE outbox SET body = ? WHERE id = ?');
    this.#simplify = db.prepare("UPDATE outbox SET body = ?, state = 'pending', next_try = 0 WHERE id = ?");
    this.#count = db.prepare<[], { transport: string; n: number; oldest: number }>(
      "SELECT transport, count(*) AS n, min(created_at) AS oldest FROM outbox WHERE state IN ('pending', 'sending') GROUP BY transport",
    );
    this.#first = db.prepare<[], number | null>('SELECT min(id) FROM outbox').pluck();
    this.#last = db.prepare<[], number | null>('SELECT max(id) FROM outbox').pluck();
    this.#queuedAt = db.prepare<[number], number>('SELECT created_at FROM outbox WHERE id >= ? ORDER BY id LIMIT 1').pluck();
    this.#sentBetween = db.prepare<[number, string, number, number], { room: string; n: number }>(
      `SELECT room, count(*) AS n FROM outbox
       WHERE id >= ? AND transport = ? AND state = 'sent' AND kind <> 'card' AND created_at >= ? AND created_at < ? GROUP BY room`,
    );
    this.#openBetween = db.prepare<[string, number, number], { room: string; n: number }>(
      `SELECT room, count(*) AS n FROM outbox INDEXED BY outbox_open
       WHERE transport = ? AND state IN ('pending', 'sending') AND kind <> 'card' AND created_at >= ? AND created_at < ? GROUP BY room`,
    );
    this.#shown = db.prepare<[string, string, string], Subject>(
      `SELECT project, item, several FROM outbox INDEXED BY outbox_shown
       WHERE json_extract(refs, '$[0].id') = ? AND state = 'sent' AND json_extract(refs, '$[0].unanswerable') IS NULL
         AND transport = ? AND room = ?`,
    );
    this.#shownInParts = db.prepare<[string, string, number], Subject & { readonly refs: string }>(
      `SELECT project, item, several, refs FROM outbox INDEXED BY outbox_parts
       WHERE transport = ? AND room = ? AND state = 'sent' AND json_array_length(refs) > 1 ORDER BY id DESC LIMIT ?`,
    );
    // Looks at the oldest rows alone: what is not sent yet keeps what came after it from being dropped.
    this.#prune = db.prepare<[number, number]>(
      `DELETE FROM outbox WHERE id IN (
         SELECT id FROM (SELECT id, created_at, state FROM outbox ORDER BY id LIMIT ${MOST_UNSEEN + DROPPED_AT_ONCE}) AS oldest
         WHERE created_at < ? AND (state = 'sent' OR (state = 'dead' AND id <= ?)) ORDER BY id LIMIT ${DROPPED_AT_ONCE})`,
    );
    this.#tooMany = db
      .prepare<[], number>(
        `SELECT id FROM outbox INDEXED BY outbox_dead WHERE state = 'dead' ORDER BY id DESC LIMIT 1 OFFSET ${MOST_UNSEEN}`,
      )
      .pluck();
  }

  /** Messages ever added through this object: tells a transaction whether it queued any. */
  get added(): number {
    return this.#added;
  }

  add(message: Outgoing, now: number): number {
    this.#added += 1;
    const state = message.awaits === undefined ? 'pending' : 'held';
    return this.#put(message, JSON.stringify(this.#redactor.redactAll(message.body)), state, now);
  }

  /**
   * Adds a message that is about to be sent, as `begin` leaves it: for one that leaves as soon as its commit is on the disk,
   * which saves it a second one. Returns it as it stood before its first try.
   */
  addBegun(message: Outgoing, now: number): OutboxRow {
    const body = this.#redactor.redactAll(message.body);
    const id = this.#put(message, JSON.stringify(body), 'sending', now);
    return { ...message, body, id, inThread: message.inThread ?? null, card: null, state: 'pending', attempts: 0, nextTry: 0 };
  }

  /** Whether a room waits for no message. */
  isEmpty(transport: string, room: string): boolean {
    return this.#isEmpty.get(transport, room) === undefined;
  }

  #put(message: Outgoing, body: string, state: 'held' | 'pending' | 'sending', now: number): number {
    const { to, item } = message;
    const result = this.#insert.run(
      to.transport,
      to.room,
      to.thread,
      message.kind,
      message.inbox,
      item?.project ?? null,
      item?.number ?? null,
      message.inThread ?? null,
      body,
      state,
      state === 'sending' ? 1 : 0,
      message.notBefore ?? 0,
      now,
      message.awaits ?? null,
      message.several === true ? 1 : 0,
      message.card ?? null,
    );
    return Number(result.lastInsertRowid);
  }

  /** The answer to a message; null where none is stored. */
  answerTo(inbox: number): Answered | null {
    const row = this.#answer.get(inbox);
    return row === undefined ? null : toAnswered(row);
  }

  /** What is kept back until a message has its answer. */
  heldFor(inbox: number): OutboxRow[] {
    return this.#held.all(inbox).map(toOutbox);
  }

  /** The answer said it: what was kept back is not sent. */
  drop(id: number): void {
    this.#drop.run(id);
  }

  /** The answer did not say it: what was kept back is sent now, behind what its room waits for. */
  release(id: number, now: number): void {
    this.#added += 1;
    this.#release.run(now, id);
    this.#drop.run(id);
  }

  /** A document as a room may see it: for what is shown at once, without a row. */
  redacted(body: Document): Document {
    return this.#redactor.redactAll(body);
  }

  /** What a room waits for, in the order in which it must be shown. */
  open(transport: string, room: string, limit: number): OutboxRow[] {
    return this.#open.all(transport, room, limit).map(toOutbox);
  }

  /** The message that a room shows next; null where none may be shown yet. */
  next(transport: string, room: string, now: number): OutboxRow | null {
    const row = this.#next.get(transport, room, now, transport, room, now, transport, room, now);
    if (row === undefined) return null;
    return toOutbox(row.kind === 'notice' && row.attempts === 0 && row.state === 'pending' ? this.#overtaking(row) : row);
  }

  /** Who asked something is not kept waiting for an hour by a thousand notices: then the answer comes first. */
  #overtaking(head: Row): Row {
    const reply = this.#reply.get(head.transport, head.room);
    if (reply === undefined || reply.attempts > 0 || reply.state !== 'pending') return head;
    return this.#before.get(head.transport, head.room, reply.id, MOST_BEFORE) === undefined ? head : reply;
  }

  /** The earliest time of a scheduled message, or null. */
  scheduled(transport: string, room: string): number | null {
    return this.#scheduled.get(transport, room) ?? null;
  }

  roomsWaiting(transport: string): string[] {
    return this.#rooms.all(transport).map((row) => row.room);
  }

  /** It is about to be sent, and to where: from here on a crash leaves "perhaps". Returns what is to be sent. */
  begin(id: number, attempts: number, thread: string | null): Document {
    return JSON.parse(this.#begin.get(attempts, thread, id) ?? 'null') as Document;
  }

  /** The thread that it should have gone into is gone, and it was surely not sent: it goes into the room itself. */
  redirect(id: number): void {
    this.#redirect.run(id);
  }

  /** What became of a message; null where nothing is known of it any more. */
  stateOf(id: number): OutboxRow['state'] | null {
    return this.#stateOf.get(id) ?? null;
  }

  mark(id: number, state: 'pending' | 'sending' | 'dead', attempts: number, nextTry: number): void {
    this.#mark.run(state, attempts, nextTry, id);
  }

  /** It was refused as it is, and surely not shown: it is sent once more with this body instead. */
  simplify(id: number, body: Document): void {
    this.#simplify.run(JSON.stringify(body), id);
  }

  sent(id: number, refs: unknown): void {
    this.#sent.run(JSON.stringify(refs), id);
  }

  /** Takes an item's content out of what is queued; what was not sent yet says instead that it was purged. */
  forgetItem(project: string, item: number, instead: Document): void {
    this.#forget.run(JSON.stringify(instead), project, item);
  }

  /** Changes a message that was surely not sent; false where it may have been. */
  replaceUntried(id: number, body: Document): boolean {
    return this.#replaceUntried.run(JSON.stringify(body), id).changes > 0;
  }

  /** Takes the content out of every message that was not sent yet and names one of these titles. */
  forgetTitles(titles: readonly string[], instead: Document): void {
    const isNamed = namesOneOf(titles);
    const found = this.#unsent.all().filter(({ body }) => isNamed(body));
    for (const { id } of found) this.#replace.run(JSON.stringify(instead), id);
  }

  /** The one item that a sent message is about, by the network's name of the message; `ours` false: Musher sent none of that name, or long ago. */
  shownAs(transport: string, room: string, id: string): { readonly ours: boolean; readonly item: Outgoing['item'] } {
    const row = this.#shown.get(id, transport, room) ?? this.#shownInPart(transport, room, id);
    const { project = null, item = null, several = 0 } = row ?? {};
    return { ours: row !== undefined, item: project === null || item === null || several === 1 ? null : { project, number: item } };
  }

  /** A message by the name of one of its further parts, among the last long ones of the room. */
  #shownInPart(transport: string, room: string, id: string): Subject | undefined {
    const found = this.#shownInParts.all(transport, room, MOST_PARTED);
    return found.find(({ refs }) => (JSON.parse(refs) as readonly { readonly id: string }[]).some((ref) => ref.id === id));
  }

  /** Queue length and age of the oldest message, per transport. */
  waiting(): { transport: string; n: number; oldest: number }[] {
    return this.#count.all();
  }

  /** How many messages each room of a network was to be sent within a time, sent or not since. */
  queuedBetween(transport: string, from: number, to: number): Map<string, number> {
    const counts = new Map<string, number>();
    const sent = this.#sentBetween.all(this.#firstFrom(from), transport, from, to);
    for (const { room, n } of [...sent, ...this.#openBetween.all(transport, from, to)]) counts.set(room, (counts.get(room) ?? 0) + n);
    return counts;
  }

  /** The number of the first message that was queued at this time or later: they are numbered in the order in which they come. */
  #firstFrom(time: number): number {
    let [low, high] = [this.#first.get() ?? 0, (this.#last.get() ?? 0) + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#queuedAt.get(middle) ?? Number.POSITIVE_INFINITY) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Drops rows that were settled before the given time; at most 1,000 a call. Returns how many. Of what was given up only what
   * people have seen counted, up to the row `seen`, and what is beyond the newest 10,000.
   */
  prune(before: number, seen: number): number {
    return this.#prune.run(before, Math.max(seen, this.#tooMany.get() ?? 0)).changes;
  }
}

/** The number of the first message of a kind that a room may be shown. Parameters: network, room, now. */
function firstOf(kind: Outgoing['kind']): string {
  // An edit that failed holds up nothing: the others of its room are of other cards.
  const waits = kind === 'card' ? 'next_try > ?' : 'attempts = 0 AND next_try > ?';
  return `SELECT id FROM outbox WHERE transport = ? AND room = ? AND kind = '${kind}' AND state IN ('pending', 'sending')
          AND NOT (${waits}) ORDER BY id LIMIT 1`;
}

/** Without its body, which a message has lost once it is sent. */
function toAnswered(row: Row): Answered {
  return {
    id: row.id,
    to: { transport: row.transport, room: row.room, thread: row.thread },
    inThread: row.in_thread,
    item: row.project === null || row.item === null ? null : { project: row.project, number: row.item },
    ...(row.several === 1 ? { several: true } : {}),
    state: row.state,
  };
}

function toOutbox(row: Row): OutboxRow {
  return {
    ...toAnswered(row),
    kind: row.kind,
    inbox: row.inbox,
    card: row.card,
    body: JSON.parse(row.body) as Document,
    attempts: row.attempts,
    nextTry: row.next_try,
  };
}

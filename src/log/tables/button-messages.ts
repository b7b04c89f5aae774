import type { Document } from '../../message/document.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { Db } from '../database.ts';
import { namesOneOf } from './naming.ts';

/** What the buttons of a message belong to: an item that waits in a stage since a time, an agent's request, or a question. */
export type Occasion =
  | { readonly kind: 'item'; readonly project: string; readonly number: number; readonly stage: string; readonly since: number }
  | { readonly kind: 'request'; readonly number: number }
  | { readonly kind: 'question'; readonly id: number; readonly expiresAt: number }
  /** A question to a second person; each of its messages, in several rooms, has the buttons. */
  | { readonly kind: 'two-person'; readonly id: number; readonly expiresAt: number };

/** A message with buttons. */
export interface ButtonMessage {
  /** Its row of the outbox. */
  readonly id: number;
  readonly transport: string;
  readonly occasion: Occasion;
  /** What it shows without its buttons. */
  readonly plain: Document;
  readonly state: 'open' | 'closing';
  /** The network's name of it; null: not known to be sent. */
  readonly ref: unknown;
  readonly attempts: number;
}

interface Row {
  readonly id: number;
  readonly transport: string;
  readonly occasion: string;
  readonly plain: string;
  readonly state: ButtonMessage['state'];
  readonly ref: string | null;
  readonly attempts: number;
}

/** Messages whose buttons have to go when they mean nothing any more. A row lives until they are gone. */
export class ButtonMessages {
  readonly #redactor: Redactor;
  readonly #put;
  readonly #shown;
  readonly #inState;
  readonly #close;
  readonly #later;
  readonly #drop;
  readonly #purge;
  readonly #all;

  constructor(db: Db, redactor: Redactor) {
    this.#redactor = redactor;
    this.#put = db.prepare("INSERT INTO offers (id, transport, project, item, occasion, plain, state) VALUES (?, ?, ?, ?, ?, ?, 'open')");
    this.#shown = db.prepare('UPDATE offers SET ref = ? WHERE id = ?');
    this.#inState = db.prepare<[string, number], Row>('SELECT * FROM offers WHERE state = ? AND next_try <= ? ORDER BY id');
    this.#close = db.prepare("UPDATE offers SET state = 'closing', plain = ? WHERE id = ?");
    this.#later = db.prepare('UPDATE offers SET attempts = attempts + 1, next_try = ? WHERE id = ?');
    this.#drop = db.prepare('DELETE FROM offers WHERE id = ?');
    this.#all = db.prepare<[], { id: number; plain: string }>('SELECT id, plain FROM offers ORDER BY id');
    this.#purge = db.prepare("UPDATE offers SET state = 'closing', plain = ? WHERE project = ? AND item = ?");
  }

  /** A message with buttons is queued. `item`: what it speaks of, so that a purge finds it. */
  put(
    id: number,
    transport: string,
    occasion: Occasion,
    plain: Document,
    item: { readonly project: string; readonly number: number } | null,
  ): void {
    // It is shown when the buttons go, past the outbox: what was kept out of the message must not come in with that.
    const shown = JSON.stringify(this.#redactor.redactAll(plain));
    this.#put.run(id, transport, item?.project ?? null, item?.number ?? null, JSON.stringify(occasion), shown);
  }

  /** It was sent, under this name. */
  shown(id: number, ref: unknown): void {
    this.#shown.run(JSON.stringify(ref), id);
  }

  /** Those whose next try is due. */
  inState(state: ButtonMessage['state'], now: number): ButtonMessage[] {
    return this.#inState.all(state, now).map(toButtonMessage);
  }

  /** Its buttons have to go; it shows this instead. */
  close(id: number, instead: Document): void {
    this.#close.run(JSON.stringify(instead), id);
  }

  tryLater(id: number, at: number): void {
    this.#later.run(at, id);
  }

  drop(id: number): void {
    this.#drop.run(id);
  }

  /** A purged item's messages with buttons show nothing of it any more, also where they were sent. */
  forgetItem(project: string, item: number, instead: Document): void {
    this.#purge.run(JSON.stringify(instead), project, item);
  }

  /** The same for those that name one of these titles: a question about several items names each. */
  forgetTitles(titles: readonly string[], instead: Document): void {
    const isNamed = namesOneOf(titles);
    for (const { id, plain } of this.#all.all()) if (isNamed(plain)) this.close(id, instead);
  }
}

function toButtonMessage(row: Row): ButtonMessage {
  return {
    id: row.id,
    transport: row.transport,
    occasion: JSON.parse(row.occasion) as Occasion,
    plain: JSON.parse(row.plain) as Document,
    state: row.state,
    ref: row.ref === null ? null : (JSON.parse(row.ref) as unknown),
    attempts: row.attempts,
  };
}

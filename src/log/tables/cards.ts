import type { Document } from '../../message/document.ts';
import type { Db } from '../database.ts';
import type { Outbox } from './outbox.ts';
import type { ThreadKey } from './threads.ts';

/** The card of an item in a room: the one message of it there, edited in place. */
export interface Card {
  /** The outbox row that sent it first. */
  readonly root: number;
  /** What it shows, or is about to show, as a digest: what shows the same is not sent again. */
  readonly digest: string;
  /** The newest edit of it: a row of the outbox. Null: it was not edited yet. */
  readonly newest: number | null;
  /** How often it was edited. */
  readonly edits: number;
}

/** A network's message is edited so often at most: clients get slow with messages that were edited a thousand times. */
export const MOST_EDITS = 200;

/**
 * Cards by room and item. What they rest on is what networks have shown, which no event tells: so this is kept beside the
 * outbox, and is no projection. First showing and edits are rows of the outbox; of the edits that wait only the newest counts.
 */
export class Cards {
  readonly #outbox: Outbox;
  readonly #get;
  readonly #ofItem;
  readonly #begin;
  readonly #change;
  readonly #shown;
  readonly #edited;
  readonly #ref;
  readonly #sentAs;
  readonly #lost;

  constructor(db: Db, outbox: Outbox) {
    this.#outbox = outbox;
    this.#get = db.prepare<[string, string, string, number], Card>(
      'SELECT root, digest, newest, edits FROM cards WHERE transport = ? AND room = ? AND project = ? AND item = ?',
    );
    this.#ofItem = db.prepare<[string, number], ThreadKey & { readonly root: number }>(
      'SELECT transport, room, project, item, root FROM cards WHERE project = ? AND item = ?',
    );
    this.#begin = db.prepare(
      'INSERT OR REPLACE INTO cards (transport, room, project, item, root, digest, edits) VALUES (?, ?, ?, ?, ?, ?, 0)',
    );
    this.#change = db.prepare('UPDATE cards SET digest = ?, newest = ? WHERE root = ?');
    this.#shown = db.prepare('UPDATE cards SET ref = ? WHERE root = ?');
    this.#edited = db.prepare('UPDATE cards SET edits = edits + 1 WHERE root = ?');
    this.#ref = db.prepare<[number], string | null>('SELECT ref FROM cards WHERE root = ?').pluck();
    this.#sentAs = db.prepare<[number], string | null>("SELECT refs -> '$[0]' FROM outbox WHERE id = ? AND state = 'sent'").pluck();
    this.#lost = db.prepare('DELETE FROM cards WHERE root = ?');
  }

  get({ transport, room, project, item }: ThreadKey): Card | null {
    return this.#get.get(transport, room, project, item) ?? null;
  }

  /** A message becomes the item's card, in place of the one before. */
  begin({ transport, room, project, item }: ThreadKey, root: number, digest: string): void {
    this.#begin.run(transport, room, project, item, root, digest);
  }

  /** A message that was sent for something else goes on as the item's card. */
  adopt(key: ThreadKey, root: number, body: Document, digest: string, now: number): void {
    this.begin(key, root, digest);
    this.#change.run(digest, this.#outbox.add(editOf(key, root, body), now), root);
  }

  /** The card is to show something else: what is not sent yet is sent so, and what is sent is edited. */
  change(key: ThreadKey, { root, newest }: Pick<Card, 'root' | 'newest'>, body: Document, digest: string, now: number): void {
    const untried = this.#outbox.replaceUntried(newest ?? root, this.#outbox.redacted(body));
    const edit = untried ? newest : this.#outbox.add(editOf(key, root, body), now);
    this.#change.run(digest, edit, root);
  }

  /** Its first message was sent, under this name. Says nothing of a message that is no card. */
  shown(root: number, ref: unknown): void {
    this.#shown.run(JSON.stringify(ref), root);
  }

  /** An edit of it was shown. */
  edited(root: number): void {
    this.#edited.run(root);
  }

  /** The network's name of a card; null: it was never sent. */
  refOf(root: number): unknown {
    // What was sent before it became a card is known to the outbox alone; of an earlier card, too.
    const ref = this.#ref.get(root) ?? this.#sentAs.get(root) ?? null;
    return ref === null ? null : (JSON.parse(ref) as unknown);
  }

  /** Its message can't be edited any more: the next one is a new message. */
  lost(root: number): void {
    this.#lost.run(root);
  }

  /** A purged item's cards show nothing of it any more. They are kept, so that a later purge finds them. */
  forgetItem(project: string, item: number, instead: Document, now: number): void {
    for (const { root, ...key } of this.#ofItem.all(project, item)) {
      const edit = this.#outbox.add(editOf(key, root, instead), now);
      this.#change.run('', edit, root);
    }
  }
}

function editOf({ transport, room, project, item }: ThreadKey, card: number, body: Document): Parameters<Outbox['add']>[0] {
  return { to: { transport, room, thread: null }, kind: 'card', body, inbox: null, item: { project, number: item }, card };
}

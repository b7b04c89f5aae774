import type { Db } from '../database.ts';
import type { Asker } from './two-person.ts';

/** Somebody's session on the page: a window on the room where they asked for it, with the rights that they have there. */
export interface Window {
  /** As people name it: `3`. Never used again. */
  readonly number: number;
  /** Its room, as the network's messages name it. */
  readonly id: string;
  /** Who asked for it, and where: it has the rights of that place, whatever they are at the moment. */
  readonly asker: Asker;
  /** What the browser says that it is, cut. */
  readonly browser: string;
  readonly createdAt: number;
  readonly seenAt: number;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface Row {
  readonly number: number;
  readonly id: string;
  readonly asker: string;
  readonly browser: string;
  readonly created_at: number;
  readonly seen_at: number;
  readonly expires_at: number;
}

/** Links of one person that are not used yet; an older one stops working. */
const MOST_LINKS = 5;
/** Windows of one person; the one that was not used for longest ends. */
const MOST_WINDOWS = 20;

/** One-time links to the page, and the sessions that were begun by them. Both are known by digests of their secrets alone. */
export class Windows {
  readonly #addLink;
  readonly #links;
  readonly #dropLink;
  readonly #takeLink;
  readonly #open;
  readonly #byDigest;
  readonly #byId;
  readonly #all;
  readonly #seen;
  readonly #drop;
  readonly #dropMessages;
  readonly #overdue;
  readonly #pruneLinks;
  readonly #listeners = new Set<(id: string) => void>();

  constructor(db: Db) {
    this.#addLink = db.prepare('INSERT OR REPLACE INTO window_links (digest, asker, expires_at) VALUES (?, ?, ?)');
    this.#links = db.prepare<[], { digest: string; asker: string }>('SELECT digest, asker FROM window_links ORDER BY expires_at DESC');
    this.#dropLink = db.prepare('DELETE FROM window_links WHERE digest = ?');
    this.#takeLink = db
      .prepare<[string, number], string>('DELETE FROM window_links WHERE digest = ? AND expires_at > ? RETURNING asker')
      .pluck();
    this.#open = db.prepare<[string, string, string, string, number, number, number], Row>(
      'INSERT INTO windows (id, digest, asker, browser, created_at, seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *',
    );
    this.#byDigest = db.prepare<[string, number], Row>('SELECT * FROM windows WHERE digest = ? AND expires_at > ?');
    this.#byId = db.prepare<[string, number], Row>('SELECT * FROM windows WHERE id = ? AND expires_at > ?');
    this.#all = db.prepare<[number], Row>('SELECT * FROM windows WHERE expires_at > ? ORDER BY number');
    this.#seen = db.prepare('UPDATE windows SET seen_at = ?, expires_at = ? WHERE id = ?');
    this.#drop = db.prepare('DELETE FROM windows WHERE id = ?');
    this.#dropMessages = db.prepare('DELETE FROM window_messages WHERE "window" = ?');
    this.#overdue = db.prepare<[number], string>('SELECT id FROM windows WHERE expires_at <= ?').pluck();
    this.#pruneLinks = db.prepare('DELETE FROM window_links WHERE expires_at <= ?');
  }

  /** A link that whoever asked may use once, until then. */
  addLink(digest: string, asker: Asker, expiresAt: number): void {
    this.#addLink.run(digest, JSON.stringify(asker), expiresAt);
    const theirs = this.#links.all().filter((link) => isSame(JSON.parse(link.asker) as Asker, asker));
    for (const { digest: old } of theirs.slice(MOST_LINKS)) this.#dropLink.run(old);
  }

  /** Uses a link up: who asked for it; null where there is none of this digest, or no longer. */
  takeLink(digest: string, now: number): Asker | null {
    const asker = this.#takeLink.get(digest, now);
    return asker === undefined ? null : (JSON.parse(asker) as Asker);
  }

  /** Begins a session. */
  open(window: Pick<Window, 'id' | 'asker' | 'browser' | 'expiresAt'>, digest: string, now: number): Window {
    const { id, asker, browser, expiresAt } = window;
    const theirs = this.all(now)
      .filter((one) => isSame(one.asker, asker))
      .toSorted((a, b) => b.seenAt - a.seenAt);
    for (const old of theirs.slice(MOST_WINDOWS - 1)) this.end(old.id);
    const row = this.#open.get(id, digest, JSON.stringify(asker), browser, now, now, expiresAt);
    if (row === undefined) throw new Error('a row that was inserted is returned');
    return toWindow(row);
  }

  /** By the digest of its secret; null: there is none, or no longer. */
  byDigest(digest: string, now: number): Window | null {
    const row = this.#byDigest.get(digest, now);
    return row === undefined ? null : toWindow(row);
  }

  byId(id: string, now: number): Window | null {
    const row = this.#byId.get(id, now);
    return row === undefined ? null : toWindow(row);
  }

  /** All that are open, in the order in which they were opened. */
  all(now: number): Window[] {
    return this.#all.all(now).map(toWindow);
  }

  /** It was used, and stays open until then. */
  seen(id: string, now: number, expiresAt: number): void {
    this.#seen.run(now, expiresAt, id);
  }

  /** Ends a session, with all that it was answered. Within a transaction call `ended` after the commit. */
  end(id: string): void {
    this.#drop.run(id);
    this.#dropMessages.run(id);
  }

  /** Tells whoever listens that a session was ended. */
  ended(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }

  /** Calls back with each session that somebody ends; returns how to stop that. */
  onEnded(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Drops links and sessions that are over. */
  prune(now: number): void {
    this.#pruneLinks.run(now);
    for (const id of this.#overdue.all(now)) this.end(id);
  }
}

function isSame(a: Asker, b: Asker): boolean {
  return a.transport === b.transport && a.sender === b.sender;
}

function toWindow({ number, id, asker, browser, created_at, seen_at, expires_at }: Row): Window {
  return {
    number,
    id,
    asker: JSON.parse(asker) as Asker,
    browser,
    createdAt: created_at,
    seenAt: seen_at,
    expiresAt: expires_at,
  };
}

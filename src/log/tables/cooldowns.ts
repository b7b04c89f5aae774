import type { Address } from '../../message/address.ts';
import type { Db } from '../database.ts';

/** Rate-limits repeated notices: one per sender and kind within a cooldown. Rows of the table `told`, so that they survive a restart. */
export class NoticeCooldowns {
  readonly #last;
  readonly #put;
  readonly #prune;

  constructor(db: Db) {
    this.#last = db
      .prepare<[string, string, string, string], number>('SELECT at FROM told WHERE transport = ? AND room = ? AND sender = ? AND what = ?')
      .pluck();
    this.#put = db.prepare('INSERT OR REPLACE INTO told (transport, room, sender, what, at) VALUES (?, ?, ?, ?, ?)');
    this.#prune = db.prepare('DELETE FROM told WHERE at < ?');
  }

  /** Whether it is time to say something, and notes that it is said; false within `everyMs` after the last time. */
  isTime({ transport, room }: Address, sender: string, what: string, now: number, everyMs: number): boolean {
    const last = this.#last.get(transport, room, sender, what);
    // A clock that was set back must not silence anybody for longer than that.
    if (last !== undefined && last <= now && now < last + everyMs) return false;
    this.#put.run(transport, room, sender, what, now);
    return true;
  }

  prune(before: number): void {
    this.#prune.run(before);
  }
}

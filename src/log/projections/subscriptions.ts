import type { NotifyKind, NotifyStyle } from '../../config/choices.ts';
import type { EventInto } from '../../pipeline/kinds.ts';
import type { Db } from '../database.ts';

/** The notification settings that were made from chat. Null: not set from chat. */
export interface Subscription {
  /** The room's project then: where the configuration gives the room to another one since, it counts no more. */
  readonly project: string;
  readonly notify: readonly NotifyKind[] | null;
  readonly style: NotifyStyle | null;
}

interface Row {
  readonly project: string;
  readonly notify: string | null;
  readonly style: string | null;
}

/** The table of notification settings that were made from chat. */
export class Subscriptions {
  readonly #put;
  readonly #drop;
  readonly #get;

  constructor(db: Db) {
    this.#put = db.prepare('INSERT OR REPLACE INTO subscriptions (transport, room, project, notify, style) VALUES (?, ?, ?, ?, ?)');
    this.#drop = db.prepare('DELETE FROM subscriptions WHERE transport = ? AND room = ?');
    this.#get = db.prepare<[string, string], Row>('SELECT project, notify, style FROM subscriptions WHERE transport = ? AND room = ?');
  }

  apply({ project, payload }: EventInto<'subscriptions'>): void {
    const { transport, room, notify, style } = payload;
    if (notify === null && style === null) this.#drop.run(transport, room);
    else this.#put.run(transport, room, project, notify === null ? null : JSON.stringify(notify), style);
  }

  get(transport: string, room: string): Subscription | null {
    const row = this.#get.get(transport, room);
    if (row === undefined) return null;
    // Written only by `apply`, from a typed event.
    return {
      project: row.project,
      notify: row.notify === null ? null : (JSON.parse(row.notify) as NotifyKind[]),
      style: row.style as NotifyStyle | null,
    };
  }
}

import { BOUNDS } from '../bounds.ts';
import type { Address } from '../message/address.ts';

/** Rooms that are remembered, of all networks. */
const MOST_ROOMS = BOUNDS.roomsKnown;

/** Why the messages of a room do not come through: what `health` says where a network is there and yet takes nothing. */
export class RoomTroubles {
  readonly #rooms = new Map<string, { readonly to: Address; readonly why: string }>();

  /** The latest try of a room's messages; `failure` null: it was sent. */
  tried(to: Address, failure: { readonly error: unknown; readonly dead: boolean } | null): void {
    const key = `${to.transport}\0${to.room}`;
    this.#rooms.delete(key);
    if (failure === null) return;
    const said = failure.error instanceof Error ? failure.error.message : String(failure.error);
    this.#rooms.set(key, { to, why: `${failure.dead ? 'a message was given up: ' : ''}${said}` });
    const oldest = this.#rooms.size > MOST_ROOMS ? this.#rooms.keys().next().value : undefined;
    if (oldest !== undefined) this.#rooms.delete(oldest);
  }

  of(network: string): { readonly room: string; readonly why: string }[] {
    return [...this.#rooms.values()].flatMap(({ to, why }) => (to.transport === network ? [{ room: to.room, why }] : []));
  }
}

import { BOUNDS } from '../bounds.ts';

/** How fast a network takes messages. */
export interface SendRateRule {
  /** Between two messages of a room, ms; 0: as fast as they come. */
  readonly roomMs: number;
  /** Messages of a room that may come at once after a while of silence. */
  readonly roomBurst: number;
  /** Between two messages of the whole network, ms. */
  readonly networkMs: number;
  readonly networkBurst: number;
}

/** A network that said "slow down" is asked this much less often after each time, and again more often after so many messages went well. */
const SLOWER = 2;
const FASTER = 0.8;
const WELL = 20;
const SLOWEST_MS = 10_000;
/** Rooms that nobody wrote to for a while are forgotten past this many. */
const MOST_ROOMS = BOUNDS.roomsKnown;

/**
 * A bucket for each room of a network and one for all of it. Who wants to send takes a turn and waits for its time; so
 * turns are given in the order in which they were asked for, and no room waits for another but by the network's own rate.
 */
export class SendRate {
  readonly #rule: SendRateRule;
  readonly #rooms = new Map<string, number>();
  /** When the bucket of the network would be full again. */
  #network = 0;
  /** What the network taught, where it is slower than its rule; null: nothing. */
  #learnt: number | null = null;
  #well = 0;
  #pausedUntil = 0;

  constructor(rule: SendRateRule) {
    this.#rule = rule;
  }

  /** Takes the next turn and gives its time, which may be now. */
  turn(room: string, now: number): number {
    const { roomMs, roomBurst, networkMs, networkBurst } = this.#rule;
    const interval = this.#learnt ?? networkMs;
    const ofRoom = (this.#rooms.get(room) ?? 0) - (roomBurst - 1) * roomMs;
    const ofNetwork = this.#network - (this.#learnt === null ? (networkBurst - 1) * networkMs : 0);
    const at = Math.max(now, ofRoom, ofNetwork);
    this.#setRoom(room, Math.max(at, this.#rooms.get(room) ?? 0) + roomMs);
    // A room that waits for its own limit doesn't delay the others.
    this.#network = Math.max(now, this.#network) + interval;
    return at;
  }

  /** A sending took so many messages and went well. */
  sent(room: string, messages: number): void {
    const more = Math.max(0, messages - 1);
    if (more > 0) {
      this.#setRoom(room, (this.#rooms.get(room) ?? 0) + more * this.#rule.roomMs);
      this.#network += more * (this.#learnt ?? this.#rule.networkMs);
    }
    this.#well += 1;
    if (this.#learnt === null || this.#well < WELL) return;
    this.#well = 0;
    const faster = this.#learnt * FASTER;
    this.#learnt = faster <= Math.max(1, this.#rule.networkMs) ? null : faster;
  }

  /** The network takes nothing before `until`: from this room, or from any. */
  refused(room: string, now: number, until: number, everywhere: boolean): void {
    if (!everywhere) {
      // The bucket is empty then: what comes after goes at its pace, not at once.
      this.#setRoom(room, Math.max(this.#rooms.get(room) ?? 0, until + (this.#rule.roomBurst - 1) * this.#rule.roomMs));
      return;
    }
    // Of many messages that were in progress at once each comes back with the same news.
    const isNews = now >= this.#pausedUntil;
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
    const waited = Math.min(SLOWEST_MS, Math.max(1, until - now));
    if (isNews) this.#learnt = this.#learnt === null ? Math.min(waited, 1_000) : Math.min(SLOWEST_MS, this.#learnt * SLOWER, waited);
    this.#well = 0;
    this.#network = Math.max(this.#network, until);
  }

  #setRoom(room: string, time: number): void {
    this.#rooms.delete(room);
    this.#rooms.set(room, time);
    const oldest = this.#rooms.size > MOST_ROOMS ? this.#rooms.keys().next().value : undefined;
    if (oldest !== undefined) this.#rooms.delete(oldest);
  }
}

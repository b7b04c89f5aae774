import type { Clock } from '../../clock.ts';

/** How fast one sender's messages are handled: a burst at once, then one every `everyMs`. */
export interface SenderQuota {
  readonly burst: number;
  readonly everyMs: number;
}

/** One message's work; resolves when its room may move on. */
export type Work = () => Promise<void>;

interface Room {
  /** Work by sender, each sender's in order; the next sender comes first. */
  readonly senders: Map<string, Work[]>;
  /** Ends the room's wait, if it waits. */
  wake: () => void;
}

/**
 * Decides whose message is next. Rooms do not wait for each other; in a room one message is handled at a time, senders take
 * turns, and each sender's messages stay in order. So a flood only delays its sender: others wait for at most one of its messages.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #quota: SenderQuota;
  readonly #rooms = new Map<string, Room>();
  /** When each sender will have used up their quota, in ms. A time in the past means a full quota. */
  readonly #usedUntil = new Map<string, number>();
  readonly #serving = new Set<Promise<void>>();
  #stopped = false;

  constructor(clock: Clock, quota: SenderQuota) {
    this.#clock = clock;
    this.#quota = quota;
  }

  /** Puts work into the queue of a room. `sender` null: no quota holds for it. */
  add(room: string, sender: string | null, work: Work): void {
    const key = sender ?? '';
    const known = this.#rooms.get(room);
    if (known !== undefined) {
      known.senders.set(key, [...(known.senders.get(key) ?? []), work]);
      known.wake();
      return;
    }
    const opened: Room = { senders: new Map([[key, [work]]]), wake: () => {} };
    this.#rooms.set(room, opened);
    const serving = this.#serve(room, opened).finally(() => this.#serving.delete(serving));
    this.#serving.add(serving);
  }

  /** Uses up a message's part of its sender's quota, if it may be handled at once: nothing of its room waits, and the quota lasts. */
  takeAtOnce(room: string, sender: string | null): boolean {
    if (this.#stopped || this.#rooms.has(room)) return false;
    if (sender === null) return true;
    if (this.#freeAt(sender) > this.#clock.now()) return false;
    this.#use(sender);
    return true;
  }

  /** Finishes what may run now and leaves what has to wait for its quota; resolves when nothing is in progress. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { wake } of this.#rooms.values()) wake();
    await Promise.all(this.#serving);
  }

  async #serve(name: string, room: Room): Promise<void> {
    // Never before `add` returns: the caller has to acknowledge the message first.
    await Promise.resolve();
    while (room.senders.size > 0) {
      const next = this.#next(room);
      if (typeof next === 'function') await next();
      else if (this.#stopped) break;
      else await this.#until(next, room);
    }
    this.#rooms.delete(name);
  }

  /** The work of the first sender within their quota; if there is none, the time at which the first one will be. */
  #next(room: Room): Work | number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const [sender, [work, ...rest]] of room.senders) {
      const at = sender === '' ? 0 : this.#freeAt(sender);
      if (at > this.#clock.now()) {
        soonest = Math.min(soonest, at);
        continue;
      }
      room.senders.delete(sender);
      if (rest.length > 0) room.senders.set(sender, rest);
      if (work === undefined) continue;
      if (sender !== '') this.#use(sender);
      return work;
    }
    return soonest;
  }

  /** Each message takes up `everyMs`; `burst` of them may lie ahead. */
  #freeAt(sender: string): number {
    return (this.#usedUntil.get(sender) ?? 0) - (this.#quota.burst - 1) * this.#quota.everyMs;
  }

  #use(sender: string): void {
    const now = this.#clock.now();
    for (const [one, until] of this.#usedUntil) {
      // Senders with a full quota are forgotten; the map is in the order of their last message.
      if (until > now) break;
      this.#usedUntil.delete(one);
    }
    const until = Math.max(now, this.#usedUntil.get(sender) ?? 0) + this.#quota.everyMs;
    this.#usedUntil.delete(sender);
    this.#usedUntil.set(sender, until);
  }

  #until(time: number, room: Room): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.at(time, () => room.wake());
      room.wake = () => {
        cancel();
        room.wake = () => {};
        resolve();
      };
    });
  }
}

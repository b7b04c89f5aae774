import type { Clock } from '../../clock.ts';

/** How fast one sender's messages are worked on: so many at once, then one in each `everyMs`. */
export interface SenderQuota {
  readonly burst: number;
  readonly everyMs: number;
}

/** One message's work; resolves when its room may go on. */
export type Work = () => Promise<void>;

interface Room {
  /** Work by sender, each sender's in order; whoever is next stands first. */
  readonly senders: Map<string, Work[]>;
  /** Ends the room's wait, where it waits. */
  wake: () => void;
}

/**
 * Whose message is next. Rooms do not wait for each other; in a room one message is worked on at a time, the senders take
 * turns, and each sender's own messages stay in order. So a flood waits for itself: others wait for one message of it at most.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #quota: SenderQuota;
  readonly #rooms = new Map<string, Room>();
  /** When each sender would have used up what they were given, in ms: the past is as good as nothing. */
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

  /** Works on what may go at once and leaves what has to wait for its quota; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { wake } of this.#rooms.values()) wake();
    await Promise.all(this.#serving);
  }

  async #serve(name: string, room: Room): Promise<void> {
    // Never before `add` returns: whoever hands a message in has to acknowledge it first.
    await Promise.resolve();
    while (room.senders.size > 0) {
      const next = this.#next(room);
      if (typeof next === 'function') await next();
      else if (this.#stopped) break;
      else await this.#until(next, room);
    }
    this.#rooms.delete(name);
  }

  /** The work of the first sender who may; where none may, the time at which the first one will. */
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
      // Senders who have rested are forgotten; they stand in the order of their last message.
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

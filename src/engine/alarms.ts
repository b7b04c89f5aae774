import type { Clock } from '../clock.ts';

/** After a bug in a job the item is left alone this long, so that a fault that repeats does not spin. */
const PAUSE_AFTER_BUG_MS = 30_000;

/** When to look at an item again, and which items rest after a bug. Nothing here is needed after a restart. */
export class Alarms {
  readonly #clock: Clock;
  readonly #ring: (key: string) => void;
  readonly #set = new Map<string, { time: number; cancel: () => void }>();
  readonly #resting = new Map<string, number>();

  constructor(clock: Clock, ring: (key: string) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings once at a time (ms since the epoch); an alarm that the item has already is replaced. */
  set(key: string, time: number): void {
    const set = this.#set.get(key);
    if (set?.time === time) return;
    set?.cancel();
    const cancel = this.#clock.at(time, () => {
      this.#set.delete(key);
      this.#ring(key);
    });
    this.#set.set(key, { time, cancel });
  }

  /** The item waits for no time any more. */
  clear(key: string): void {
    this.#set.get(key)?.cancel();
    this.#set.delete(key);
  }

  rest(key: string): void {
    const until = this.#clock.now() + PAUSE_AFTER_BUG_MS;
    this.#resting.set(key, until);
    this.set(key, until);
  }

  rests(key: string): boolean {
    const until = this.#resting.get(key);
    if (until === undefined) return false;
    if (until > this.#clock.now()) return true;
    this.#resting.delete(key);
    return false;
  }

  cancelAll(): void {
    for (const { cancel } of this.#set.values()) cancel();
    this.#set.clear();
  }
}

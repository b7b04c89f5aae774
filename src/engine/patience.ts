import type { Clock } from '../clock.ts';
import { isTransient } from '../log/database.ts';

/** Until the next try where the database could not be used: a full disk is no matter of milliseconds. */
const PAUSE_MS = 1_000;

/**
 * Runs work that may be repeated. Where the database fails for a reason that may pass (a full disk, a lock), that is
 * told once and the same work is run again a second later, until it is through; any other exception is a bug and goes on up.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #onProblem: (what: string, error: unknown) => void;
  readonly #waiting = new Map<string, () => void>();
  #failing = false;
  #stopped = false;

  constructor(clock: Clock, onProblem: (what: string, error: unknown) => void) {
    this.#clock = clock;
    this.#onProblem = onProblem;
  }

  /** Work of the same name that waits for its next try is replaced. */
  run(name: string, work: () => void): void {
    if (this.#stopped) return;
    this.#waiting.get(name)?.();
    this.#waiting.delete(name);
    try {
      work();
      this.#failing = false;
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (!this.#failing) this.#onProblem(`${name}; it is tried again`, error);
      this.#failing = true;
      this.#waiting.set(
        name,
        this.#clock.at(this.#clock.now() + PAUSE_MS, () => this.run(name, work)),
      );
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}

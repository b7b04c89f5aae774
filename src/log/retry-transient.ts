import { pause, type Clock } from '../clock.ts';
import { isTransient } from './database.ts';

/** Until the next try where the database could not be used: a full disk is no matter of milliseconds. */
const PAUSE_MS = 1_000;

/**
 * Repeats work, a second apart, while the database fails for a reason that may pass (a full disk, a lock), until it is
 * through or the signal aborts. `onStuck` is told of the first such failure alone. Rejects with any other exception.
 */
export async function retryTransient(
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<void>,
  onStuck: (error: Error) => void,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (tries === 1) onStuck(error);
    }
    await pause(clock, PAUSE_MS, signal);
    if (signal.aborted) return;
  }
}

/**
 * The same for work that runs synchronously and has a name. Each run is tried at once; one that has to wait does not keep
 * its caller. `onStuck` is told of the first failure since something was through.
 */
export class TransientRetries {
  readonly #clock: Clock;
  readonly #onStuck: (name: string, error: Error) => void;
  readonly #waiting = new Map<string, () => void>();
  #failing = false;
  #stopped = false;

  constructor(clock: Clock, onStuck: (name: string, error: Error) => void) {
    this.#clock = clock;
    this.#onStuck = onStuck;
  }

  /** Work of the same name that waits for its next try is replaced. Throws what is not transient: that is a bug. */
  run(name: string, work: () => void): void {
    if (this.#stopped) return;
    this.#waiting.get(name)?.();
    this.#waiting.delete(name);
    try {
      work();
      this.#failing = false;
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (!this.#failing) this.#onStuck(name, error);
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

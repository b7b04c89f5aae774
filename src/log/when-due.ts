import type { Clock } from '../clock.ts';
import type { Log } from './log.ts';
import { TransientRetries } from './retry-transient.ts';

export interface WhenDueParts {
  readonly log: Log;
  readonly clock: Clock;
  /** What is looked for, in the log file: `due timers`. */
  readonly name: string;
  /** Does all that is due by now. */
  readonly fire: () => void;
  /** When the next one is due, in ms since 1970; null: there is none. */
  readonly next: () => number | null;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Looks for what is due at its time, after each commit that may have changed that, and again where the database can't be used for a while. */
export class WhenDue {
  readonly #parts: WhenDueParts;
  readonly #retries: TransientRetries;
  #alarm: { readonly at: number; readonly cancel: () => void } | null = null;
  #scheduled = false;
  #stopped = false;
  #unlisten: () => void = () => undefined;

  constructor(parts: WhenDueParts) {
    this.#parts = parts;
    this.#retries = new TransientRetries(parts.clock, (name, error) => parts.onProblem(`${name}; it is tried again`, error));
  }

  start(): void {
    this.#unlisten = this.#parts.log.onCommit(() => this.#soon());
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#unlisten();
    this.#retries.stop();
    this.#alarm?.cancel();
  }

  #soon(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#look();
    });
  }

  #look(): void {
    const { name, fire, next: nextOf, clock } = this.#parts;
    this.#retries.run(`looking for ${name}`, () => {
      if (this.#stopped) return;
      fire();
      const next = nextOf();
      if (this.#alarm?.at === next) return;
      this.#alarm?.cancel();
      this.#alarm = next === null ? null : { at: next, cancel: clock.at(next, () => this.#ring()) };
    });
  }

  #ring(): void {
    this.#alarm = null;
    this.#look();
  }
}

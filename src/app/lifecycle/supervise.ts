import { Backoff, type BackoffRule } from '../../backoff.ts';
import type { Clock } from '../../clock.ts';
import { problemText } from '../../errors.ts';
import { untilAborted } from '../../until-aborted.ts';

/** What supervision needs of a transport. */
export interface Supervised<Sink> {
  readonly name: string;
  start(sink: Sink): Promise<void>;
  stop(signal: AbortSignal): Promise<void>;
}

/** Waits between tries to start: 5, 10, 20 … seconds, at most 5 minutes; half to all of each, so that networks don't reconnect at the same moment. */
const RETRIES: BackoffRule = { first: 5_000, longest: 5 * 60_000, jitter: 0.5 };

/**
 * Starts a transport and tries again until it is connected or stopped; afterwards it reconnects by itself. One that
 * can't start never keeps another, or the pipeline, from working.
 */
export class Supervisor<Sink> {
  readonly #transport: Supervised<Sink>;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #onProblem: (error: unknown) => void;
  #cancel: () => void = () => undefined;
  #stopped = false;
  #starting: Promise<void> = Promise.resolve();
  #problem: string | null = null;

  constructor(transport: Supervised<Sink>, clock: Clock, random: () => number, onProblem: (error: unknown) => void) {
    this.#transport = transport;
    this.#clock = clock;
    this.#backoff = new Backoff(RETRIES, random);
    this.#onProblem = onProblem;
  }

  get name(): string {
    return this.#transport.name;
  }

  /** Why the last try to start failed; null when it is started or being started for the first time. */
  get problem(): string | null {
    return this.#problem;
  }

  start(sink: Sink): void {
    this.#starting = this.#try(sink, 0);
  }

  async stop(signal: AbortSignal): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    // A network that hangs must not keep Musher from its end.
    await Promise.race([this.#transport.stop(signal).then(() => this.#starting), untilAborted(signal)]);
  }

  async #try(sink: Sink, failures: number): Promise<void> {
    try {
      await this.#transport.start(sink);
      this.#problem = null;
    } catch (error) {
      if (this.#stopped) return;
      this.#problem = problemText(error);
      this.#onProblem(error);
      this.#cancel = this.#clock.at(this.#clock.now() + this.#backoff.after(failures + 1), () => {
        this.#starting = this.#try(sink, failures + 1);
      });
    }
  }
}

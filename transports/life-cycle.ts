import type { Clock } from '../src/clock.ts';
import { problemText } from '../src/errors.ts';
import { untilAborted } from '../src/until-aborted.ts';
import type { Health } from './transport.ts';

/** The network's own part of the start. */
export interface Starting {
  /** Resolves when the network is there. */
  readonly connect: () => Promise<void>;
  /** The text of a failure for people, and what is thrown. Missing: the error itself. */
  readonly explain?: (error: unknown) => unknown;
  /** Closes what a failed start has opened. */
  readonly abandon?: () => Promise<unknown>;
}

/**
 * The life of a transport: `starting`, `online`, then `reconnecting` and `online` in turns, `offline` where a start or the
 * network failed for good, and at last `stopped`, which nothing changes any more. The transport says what happens to its
 * connection; since when that holds and what is wrong is kept here.
 */
export class LifeCycle {
  readonly #clock: Clock;
  #health: Health;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#health = { state: 'starting', since: clock.now(), lastEvent: null, problem: null };
  }

  get health(): Health {
    return this.#health;
  }

  get state(): Health['state'] {
    return this.#health.state;
  }

  /** Something came in from the network. */
  heard(): void {
    this.#health = { ...this.#health, lastEvent: this.#clock.now() };
  }

  /** Runs a start to its end: online, or offline with the reason, which is thrown. May be tried again after a failure. */
  async start({ connect, explain = (error) => error, abandon }: Starting): Promise<void> {
    this.#become('starting', null);
    try {
      await connect();
      this.online();
    } catch (error) {
      const problem = explain(error);
      this.offline(problem);
      await abandon?.();
      throw problem;
    }
  }

  /** The network is connected. True if it was away in between, so that messages may have been missed. */
  online(): boolean {
    const wasAway = this.state === 'reconnecting';
    this.#become('online', null);
    return wasAway;
  }

  /** The connection ended and a new one is being made. During a start that is the start's own affair. */
  reconnecting(problem: string): void {
    if (this.state !== 'starting') this.#become('reconnecting', problem);
  }

  /** The network refuses Musher until somebody sets that right. */
  offline(error: unknown): void {
    this.#become('offline', problemText(error));
  }

  /** Something is wrong while the network is there; null: no longer. */
  troubled(problem: string | null): void {
    if (this.state === 'online') this.#become('online', problem);
  }

  /** Ends it, once. Whatever `close` still does when the signal aborts is not waited for. */
  async stop(signal: AbortSignal, close: () => Promise<unknown>): Promise<void> {
    if (this.state === 'stopped') return;
    this.#become('stopped', null);
    await Promise.race([close(), untilAborted(signal)]);
  }

  #become(state: Health['state'], problem: string | null): void {
    const { state: before, since, lastEvent } = this.#health;
    if (before === 'stopped') return;
    this.#health = { state, since: state === before ? since : this.#clock.now(), lastEvent, problem };
  }
}

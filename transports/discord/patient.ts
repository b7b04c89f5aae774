import { Backoff } from '../../src/backoff.ts';
import { pause, type Clock } from '../../src/clock.ts';
import type { Timing } from './options.ts';
import { statusOf } from './rest.ts';

/** Reads from Discord that are not given up while it is only out of order. */
export interface Patient {
  /** Gives what the reading gives; one that fails for a reason that may pass is made again until it is answered, or until the end. */
  read<T>(work: () => Promise<T>): Promise<T>;
  /** Ends all waits: their readings fail as they did last. */
  stop(): void;
}

/** The waits are those of a reconnect. */
export function patient(clock: Clock, timing: Pick<Timing, 'backoff'>, report: (error: unknown) => void): Patient {
  const stopping = new AbortController();
  const retries = new Backoff(timing.backoff);
  return {
    async read(work) {
      for (let failures = 1; ; failures += 1) {
        try {
          return await work();
        } catch (error) {
          if (!mayPass(error) || stopping.signal.aborted) throw error;
          if (failures === 1) report(new Error('Messages sent while Musher was away cannot be read yet; retrying.', { cause: error }));
          await pause(clock, retries.after(failures), stopping.signal);
          if (stopping.signal.aborted) throw error;
        }
      }
    },
    stop: () => stopping.abort(),
  };
}

/** Not a refusal: an outage, a full bucket, or a connection that broke. */
function mayPass(error: unknown): boolean {
  const status = statusOf(error);
  return status === null || status === 429 || status >= 500;
}

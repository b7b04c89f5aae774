import type { Clock } from '../../src/clock.ts';
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
export function patient(clock: Clock, timing: Pick<Timing, 'firstBackoff' | 'longestBackoff'>, report: (error: unknown) => void): Patient {
  const waits = new Set<() => void>();
  let stopped = false;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        cancel();
        waits.delete(end);
        resolve();
      };
      const cancel = clock.at(clock.now() + ms, end);
      waits.add(end);
    });
  return {
    async read(work) {
      for (let failures = 0; ; failures += 1) {
        try {
          return await work();
        } catch (error) {
          if (!mayPass(error) || stopped) throw error;
          if (failures === 0)
            report(new Error('What was written while Musher was away can not be read yet; it is tried again.', { cause: error }));
          await pause(Math.min(timing.longestBackoff, timing.firstBackoff * 2 ** Math.min(failures, 20)));
          if (stopped) throw error;
        }
      }
    },
    stop() {
      stopped = true;
      for (const end of waits) end();
    },
  };
}

/** Not a refusal: an outage, a full bucket, or a connection that broke. */
function mayPass(error: unknown): boolean {
  const status = statusOf(error);
  return status === null || status === 429 || status >= 500;
}

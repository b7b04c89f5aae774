/** The only source of time in Musher; always injected, so that tests move it instead of waiting. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fire` once, no earlier than the given time (ms since the epoch); returns how to cancel it. */
  at(time: number, fire: () => void): () => void;
}

/** Resolves after so many ms, or as soon as `signal` aborts; leaves no timer and no listener. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.at(clock.now() + ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/**
 * Longer waits are taken in steps of this many ms: `setTimeout` fires at once beyond 2^31-1 ms, does not count the time that
 * the machine sleeps, and knows nothing of a clock that was set.
 */
const LONGEST_TIMEOUT = 60_000;

/** The machine's clock. Its timers never keep the process alive by themselves. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    at(time, fire) {
      let timeout: NodeJS.Timeout;
      const arm = (): void => {
        const wait = Math.max(0, time - Date.now());
        timeout = setTimeout(() => (Date.now() >= time ? fire() : arm()), Math.min(wait, LONGEST_TIMEOUT));
        timeout.unref();
      };
      arm();
      return () => clearTimeout(timeout);
    },
  };
}

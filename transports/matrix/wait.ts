import type { Clock } from '../../src/clock.ts';
import { MATRIX_LIMITS } from './limits.ts';

/** Ms to wait after so many failures in a row: 250, 500, 1000 … 30,000, each shortened by up to a half at random. */
export function reconnectWait(failures: number): number {
  const full = Math.min(MATRIX_LIMITS.longestWait, MATRIX_LIMITS.firstWait * 2 ** Math.min(Math.max(0, failures - 1), 20));
  return full * (1 - Math.random() / 2);
}

/** Resolves after so many ms, or at once when the signal aborts. */
export function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.at(clock.now() + ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}

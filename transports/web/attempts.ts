import { BOUNDS } from '../../src/bounds.ts';
import type { Clock } from '../../src/clock.ts';

/** Links that were not taken, by who tried them. */
export interface Attempts {
  /** Whether somebody may try another one. */
  mayTry(caller: string): boolean;
  failed(caller: string): void;
}

const WINDOW_MS = 60_000;

/** Counts for a minute each, and remembers a bounded number of callers. */
export function attempts(clock: Clock): Attempts {
  const failures = new Map<string, { from: number; count: number }>();
  const of = (caller: string): { from: number; count: number } => {
    const known = failures.get(caller);
    return known !== undefined && clock.now() - known.from < WINDOW_MS ? known : { from: clock.now(), count: 0 };
  };
  return {
    mayTry: (caller) => of(caller).count < BOUNDS.webWrongLinks,
    failed(caller) {
      const { from, count } = of(caller);
      failures.delete(caller);
      failures.set(caller, { from, count: count + 1 });
      const oldest = failures.size > BOUNDS.webCallers ? failures.keys().next().value : undefined;
      if (oldest !== undefined) failures.delete(oldest);
    },
  };
}

import { vi } from 'vitest';

/** Far more than anything takes on a quiet machine; a loaded one must not fail a test that waits for a condition. */
const PATIENCE_MS = 30_000;
/** There are thousands of waits, most of them for less than this. */
const LOOK_MS = 1;

/** Waits until the expectations hold, and gives back what came of them; fails with theirs where they never do. */
export function eventually<T>(holds: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(holds, { timeout: PATIENCE_MS, interval: LOOK_MS });
}

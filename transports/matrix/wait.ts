import { MATRIX_LIMITS } from './limits.ts';

/** Ms to wait after so many failures in a row: 250, 500, 1000 … 30,000, each shortened by up to a half at random. */
export function reconnectWait(failures: number): number {
  const full = Math.min(MATRIX_LIMITS.longestWait, MATRIX_LIMITS.firstWait * 2 ** Math.min(Math.max(0, failures - 1), 20));
  return full * (1 - Math.random() / 2);
}

import { pause, type Clock } from '../../clock.ts';

/** Until the next try where the log could not be written: a full disk is no matter of milliseconds. */
const PAUSE_MS = 1_000;

/**
 * Repeats work that may be repeated until it gives no error any more, or the signal comes. `onStuck` is told of the first
 * error alone.
 */
export async function untilThrough(
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<Error | null>,
  onStuck: (error: Error) => void,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const error = await work();
    if (error === null) return;
    if (tries === 1) onStuck(error);
    await pause(clock, PAUSE_MS, signal);
    if (signal.aborted) return;
  }
}

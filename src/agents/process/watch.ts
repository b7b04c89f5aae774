import { watch, type FSWatcher } from 'node:fs';
import type { Clock } from '../../clock.ts';

/** Looks this often where the file system does not report changes (network file systems), and for a death without a trace. */
const POLL_MS = 500;

/** Calls `wake` when something in the directory changes, and every half second. Returns how to end it. */
export function watchDirectory(dir: string, clock: Clock, wake: () => void): () => void {
  let cancel = (): void => {};
  const poll = (): void => {
    cancel = clock.at(clock.now() + POLL_MS, () => {
      wake();
      poll();
    });
  };
  poll();
  const watcher = watchOrNull(dir, wake);
  // The system's limit on watches may be used up; the poll continues alone.
  watcher?.on('error', () => watcher.close());
  return () => {
    cancel();
    // A timer of the poll may be about to be set again by a wake in progress: nothing to call any more.
    cancel = () => {};
    watcher?.close();
  };
}

/** Null where the directory is gone or the system has no watch left: it says so by an exception. */
function watchOrNull(dir: string, wake: () => void): FSWatcher | null {
  try {
    return watch(dir, { persistent: false }, wake);
  } catch {
    return null;
  }
}

import type { Clock } from '../../clock.ts';
import { FileStore } from '../../log/files/file-store.ts';
import type { Log } from '../../log/log.ts';

/** Settled rows of inbox and outbox are kept this long: no network delivers a message again after a month. */
const KEPT_MS = 30 * 24 * 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** Drops what has been settled for a month, and files that no item has, now and once a day; returns how to stop that. */
export function pruneDaily(log: Log, clock: Clock, dataDir: string, onProblem: (what: string, error: unknown) => void): () => void {
  const files = new FileStore(dataDir);
  let cancel = (): void => undefined;
  const prune = (): void => {
    log.prune(clock.now() - KEPT_MS);
    files.sweep((hash) => log.reads.files.isKept(hash), clock.now()).catch((error: unknown) => onProblem('files that no item has', error));
    cancel = clock.at(clock.now() + DAY_MS, prune);
  };
  prune();
  return () => cancel();
}

import type { Clock } from '../../clock.ts';
import type { Log } from '../../log/log.ts';

/** Settled rows of inbox and outbox are kept this long: no network delivers a message again after a month. */
const KEPT_MS = 30 * 24 * 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** Drops what has been settled for a month, now and once a day; returns how to stop that. */
export function pruneDaily(log: Log, clock: Clock): () => void {
  let cancel = (): void => undefined;
  const prune = (): void => {
    log.prune(clock.now() - KEPT_MS);
    cancel = clock.at(clock.now() + DAY_MS, prune);
  };
  prune();
  return () => cancel();
}

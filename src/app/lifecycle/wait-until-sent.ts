import type { Follower } from '../../log/follow.ts';
import type { Log } from '../../log/log.ts';

/** A message that can't be sent must not delay the end forever: it stays in the outbox. */
const LONGEST_MS = 5_000;

/** Resolves when notifications have caught up with the log and, where asked, all messages have left; gives up after 5 s. */
export async function waitUntilSent(log: Log, notify: Follower, sent: boolean): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  for (;;) {
    // Compares the last event that was read, not the stored cursor, which skipped events don't move.
    if (notify.position >= log.reads.lastSeq() && (!sent || log.outbox.waiting().length === 0)) return;
    if (performance.now() > deadline) return;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

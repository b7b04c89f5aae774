import type { Follower } from '../../log/follow.ts';
import type { Log } from '../../log/log.ts';

/** A message that can't be sent is no reason to wait for ever: it stays in the outbox. */
const LONGEST_MS = 5_000;

/** Resolves when notifications have caught up with the log and, where asked, all messages have left; gives up after 5 s. */
export async function waitUntilSent(log: Log, notify: Follower, sent: boolean): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  for (;;) {
    // Where it has come, not where its cursor stands: what is no news moves no cursor.
    if (notify.position >= log.reads.lastSeq() && (!sent || log.outbox.waiting().length === 0)) return;
    if (performance.now() > deadline) return;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

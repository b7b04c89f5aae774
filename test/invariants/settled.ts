import type { Bench } from '../e2e/harness.ts';
import { toEvent, type EventRow } from '../../src/log/events.ts';
import { isNews } from '../../src/notices/news.ts';
import { worktrees } from '../e2e/leaks.ts';

/** No message, run or clean-up is under way, every room was told of everything, and no item is on its way. */
export function settled(bench: Bench, project = 'shop'): boolean {
  const [open] = bench.rows<{ n: number }>(
    `SELECT (SELECT count(*) FROM inbox WHERE state <> 'done') + (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending'))
          + (SELECT count(*) FROM runs WHERE open = 1) AS n`,
  );
  if (open?.n !== 0 || untold(bench) > 0) return false;
  const items = bench.items();
  const moving = items.some(
    (item) =>
      item.removal?.state === 'asked' || (item.deletedAt === null && item.held === null && ['current', 'merge'].includes(item.stage.name)),
  );
  return !moving && worktrees(bench, project, items).length === 0;
}

/** What is under way, for the message of a test that waited in vain. */
export function underWay(bench: Bench): string {
  const inbox = bench.rows("SELECT id, transport, state FROM inbox WHERE state <> 'done'");
  const outbox = bench.rows("SELECT id, transport, kind, state, attempts, next_try FROM outbox WHERE state IN ('pending', 'sending')");
  const runs = bench.rows('SELECT item, run, state FROM runs WHERE open = 1');
  return `under way: ${JSON.stringify({ inbox, outbox, runs, untold: untold(bench) })}`;
}

/** News that rooms were not told of yet. The cursor stays behind what is nobody's news. */
function untold(bench: Bench): number {
  const later = bench.rows<EventRow>("SELECT * FROM events WHERE seq > coalesce((SELECT seq FROM cursors WHERE subscriber = 'notify'), 0)");
  return later.map(toEvent).filter(isNews).length;
}

import type { Bench } from '../e2e/harness.ts';
import { worktrees } from '../e2e/leaks.ts';

/** No message, run or clean-up is under way, every room was told of everything, and no item is on its way. */
export function settled(bench: Bench, project = 'shop'): boolean {
  const [open] = bench.rows<{ n: number }>(
    `SELECT (SELECT count(*) FROM inbox WHERE state <> 'done') + (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending'))
          + (SELECT count(*) FROM runs WHERE open = 1) AS n`,
  );
  const [last] = bench.rows<{ seq: number }>('SELECT max(seq) AS seq FROM events');
  const [told] = bench.rows<{ seq: number }>("SELECT seq FROM cursors WHERE subscriber = 'notify'");
  if (open?.n !== 0 || told?.seq !== last?.seq) return false;
  const items = bench.items();
  const moving = items.some(
    (item) =>
      item.removal?.state === 'asked' || (item.deletedAt === null && item.held === null && ['current', 'merge'].includes(item.stage.name)),
  );
  return !moving && worktrees(bench, project, items).length === 0;
}

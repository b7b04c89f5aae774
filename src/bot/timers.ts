import type { Why } from '../pipeline/why/cause.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { timersCancelled } from '../words/bot/timers.ts';
import type { CommandTx } from './capabilities.ts';
import type { CommandContext } from './command.ts';

/**
 * Cancels an item's timers with the command that stops, moves or deletes it; returns the sentence about that. A command
 * run by a timer leaves the others alone: someone who sets `start` for the evening and `stop` for the morning wants both.
 */
export function cancelTimers(context: CommandContext, tx: CommandTx, item: WorkItem, why: Why): string {
  if (context.byTimer) return '';
  const open = tx.reads.timers.ofItem(item.project, item.number);
  for (const { timer } of open) tx.append(item, 'timer.cancelled', { timer, why });
  return timersCancelled(open.map(({ timer }) => timer));
}

import type { Timer } from '../log/reads/timers.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { CommandTx } from './capabilities.ts';
import type { CommandContext } from './command.ts';
import type { Reader } from '../words/step.ts';
import { duration, moment } from '../words/time.ts';

/** A timer in a sentence: `timer 3 at 14:30 (start)`. */
export function timerWords(timer: Timer, reader: Reader): string {
  return `timer ${timer.timer} at ${moment(timer.due, reader.now, reader.timezone)} (${commandWords(timer)})`;
}

/** A timer in a list, with what it runs and for whom. */
export function timerLine(timer: Timer, reader: Reader): string {
  const left = duration(Math.max(0, timer.due - reader.now));
  return `${timer.timer}: ${commandWords(timer)} of ${timer.item} at ${moment(timer.due, reader.now, reader.timezone)}, in ${left}`;
}

/** A timer's command without its item, which stands beside it: `move qa`. */
function commandWords({ command, project, item }: Timer): string {
  return command.replace(` ${project}#${item}`, '');
}

/**
 * Takes an item's timers away with a command that stops, moves or deletes it, and says so. A command that a timer runs
 * itself leaves the others alone: whoever set `start` for the evening and `stop` for the morning wants both.
 */
export function cancelTimers(context: CommandContext, tx: CommandTx, item: WorkItem, why: string): string {
  if (context.byTimer) return '';
  const open = tx.reads.timers.ofItem(item.project, item.number);
  for (const { timer } of open) tx.append(item, 'timer.cancelled', { timer, why });
  if (open.length === 0) return '';
  return open.length === 1
    ? `Its timer ${open[0]?.timer} is cancelled. `
    : `Its timers ${open.map(({ timer }) => timer).join(', ')} are cancelled. `;
}

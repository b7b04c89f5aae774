import type { Timer } from '../../log/reads/timers.ts';
import { code, command, paragraph, phrase } from '../../message/build.ts';
import type { Block, Inline } from '../../message/document.ts';
import { refused } from '../replies.ts';
import { duration, moment } from '../time.ts';
import type { Reply } from '../reply.ts';
import type { Reader } from '../reader.ts';

/** A timer in a sentence: `timer 3 at 14:30 (start)`. */
export function timerWords(timer: Timer, reader: Reader): Inline[] {
  return phrase`timer ${timer.timer} at ${moment(timer.due, reader.now, reader.timezone)} (${commandWords(timer)})`;
}

/** A timer in a list, with its command and item: `3: start 42 at 14:30, in 25 min`. */
export function timerLine(timer: Timer, reader: Reader): Inline[] {
  const left = duration(Math.max(0, timer.due - reader.now));
  const what = timer.project === reader.current ? timer.command.replace(`${timer.project}#`, '') : timer.command;
  return phrase`${timer.timer}: ${what} at ${moment(timer.due, reader.now, reader.timezone)}, in ${left}`;
}

/** When the project's pause ends by itself: that is a time to wait for, too. */
export function pauseEnds(until: number, reader: Reader): Block {
  const left = duration(Math.max(0, until - reader.now));
  return paragraph(
    ...phrase`‖ The pause ends at ${moment(until, reader.now, reader.timezone)}, in ${left}: ${command('resume')} ends it now.`,
  );
}

/** `Cancelled its timers 3, 4. `; empty for none. */
export function timersCancelled(timers: readonly number[]): string {
  if (timers.length === 0) return '';
  return `Cancelled its ${timers.length === 1 ? 'timer' : 'timers'} ${timers.join(', ')}. `;
}

/** A command that does not act on one item can't be timed. */
export function notForTimers(name: string): Reply {
  return refused(
    'not-in-timer',
    code(name),
    ' can’t run on a timer: only commands on one item can, like ',
    code('start'),
    ' or ',
    code('move qa'),
    '.',
  );
}

/** A command that asks first can't be timed. */
export function asksFirst(name: string): Reply {
  return refused('not-in-timer', code(name), ' asks for confirmation, so it can’t run on a timer. Type it yourself when it is time.');
}

/** A timer is an item's own, and ends with it. */
export function onlyItsItem(number: number): Reply {
  return refused('not-in-timer', `A timer of #${number} runs a command on #${number} alone. Set one for each of the others.`);
}

/** The first word of a timer's text is no command. */
export function noCommand(): Reply {
  return refused('unknown-command', 'There is no such command. ', command('help'), ' lists what you can type.');
}

/** A timer's command without its item, which is shown next to it: `move qa`. */
function commandWords({ command: text, project, item }: Timer): string {
  return text.replace(` ${project}#${item}`, '');
}

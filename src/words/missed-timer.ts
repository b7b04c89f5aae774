import type { Timer } from '../log/reads/timers.ts';
import { command, line } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import { dayAndTime } from './time.ts';

/** What the room is told of a timer whose time passed while Musher did not run. */
export function missedTimer(timer: Timer, timezone: string): Document {
  return line(
    `Timer ${timer.timer} was due ${dayAndTime(timer.due, timezone)} while Musher was not running, so it was skipped. Type `,
    command(timer.command),
    ' if you still want it.',
  );
}

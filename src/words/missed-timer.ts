import type { Timer } from '../log/reads/timers.ts';
import { code, line } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import { dayAndTime } from './time.ts';

/** What the room is told of a timer whose time passed while Musher did not run. */
export function missedTimer(timer: Timer, timezone: string): Document {
  return line(
    `Timer ${timer.timer} was due at ${dayAndTime(timer.due, timezone)}, when Musher was not running. That is more than an hour ago, so `,
    code(timer.command),
    ' was not run; type it where it is still wanted.',
  );
}

import type { Timer } from '../log/reads/timers.ts';
import { command, line, phrase } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import { dayAndTime } from './time.ts';

/** The notice about a timer that was due while Musher wasn't running. */
export function missedTimer(timer: Timer, timezone: string): Document {
  return line(
    ...phrase`Timer ${timer.timer} was due ${dayAndTime(timer.due, timezone)} while Musher was not running, so it was skipped. Type `,
    command(timer.command),
    ' if you still want it.',
  );
}

import { localTime, localDate, startOfDay } from '../pipeline/budget/day.ts';
import { time } from '../message/build.ts';
import type { Inline } from '../message/document.ts';
import type { Millis } from '../pipeline/values.ts';

export { localDate, startOfDay } from '../pipeline/budget/day.ts';

/** A length of time in two units at most: `0.4 s`, `45 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: Millis): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1).replace(/\.0$/, '')} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** A moment in a zone: `14:05` on the same day as `now`, otherwise `2026-11-20 14:05`. */
export function moment(at: Millis, now: Millis, timezone: string): Inline {
  const { date, time: clock } = localTime(at, timezone);
  return date === localDate(now, timezone) ? time(at, clock, 'time') : dateAndTime(at, timezone);
}

/** A moment with its full date, in a zone: `2026-11-20 14:05`. */
export function dateAndTime(at: Millis, timezone: string): Inline {
  const { date, time: clock } = localTime(at, timezone);
  return time(at, `${date} ${clock}`, 'day and time');
}

/** The time of day in a zone: `14:02`. */
export function clockTime(at: Millis, timezone: string): Inline {
  return time(at, localTime(at, timezone).time, 'time');
}

/** A moment with its day, in a zone, for texts that are read later: `21 Nov, 14:05`. */
export function dayAndTime(at: Millis, timeZone: string): Inline {
  const words = new Intl.DateTimeFormat('en-GB', { timeZone, day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit' }).format(
    at,
  );
  return time(at, words, 'day and time');
}

/** When the week of `now` began in a zone: its Monday. */
export function startOfWeek(now: Millis, timezone: string): Millis {
  // 0 is Sunday.
  const weekday = new Date(`${localDate(now, timezone)}T00:00:00Z`).getUTCDay();
  let start = startOfDay(now, timezone);
  for (let day = (weekday + 6) % 7; day > 0; day--) start = startOfDay(start - 1, timezone);
  return start;
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

import type { Millis } from '../../pipeline/values.ts';

const QUARTER_MS = 15 * 60 * 1000;
/** Quarters of an hour that reach back into the day before from any moment: the longest day has 25 hours. */
const QUARTERS_BACK = 27 * 4;

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
export function moment(at: Millis, now: Millis, timezone: string): string {
  const { date, time } = local(at, timezone);
  return date === local(now, timezone).date ? time : `${date} ${time}`;
}

/** The date in a zone, `2026-11-20`. */
export function localDate(at: Millis, timezone: string): string {
  return local(at, timezone).date;
}

/**
 * When the day of `now` began in a zone. Searched, not computed: right on days of 23 or 25 hours, and where the clock
 * skips midnight itself. Every zone's day begins on a quarter of an hour.
 */
export function startOfDay(now: Millis, timezone: string): Millis {
  const today = localDate(now, timezone);
  let today_ = Math.floor(now / QUARTER_MS);
  let before = today_ - QUARTERS_BACK;
  while (today_ - before > 1) {
    const middle = Math.floor((today_ + before) / 2);
    if (localDate(middle * QUARTER_MS, timezone) === today) today_ = middle;
    else before = middle;
  }
  return today_ * QUARTER_MS;
}

/** When the week of `now` began in a zone: its Monday. */
export function startOfWeek(now: Millis, timezone: string): Millis {
  // 0 is Sunday.
  const weekday = new Date(`${localDate(now, timezone)}T00:00:00Z`).getUTCDay();
  let start = startOfDay(now, timezone);
  for (let day = (weekday + 6) % 7; day > 0; day--) start = startOfDay(start - 1, timezone);
  return start;
}

/**
 * The formatter of each zone, made once: to make one costs as much as seventeen uses of it, and was 40 % of the time that
 * commands took. The result depends on the name alone, and the names come from the configuration.
 */
const FORMATTERS = new Map<string, Intl.DateTimeFormat>();

function formatter(timezone: string): Intl.DateTimeFormat {
  const known = FORMATTERS.get(timezone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  FORMATTERS.set(timezone, made);
  return made;
}

function local(at: Millis, timezone: string): { date: string; time: string } {
  const parts = new Map(
    formatter(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    date: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    time: `${parts.get('hour')}:${parts.get('minute')}`,
  };
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

import type { Millis } from '../values.ts';

/** What spend is summed by: every zone's day begins on a quarter of an hour. */
const QUARTER_MS = 15 * 60 * 1000;
/** Quarters of an hour that reach beyond the day from any moment of it: the longest day has 25 hours. */
const QUARTERS_BEYOND = 27 * 4;

/** The number of the quarter of an hour that a moment is in, since 1970 in UTC. */
export function quarterOf(at: Millis): number {
  return Math.floor(at / QUARTER_MS);
}

/** The date in a zone, `2026-11-20`. */
export function localDate(at: Millis, timezone: string): string {
  return localTime(at, timezone).date;
}

/** Date and time of day in a zone: `2026-11-20` and `14:05`. */
export function localTime(at: Millis, timezone: string): { readonly date: string; readonly time: string } {
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

/**
 * When the day of `now` began in a zone. Searched, not computed: right on days of 23 or 25 hours, and where the clock
 * skips midnight itself. Every zone's day begins on a quarter of an hour.
 */
export function startOfDay(now: Millis, timezone: string): Millis {
  return dayOf(now, timezone).start;
}

/** When the day of `now` ends in a zone, which is when the next one begins; searched as `startOfDay`. */
export function endOfDay(now: Millis, timezone: string): Millis {
  return dayOf(now, timezone).end;
}

interface Day {
  readonly start: Millis;
  readonly end: Millis;
}

/** The day that each zone was last asked for: a search looks at a dozen dates, and `status` asks for each item. */
const LAST_DAYS = new Map<string, Day>();

function dayOf(now: Millis, timezone: string): Day {
  const last = LAST_DAYS.get(timezone);
  if (last !== undefined && now >= last.start && now < last.end) return last;
  const inside = quarterOf(now);
  const day = {
    start: edge(inside, inside - QUARTERS_BEYOND, timezone) * QUARTER_MS,
    end: (edge(inside, inside + QUARTERS_BEYOND, timezone) + 1) * QUARTER_MS,
  };
  LAST_DAYS.set(timezone, day);
  return day;
}

/** The last quarter of an hour on the way from `inside` a day to one `outside` that still belongs to the day. */
function edge(inside: number, outside: number, timezone: string): number {
  const day = localDate(inside * QUARTER_MS, timezone);
  let within = inside;
  let beyond = outside;
  while (Math.abs(within - beyond) > 1) {
    const middle = Math.floor((within + beyond) / 2);
    if (localDate(middle * QUARTER_MS, timezone) === day) within = middle;
    else beyond = middle;
  }
  return within;
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

import type { Millis } from '../../../pipeline/values.ts';

/** How versions 1.0 to 2.1 say that an allowance is used up. It comes back by itself, or when somebody pays. */
const LIMIT_TEXTS = [
  // "Claude AI usage limit reached|1795262400", "5-hour limit reached ∙ resets 3pm", "Weekly limit reached ∙ resets Nov 24, 9am"
  /\b(?:usage|session|hourly|daily|weekly|monthly|\d+-hour|opus|sonnet|haiku) limit reached/i,
  // "You've hit your session limit · resets 6:30pm (Asia/Jerusalem)", "You have reached your weekly limit"
  /(?:hit|reached) your (?:[\w-]+ ){0,3}limit/i,
  // "You're out of extra usage · resets 6pm (America/New_York)"
  /\bout of (?:extra )?usage\b/i,
  /\brate limit/i,
  // Of an account that is paid by use: "Credit balance is too low".
  /credit balance is too low/i,
] as const;

/** How it says that nobody is signed in, or that the login is not taken: "Invalid API key · Please run /login". */
const SIGNED_OUT_TEXTS = [
  /\bplease run \/login\b/i,
  /\binvalid api key\b/i,
  /\bnot logged in\b/i,
  /\boauth token (?:has expired|revoked)/i,
] as const;

/** The key or the login was refused. A wrong one stays wrong, though Claude Code tries ten times over a minute. */
export const REFUSED_STATUS = 401;
/** Too many requests, and overloaded: nobody's failed attempt, to be tried again later. */
const LIMIT_STATUS = new Set([429, 529]);

/** Whether an error is about an allowance that comes back by itself. */
export function isRateLimit(text: string, status: number): boolean {
  return LIMIT_STATUS.has(status) || LIMIT_TEXTS.some((pattern) => pattern.test(text));
}

/** Whether an error is about who is signed in. */
export function isSignedOut(text: string, status: number): boolean {
  return status === REFUSED_STATUS || SIGNED_OUT_TEXTS.some((pattern) => pattern.test(text));
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const RESETS = /resets?(?: at)?:? (?:([a-z]{3})[a-z]* (\d{1,2})(?:,| at)* )?(\d{1,2})(?::(\d{2}))? ?([ap]m)(?: \(([A-Za-z_+\-/0-9]+)\))?/i;
const DAY = 24 * 60 * 60 * 1000;

/**
 * When the allowance comes back: an epoch in seconds after `|`, or `resets 3pm (Europe/Rome)`, `resets Nov 24, 9am`.
 * Times are the next such time after `now`; without a zone in the machine's own. Null where the text does not say.
 */
export function resetTime(text: string, now: Millis): Millis | null {
  const epoch = /\|(\d{10})\b/.exec(text);
  if (epoch !== null) return Number(epoch[1]) * 1000;
  const match = RESETS.exec(text);
  if (match === null) return null;
  const [, month, day, hours, minutes, half, zone] = match;
  const hour = (Number(hours) % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0);
  const minute = Number(minutes ?? 0);
  if (Number(hours) > 12 || minute > 59) return null;
  const zoneName = validZone(zone ?? null);
  if (month === undefined) {
    // Today or tomorrow, on the wall clock of that zone.
    return firstAfter(
      now,
      [0, 1].map((ahead) => wallTime(dateIn(now + ahead * DAY, zoneName), hour, minute, zoneName)),
    );
  }
  const index = MONTHS.indexOf(month.toLowerCase() as (typeof MONTHS)[number]);
  if (index < 0) return null;
  const { year } = dateIn(now, zoneName);
  return firstAfter(
    now,
    [0, 1].map((ahead) => wallTime({ year: year + ahead, month: index, day: Number(day) }, hour, minute, zoneName)),
  );
}

interface CalendarDay {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
}

function firstAfter(now: Millis, times: readonly Millis[]): Millis | null {
  return times.find((time) => time > now) ?? null;
}

function validZone(name: string | null): string | undefined {
  if (name === null) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function wallParts(time: Millis, zone: string | undefined): CalendarDay & { readonly asUtc: Millis } {
  const format = new Intl.DateTimeFormat('en-US', {
    ...(zone === undefined ? {} : { timeZone: zone }),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const part = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => part.get(type) ?? 0;
  const day = { year: of('year'), month: of('month') - 1, day: of('day') };
  return { ...day, asUtc: Date.UTC(day.year, day.month, day.day, of('hour'), of('minute')) };
}

function dateIn(time: Millis, zone: string | undefined): CalendarDay {
  return wallParts(time, zone);
}

/** The moment at which the zone's wall clock shows this time. Twice, because the offset may change in between. */
function wallTime(day: CalendarDay, hour: number, minute: number, zone: string | undefined): Millis {
  const wanted = Date.UTC(day.year, day.month, day.day, hour, minute);
  const first = wanted - (wallParts(wanted, zone).asUtc - wanted);
  return first + (wanted - wallParts(first, zone).asUtc);
}

import type { Millis } from '../../pipeline/values.ts';

/** A time on the wall clock of a zone. `month` counts from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** The moment of a wall time. `skipped`: the clocks go forward over it. `twice`: they go back, so the time comes twice. */
export interface Moment {
  readonly at: Millis;
  readonly note: 'skipped' | 'twice' | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * When the clock of a zone shows a time. If the time comes twice, the first; if it is skipped, the moment at which the
 * clock would have shown it without the change. Null: no such day.
 */
export function momentOf(wall: WallTime, timezone: string): Moment | null {
  const wanted = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  if (new Date(wanted).getUTCDate() !== wall.day || wall.month < 1 || wall.month > 12) return null;
  // No zone changes its clock twice in two days.
  const before = wanted - offsetAt(wanted - DAY_MS, timezone);
  const after = wanted - offsetAt(wanted + DAY_MS, timezone);
  const fits = (at: Millis): boolean => at + offsetAt(at, timezone) === wanted;
  if (before === after) return { at: before, note: null };
  if (fits(before) && fits(after)) return { at: Math.min(before, after), note: 'twice' };
  if (fits(before) || fits(after)) return { at: fits(before) ? before : after, note: null };
  return { at: before, note: 'skipped' };
}

/** The wall time of a moment. */
export function wallTimeAt(at: Millis, timezone: string): WallTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour'), minute: part('minute') };
}

/** What the zone's clock is ahead of UTC, in ms. */
function offsetAt(at: Millis, timezone: string): Millis {
  const { year, month, day, hour, minute } = wallTimeAt(at, timezone);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / 60_000) * 60_000;
}

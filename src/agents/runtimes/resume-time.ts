import type { Millis } from '../../pipeline/values.ts';

/** The longest wait that is believed: allowances come back by the month at the latest. */
const LONGEST_WAIT = 31 * 24 * 60 * 60 * 1000;

/** A time that a program gave for going on after a rate limit, in whole ms; null where it has passed or is too far away to be meant. */
export function believable(time: Millis | null, now: Millis): Millis | null {
  return time !== null && time > now && time <= now + LONGEST_WAIT ? Math.round(time) : null;
}

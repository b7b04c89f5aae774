import { localTime } from '../pipeline/budget/day.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * When a message of this moment may be shown: now, or the end of the quiet hours that it falls into. `from` and `to`
 * are minutes after midnight in the zone; the span may go over midnight, and over a change of the clock.
 */
export function afterQuietHours(now: number, quiet: { readonly from: number; readonly to: number } | null, timeZone: string): number {
  if (quiet === null) return now;
  const left = (at: number): number => {
    const into = minutes(minuteOf(at, timeZone) - quiet.from);
    const length = minutes(quiet.to - quiet.from);
    return into < length ? length - into : 0;
  };
  if (left(now) === 0) return now;
  const counted = now - (now % MINUTE_MS) + left(now) * MINUTE_MS;
  // Where the clock was set in between, it shows another time than the one that was meant.
  const off = minutes(quiet.to - minuteOf(counted, timeZone) + DAY_MINUTES / 2) - DAY_MINUTES / 2;
  const corrected = counted + off * MINUTE_MS;
  // A time that the clock skips never comes: then the one that was counted.
  return left(corrected) === 0 ? corrected : counted;
}

function minuteOf(at: number, timeZone: string): number {
  const [hour = 0, minute = 0] = localTime(at, timeZone).time.split(':').map(Number);
  return hour * 60 + minute;
}

function minutes(n: number): number {
  return ((n % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
}

import { localTime } from '../../pipeline/budget/day.ts';
import type { Millis } from '../../pipeline/values.ts';

/** The time of day: `14:02`. */
export function clockTime(at: Millis, timezone: string): string {
  return localTime(at, timezone).time;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * When a message of this moment may be shown: now, or the end of the quiet hours that it falls into. `from` and `to`
 * are minutes after midnight in the zone; the span may go over midnight. Right to the minute but for the one hour of
 * a clock change within the quiet hours.
 */
export function afterQuietHours(now: number, quiet: { readonly from: number; readonly to: number } | null, timeZone: string): number {
  if (quiet === null) return now;
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(now);
  const value = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const minute = value('hour') * 60 + value('minute');
  const into = (minute - quiet.from + DAY_MINUTES) % DAY_MINUTES;
  const length = (quiet.to - quiet.from + DAY_MINUTES) % DAY_MINUTES;
  if (into >= length) return now;
  return now - (now % MINUTE_MS) + (length - into) * MINUTE_MS;
}

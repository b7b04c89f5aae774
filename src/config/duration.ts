import * as z from 'zod';

/** What the documentation calls a duration. */
export const DURATION = 'duration';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** Milliseconds of `"90s"`, `"10m"`, `"2h"`, `"1d"`, `"500ms"` or a sum such as `"1h30m"`; null for anything else and for zero. */
export function parseDuration(text: string): number | null {
  if (!/^(?:\d{1,9}(?:ms|s|m|h|d))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNITS.get(unit ?? '') ?? 0);
  }
  return total > 0 && Number.isSafeInteger(total) ? total : null;
}

/** A key of the configuration that holds a duration; its value is milliseconds, and its type says so. */
export function durationField() {
  return z
    .string()
    .meta({ type: DURATION })
    .transform((value, context) => {
      const ms = parseDuration(value);
      if (ms !== null) return ms;
      context.addIssue({ code: 'custom', message: 'must be a duration such as "90s", "10m" or "2h"' });
      return z.NEVER;
    })
    .brand<typeof DURATION>();
}

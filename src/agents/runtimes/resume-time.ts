import { BOUNDS } from '../../bounds.ts';
import type { Millis } from '../../pipeline/values.ts';

/** The longest accepted wait, because allowances renew at least monthly. */
const LONGEST_WAIT = BOUNDS.rateLimitMs;

/** A time that a program gave for continuing after a rate limit, in whole ms; null if it has passed or is implausibly far ahead. */
export function believable(time: Millis | null, now: Millis): Millis | null {
  return time !== null && time > now && time <= now + LONGEST_WAIT ? Math.round(time) : null;
}

const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const DURATION = String.raw`(?:\d+(?:\.\d+)?\s*(?:days?|hours?|minutes?|seconds?|mins?|secs?|hrs?|ms|[dhms])\b[\s,]*(?:and\s+)?)+`;
/** `retry in 34.07s`, `Try again in 3 days 4 hours`, `reset after 3h20m15s`, `"retryDelay": "3600s"`. */
const WAIT = new RegExp(
  String.raw`(?:(?:retry|again|resets?) (?:in|after)|retry-?(?:delay|after)"?:)\s*"?(${DURATION.replaceAll(String.raw`\b`, '')})`,
  'i',
);

/** How long a text says to wait, in ms; null where it does not say. */
export function waitIn(text: string): Millis | null {
  const found = WAIT.exec(text)?.[1];
  if (found === undefined) return null;
  const parts = [...found.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[dhms])/gi)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit?.toLowerCase() as keyof typeof UNIT_MS] ?? 0), 0);
}

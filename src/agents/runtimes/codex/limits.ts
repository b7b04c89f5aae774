import type { Millis } from '../../../pipeline/values.ts';
import { believable, waitIn } from '../resume-time.ts';

/** Texts of a used-up allowance, of versions 0.4x to 0.169. The apostrophe in them is a curly one. */
const LIMIT_TEXTS = [
  // "You've hit your usage limit. Upgrade to Pro or try again in 3 days 4 hours."
  /hit your (?:[\w-]+ )?usage limit/i,
  /usage[ _]limit[ _]reached/i,
  // "exceeded retry limit, last status: 429 Too Many Requests"
  /status:? 429|too many requests/i,
  // "Rate limit reached for gpt-5 in organization … on tokens per min (TPM)"
  /rate limit/i,
  // Of a key that is paid by use: "You exceeded your current quota, please check your plan", "Quota exceeded."
  /exceeded your current quota|quota exceeded|insufficient_quota/i,
  // "Your workspace is out of credits. Ask your workspace owner to refill."
  /out of credits/i,
] as const;
const SIGNED_OUT =
  /status:? 401\b|incorrect api key|invalid api key|not logged in|please (?:log|sign) in|log ?in again|refresh token|missing environment variable|access token could not be refreshed/i;
const CLOCK = /again at (?:([a-z]{3})[a-z]* (\d{1,2})(?:st|nd|rd|th)?,? (\d{4}),? (?:at )?)?(\d{1,2}):(\d{2}) ?([ap])\.?m/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Whether an error is about an allowance that comes back by itself. */
export function isRateLimit(text: string): boolean {
  return LIMIT_TEXTS.some((pattern) => pattern.test(text));
}

/** Whether an error says that nobody is signed in, or that the key was refused. */
export function isSignedOut(text: string): boolean {
  return SIGNED_OUT.test(text);
}

/** Whether an error says that the service forbids this, whoever is signed in: to try again is no use. */
export function isForbidden(text: string): boolean {
  return /status:? 403\b/i.test(text);
}

/** Whether an error says that the thread to be resumed is not there. */
export function isSessionMissing(text: string): boolean {
  return /no rollout found for thread id|no (?:saved )?session found/i.test(text);
}

/**
 * When the allowance comes back: `try again in 3 days 4 hours`, `try again at 3:05 PM`, `… at Nov 24th, 2026 9:00 AM`,
 * on this machine's own clock, as Codex writes it. Null where the text does not say.
 */
export function resetTime(text: string, now: Millis): Millis | null {
  const wait = waitIn(text);
  if (wait !== null) return believable(now + wait, now);
  const match = CLOCK.exec(text);
  if (match === null) return null;
  const [, month, day, year, hours, minutes, half] = match;
  const hour = (Number(hours) % 12) + (half?.toLowerCase() === 'p' ? 12 : 0);
  if (Number(hours) > 12 || Number(minutes) > 59) return null;
  if (month !== undefined) {
    const index = MONTHS.indexOf(month.toLowerCase());
    return index < 0 ? null : believable(new Date(Number(year), index, Number(day), hour, Number(minutes)).getTime(), now);
  }
  const today = new Date(now);
  const at = (ahead: number): Millis =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + ahead, hour, Number(minutes)).getTime();
  return believable(at(0) > now ? at(0) : at(1), now);
}

import type { Millis } from '../../../pipeline/values.ts';
import { oneLine } from '../../text.ts';
import { believable, waitIn } from '../resume-time.ts';
import type { Conclusion } from '../runtime.ts';

const LIMIT =
  /"code": ?429|status:? 429|RESOURCE_EXHAUSTED|quota exceeded|exceeded your (?:current )?quota|exhausted your (?:daily )?(?:capacity|quota)|rate limit|too many requests|usage limit reached/i;
const SIGNED_OUT =
  /"code": ?401\b|status:? 401\b|UNAUTHENTICATED|API key not valid|API_KEY_INVALID|API key expired|must specify the GEMINI_API_KEY|set an Auth method|invalid auth method|failed to (?:log|sign) in|authentication (?:failed|consent|required)|please (?:log|sign) in|re-?authenticate/i;

/** Its exit code where nobody is signed in. */
const NO_AUTH = 41;

/** Whether an error is about an allowance that comes back by itself. */
export function isRateLimit(text: string): boolean {
  return LIMIT.test(text);
}

/** Whether an error says that nobody is signed in, or that the key was refused. */
export function isSignedOut(text: string): boolean {
  return SIGNED_OUT.test(text);
}

/** Whether an error says that the session to be resumed is not there. */
export function isSessionMissing(text: string): boolean {
  return /error resuming session|invalid session identifier|no previous sessions found/i.test(text);
}

/** Whether it has left out the settings that Musher gave it: it does where somebody else may write in a folder above them. */
export function isUnprotected(text: string): boolean {
  return text.startsWith('Security Warning: Skipping system settings file');
}

/** When the allowance comes back; null where the text does not say. */
export function resetTime(text: string, now: Millis): Millis | null {
  const wait = waitIn(text);
  return wait === null ? null : believable(now + wait, now);
}

/** How a run ends after an error. Never `finished`. */
export function outcomeOfError(message: string, now: Millis): Conclusion {
  const summary = oneLine(plainMessage(message)) || 'Gemini CLI gave up without a reason.';
  if (isSignedOut(message)) return signedOut(summary);
  if (isRateLimit(message)) return { reason: 'rate-limited', summary, resumeAt: resetTime(message, now) };
  return { reason: 'failed', summary, resumeAt: null };
}

/** How a run ends that left no result line; null: its exit code says nothing. */
export function outcomeOfExit(code: number | null, complaint: string): Conclusion | null {
  return code === NO_AUTH ? signedOut(complaint) : null;
}

function signedOut(why: string): Conclusion {
  return { reason: 'signed-out', summary: oneLine(`Gemini CLI is not signed in, or its key was refused: ${why}`), resumeAt: null };
}

/** The message inside of `[API Error: {"error":{"message":"…"}}]`. */
function plainMessage(message: string): string {
  const inner = /"message":"((?:[^"\\]|\\.)*)"/.exec(message)?.[1];
  return inner === undefined ? message : inner.replaceAll(String.raw`\"`, '"').replaceAll(String.raw`\n`, ' ');
}

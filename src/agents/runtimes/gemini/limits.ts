import type { Millis } from '../../../pipeline/values.ts';
import { oneLine } from '../../text.ts';
import { believable, waitIn } from '../resume-time.ts';
import type { Conclusion } from '../runtime.ts';

/** How it says that an allowance is used up, or that the service has no room for now. */
const LIMIT_TEXTS = [
  /"code": ?429|status:? 429|too many requests/i,
  // "Resource has been exhausted (e.g. check quota)."
  /RESOURCE_EXHAUSTED|resource has been exhausted/i,
  // "Quota exceeded for quota metric …", "You exceeded your current quota"
  /quota exceeded|exceeded your (?:current )?quota/i,
  // "You have exhausted your capacity on this model.", "… your daily quota on this model."
  /exhausted your (?:daily )?(?:capacity|quota)/i,
  // "You have reached your daily gemini-2.5-pro quota limit"
  /reached your (?:[\w.-]+ ){0,4}(?:quota|limit)/i,
  /rate limit/i,
  /\b(?:usage|daily) limit reached/i,
  // "The model is overloaded. Please try again later."
  /model is overloaded|"code": ?503/i,
] as const;
const SIGNED_OUT =
  /"code": ?401\b|status:? 401\b|UNAUTHENTICATED|API key not valid|API_KEY_INVALID|API key expired|must specify the GEMINI_API_KEY|set an Auth method|invalid auth method|failed to (?:log|sign) in|authentication (?:failed|consent|required)|please (?:log|sign) in|re-?authenticate/i;

/** Its exit code where nobody is signed in. */
const NO_AUTH = 41;

/** Whether an error is about an allowance that comes back by itself. */
export function isRateLimit(text: string): boolean {
  return LIMIT_TEXTS.some((pattern) => pattern.test(text));
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

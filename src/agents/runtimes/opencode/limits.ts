import type { Millis } from '../../../pipeline/values.ts';
import { oneLine } from '../../text.ts';
import { asFields, numberField, textField, type Fields } from '../json-line.ts';
import { believable, waitIn } from '../resume-time.ts';
import type { Conclusion } from '../runtime.ts';

/** How the services behind it say that an allowance is used up, or that they have no room for now. */
const LIMIT_TEXTS = [
  /rate limit|too many requests/i,
  /usage limit|\b(?:daily|weekly|monthly) limit reached/i,
  // OpenAI: "You exceeded your current quota", insufficient_quota
  /quota (?:has been )?exceeded|exceeded your (?:current )?quota|insufficient_quota/i,
  // Google: "Resource has been exhausted (e.g. check quota)."
  /resource has been exhausted|RESOURCE_EXHAUSTED/i,
  // Anthropic: "Your credit balance is too low to access the Anthropic API."
  /credit balance is too low/i,
  // OpenRouter: "Insufficient credits", opencode Zen: "Insufficient balance"
  /insufficient (?:credits|balance|funds)|out of credits/i,
  // GitHub Copilot: "You've exhausted your premium model quota"
  /exhausted your (?:[\w-]+ ){0,3}(?:quota|capacity)/i,
  /\boverloaded\b/i,
] as const;
const SIGNED_OUT =
  /api key is missing|invalid (?:x-)?api[- ]key|incorrect api key|unauthorized|not authenticated|invalid_grant|token refresh failed|ProviderModelNotFoundError|ProviderInitError/i;
/** Answers of a tool that was not allowed, by a person or by a rule. */
const REFUSAL =
  /rejected permission to use this specific tool call|specified a rule which prevents you from using this specific tool call/i;

/** Whether a tool failed because nobody allowed it. */
export function isRefusal(error: string): boolean {
  return REFUSAL.test(error);
}

/** Whether an error says that the session to be resumed is not there. */
export function isSessionMissing(text: string): boolean {
  return /session not found/i.test(text);
}

/** The error of the model service in a line of its log, such as `level=ERROR … message="stream error" … error.error="AI_APICallError: limit"`. */
export function loggedError(line: string): string | null {
  if (!/ message=(?:"stream error"|failed) /.test(line)) return null;
  return / error(?:\.error)?="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.replaceAll(String.raw`\"`, '"') ?? null;
}

/** How a run ends after an `error` line. Never `finished`. */
export function outcomeOfError(error: Fields, now: Millis): Conclusion {
  const data = asFields(error['data']) ?? {};
  const message =
    textField(data, 'message') ?? textField(error, 'message') ?? textField(error, 'name') ?? 'opencode gave up without a reason.';
  const status = numberField(data, 'statusCode');
  const name = textField(error, 'name') ?? '';
  const summary = oneLine(message);
  if (status === 401 || name === 'ProviderAuthError' || (status === 0 && SIGNED_OUT.test(message))) {
    return {
      reason: 'signed-out',
      summary: oneLine(`The model service refused the key${status === 0 ? '' : ` (${status})`}: ${message}`),
      resumeAt: null,
    };
  }
  if (status === 429 || status === 529 || LIMIT_TEXTS.some((pattern) => pattern.test(message))) {
    const headers = asFields(data['responseHeaders']) ?? {};
    const wait = retryAfter(textField(headers, 'retry-after')) ?? waitIn(message);
    return { reason: 'rate-limited', summary, resumeAt: wait === null ? null : believable(now + wait, now) };
  }
  return { reason: 'failed', summary, resumeAt: null };
}

/** The header in ms; seconds are what services send. */
function retryAfter(header: string | null): Millis | null {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

import { MusherError, problemText } from '../../src/errors.ts';
import { SendFailure } from '../transport.ts';
import { asPayload, objectOf, textOf } from './intake/payload.ts';

/** What Slack will never take, however often it is sent. */
const REFUSED = new Set([
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
  'invalid_blocks',
  'invalid_blocks_format',
  'too_many_attachments',
  'markdown_text_conflict',
  'metadata_too_large',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'is_archived',
  'invalid_arguments',
  'invalid_array_arg',
  'cant_update_message',
  'edit_window_closed',
  'message_not_found',
]);

/** The message that a thread stands under is gone, or can have none. */
const NO_THREAD = new Set(['cannot_reply_to_message', 'thread_not_found']);

/** What a person has to set right first, and how; nothing was sent. */
const TO_SET_RIGHT: Readonly<Record<string, string>> = {
  invalid_auth: 'The bot token is not valid. Copy it from "OAuth & Permissions" on the app’s page.',
  not_authed: 'There is no bot token. Copy it from "OAuth & Permissions" on the app’s page.',
  account_inactive: 'The app was removed from the workspace. Reinstall it under "Install App".',
  token_revoked: 'The token was revoked. Reinstall the app and copy the new token.',
  token_expired: 'The token has expired. Turn off token rotation, reinstall the app and copy the new token.',
  not_allowed_token_type: 'That is the wrong kind of token: the bot token starts with xoxb-, the app-level token with xapp-.',
  missing_scope: 'The app lacks a permission. Update it with the output of `musher slack-manifest`, then reinstall it.',
  no_permission: 'The app lacks a permission. Update it with the output of `musher slack-manifest`, then reinstall it.',
  not_in_channel: 'Invite the app to the channel with /invite and its name.',
  channel_not_found: 'The channel does not exist, or the app is not in it. Invite it with /invite and its name.',
  restricted_action: 'The workspace does not allow the app to post in that channel.',
  access_denied: 'The workspace blocks the app. A workspace admin has to approve it.',
  team_access_not_granted: 'The workspace blocks the app. A workspace admin has to approve it.',
  forbidden_team: 'Socket Mode is off for this app. Turn it on under "Socket Mode".',
  socket_mode_not_enabled: 'Socket Mode is off for this app. Turn it on under "Socket Mode".',
};
/** Where the call was made with the token of the app, which is another one, made elsewhere. */
const NEW_APP_TOKEN =
  'Generate one under "Basic Information", "App-Level Tokens", with the scope connections:write. It starts with xapp- and goes into app_token under [slack].';
const TO_SET_RIGHT_OF_APP: Readonly<Record<string, string>> = {
  invalid_auth: `The app-level token is not valid. ${NEW_APP_TOKEN}`,
  not_authed: `There is no app-level token. ${NEW_APP_TOKEN}`,
  token_revoked: `The app-level token was revoked. ${NEW_APP_TOKEN}`,
  token_expired: `The app-level token has expired. ${NEW_APP_TOKEN}`,
  missing_scope: `The app-level token lacks a permission. ${NEW_APP_TOKEN}`,
  no_permission: `The app-level token lacks a permission. ${NEW_APP_TOKEN}`,
};
/** Of those, the ones that concern every channel. */
const EVERYWHERE = /auth|account|token|scope|permission|access|team/;

/** The code of a refusal by Slack itself, or null. */
export function slackError(error: unknown): string | null {
  return textOf(objectOf(asPayload(error), 'data'), 'error');
}

/** The time that Slack said to wait, in ms, or null if this is no refusal for too many calls. */
export function rateLimitOf(error: unknown): number | null {
  const failure = asPayload(error);
  if (typeof failure['retryAfter'] === 'number') return Math.max(1, failure['retryAfter']) * 1_000;
  const code = slackError(error);
  if (code === 'ratelimited' || code === 'rate_limited' || code === 'message_limit_exceeded') return 30_000;
  return error instanceof Error && error.message.startsWith('Retry header') ? 30_000 : null;
}

/** What went wrong with a call, with what it means for the message. */
export function sendFailure(error: unknown): SendFailure {
  if (error instanceof SendFailure) return error;
  const wait = rateLimitOf(error);
  if (wait !== null) return new SendFailure('not-sent', 'Slack is rate-limiting messages.', { retryAfterMs: wait, cause: error });
  const code = slackError(error);
  if (code !== null && REFUSED.has(code)) return new SendFailure('rejected', `Slack rejected the message: ${code}.`, { cause: error });
  if (code !== null && NO_THREAD.has(code))
    return new SendFailure('rejected', `Slack rejected a reply in that thread: ${code}.`, { threadGone: true, cause: error });
  const hint = code === null ? undefined : TO_SET_RIGHT[code];
  if (hint !== undefined)
    return new SendFailure('not-sent', `${hint} (${code})`, { everywhere: EVERYWHERE.test(code ?? ''), cause: error });
  if (neverConnected(error)) return new SendFailure('not-sent', 'Slack cannot be reached.', { everywhere: true, cause: error });
  return new SendFailure('unknown', `Slack did not confirm the message${code === null ? '' : `: ${code}`}.`, { cause: error });
}

/** The text for the person who runs the bot: what is wrong and which setting to change. */
export function problemOf(doing: string, error: unknown, token: 'bot' | 'app' = 'bot'): string {
  return problemText(startFailure(doing, error, token));
}

const TOKEN = /^(?:invalid_auth|not_authed|account_inactive|token_revoked|token_expired|not_allowed_token_type)$/;
const BY_ITSELF = 'Musher keeps retrying. If it does not recover, check the server’s connection.';

/** Why Musher can't start with Slack, and what to do. `token`: which one the call was made with. */
export function startFailure(doing: string, error: unknown, token: 'bot' | 'app' = 'bot'): MusherError {
  const code = slackError(error);
  if (code !== null) {
    const hint = (token === 'app' ? TO_SET_RIGHT_OF_APP[code] : undefined) ?? TO_SET_RIGHT[code];
    const listed = TOKEN.test(code) ? 'NETWORK_TOKEN_REFUSED' : hint === undefined ? 'NETWORK_REFUSED' : 'NETWORK_PERMISSION_MISSING';
    return new MusherError(listed, `${doing}: Slack answered ${code}.`, hint ?? BY_ITSELF, { cause: error });
  }
  if (neverConnected(error))
    return new MusherError('NETWORK_UNREACHABLE', `${doing}: Slack cannot be reached.`, BY_ITSELF, { cause: error });
  const why = error instanceof Error ? error.message : 'no connection';
  return new MusherError('NETWORK_UNREACHABLE', `${doing}: ${why}.`, BY_ITSELF, { cause: error });
}

/** Whether Slack was not even spoken to. Anything later may have been taken. */
function neverConnected(error: unknown): boolean {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 5; depth++) {
    const { code } = asPayload(one);
    if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'UND_ERR_CONNECT_TIMEOUT') return true;
    const { original } = asPayload(one);
    one = original ?? one.cause;
  }
  return false;
}

import { SendFailure } from '../../transport.ts';
import { sendFailure, slackError } from '../failure.ts';
import { objectOf, textOf } from '../intake/payload.ts';
import type { CallSlack } from '../web-api.ts';

/** What Slack says of people whom nobody can write to, however often it is tried. */
const UNREACHABLE = new Set(['user_not_found', 'user_disabled', 'user_not_visible', 'cannot_dm_bot', 'users_not_found', 'missing_scope']);

/** The channel of the conversation with a person, `T1:U1`. Slack gives the one that there is. */
export async function openDirect(call: CallSlack, person: string): Promise<string> {
  try {
    const opened = await call('conversations.open', { users: person.slice(person.indexOf(':') + 1) });
    const channel = textOf(objectOf(opened, 'channel'), 'id');
    if (channel === null) throw new SendFailure('unknown', 'Slack opened a direct message without saying which.');
    return channel;
  } catch (error) {
    const failure = sendFailure(error);
    throw UNREACHABLE.has(slackError(error) ?? '') ? new SendFailure('rejected', failure.message, { cause: error }) : failure;
  }
}

import { MusherError } from '../../src/errors.ts';
import { startFailure } from './failure.ts';
import { listOf, objectOf, textOf, type Payload } from './intake/payload.ts';
import type { CallSlack } from './web-api.ts';

/** Who the bot is and where it is installed: what a payload has to agree with. */
export interface Workspace {
  readonly team: string;
  readonly botUser: string;
  readonly botId: string | null;
  /** Null if it isn't known; the socket belongs to the app anyway. */
  readonly app: string | null;
}

/**
 * Whether a payload is meant for this installation: of our app, in our workspace, or in a channel shared with it. A field
 * that is missing does not agree.
 */
export function isForUs(body: Payload, workspace: Workspace): boolean {
  const app = textOf(body, 'api_app_id');
  if (workspace.app !== null && app !== workspace.app) return false;
  const teams = [
    textOf(body, 'team_id'),
    textOf(objectOf(body, 'team'), 'id'),
    textOf(body, 'context_team_id'),
    ...listOf(body, 'authorizations').map((one) => textOf(one, 'team_id')),
  ];
  return teams.includes(workspace.team);
}

/** Asks Slack who the bot is. Over HTTP the app's id has to be known as well. Throws with what is wrong and what to do. */
export async function whoAmI(
  call: CallSlack,
  appId: string | null,
  needsApp: boolean,
): Promise<{ readonly workspace: Workspace; readonly name: string }> {
  const me = await call('auth.test', {}).catch((error: unknown) => {
    throw startFailure('Slack refused the connection', error);
  });
  const [team, botUser, botId] = [textOf(me, 'team_id'), textOf(me, 'user_id'), textOf(me, 'bot_id')];
  if (team === null || botUser === null)
    throw new MusherError(
      'NETWORK_TOKEN_REFUSED',
      'Slack does not say which bot the token belongs to.',
      'Use the bot token, which starts with xoxb-.',
    );
  let app = appId;
  if (app === null && botId !== null) {
    const bot = await call('bots.info', { bot: botId }).catch((error: unknown) => {
      if (!needsApp) return {};
      throw startFailure('The app’s id ("App ID" on its page) cannot be determined', error);
    });
    app = textOf(objectOf(bot, 'bot'), 'app_id');
  }
  if (app === null && needsApp)
    throw new MusherError(
      'NETWORK_TOKEN_REFUSED',
      'Slack does not say which app the bot token belongs to.',
      'Reinstall the app and copy its new token.',
    );
  return { workspace: { team, botUser, botId, app }, name: textOf(me, 'user') ?? 'musher' };
}

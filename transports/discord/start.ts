import type { APIApplication, APIGatewayBotInfo, APIUser, REST } from 'discord.js';
import { MusherError } from '../../src/errors.ts';
import { sendFailure, statusOf, TOKEN_HINT, type Library } from './rest.ts';

/** Whose token it is, and the gateway's address. Throws with what to do if the bot can't connect. */
export async function whoAmI(library: Library, rest: REST): Promise<{ me: APIUser; application: APIApplication; info: APIGatewayBotInfo }> {
  const { Routes } = library;
  const me = (await rest.get(Routes.user('@me'))) as APIUser;
  const application = (await rest.get(Routes.currentApplication())) as APIApplication;
  const info = (await rest.get(Routes.gatewayBot())) as APIGatewayBotInfo;
  if (info.session_start_limit.remaining < 1) {
    const minutes = Math.ceil(info.session_start_limit.reset_after / 60_000);
    const hint = `The limit resets in ${minutes} minutes; Musher retries on its own.`;
    throw new MusherError('NETWORK_REFUSED', 'The bot has used up today’s connections to Discord.', hint);
  }
  return { me, application, info };
}

/** The events that are asked for, by Discord's bits. */
export function intents(library: Library, messageContent: boolean): number {
  const { GatewayIntentBits: Bits } = library;
  return Bits.Guilds | Bits.GuildMessages | Bits.DirectMessages | (messageContent ? Bits.MessageContent : 0);
}

/** Why Musher can't start with Discord, and what to do. */
export function startProblem(error: unknown): MusherError {
  if (error instanceof MusherError) return error;
  if (statusOf(error) === 401) return new MusherError('NETWORK_TOKEN_REFUSED', 'Discord rejected the token.', TOKEN_HINT, { cause: error });
  const isOwn = error instanceof Error && statusOf(error) === null && !('code' in error) && !error.name.startsWith('RateLimitError');
  const what = isOwn ? error.message : `Discord cannot be used now: ${sendFailure(error).message}`;
  return new MusherError('NETWORK_UNREACHABLE', what, 'Musher keeps retrying. If it does not recover, check the server’s connection.', {
    cause: error,
  });
}

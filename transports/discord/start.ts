import type { APIApplication, APIGatewayBotInfo, APIUser, REST } from 'discord.js';
import { sendFailure, statusOf, type Library } from './rest.ts';

/** Who the token belongs to, and where the gateway is; throws with what to do where the bot can't get in. */
export async function whoAmI(library: Library, rest: REST): Promise<{ me: APIUser; application: APIApplication; info: APIGatewayBotInfo }> {
  const { Routes } = library;
  const me = (await rest.get(Routes.user('@me'))) as APIUser;
  const application = (await rest.get(Routes.currentApplication())) as APIApplication;
  const info = (await rest.get(Routes.gatewayBot())) as APIGatewayBotInfo;
  if (info.session_start_limit.remaining < 1) {
    throw new Error(
      `Discord lets the bot in again in ${Math.ceil(info.session_start_limit.reset_after / 60_000)} minutes: it connected too often today.`,
    );
  }
  return { me, application, info };
}

/** The events that are asked for, by Discord's bits. */
export function intents(library: Library, messageContent: boolean): number {
  const { GatewayIntentBits: Bits } = library;
  return Bits.Guilds | Bits.GuildMessages | Bits.DirectMessages | (messageContent ? Bits.MessageContent : 0);
}

/** Why Musher can't start with Discord, and what to do. */
export function startProblem(error: unknown): Error {
  const status = statusOf(error);
  if (status === 401) {
    const text =
      'Discord does not take the token. Reset it in the developer portal (your application → Bot → Reset Token) and set the new one in bot.toml.';
    return new Error(text, { cause: error });
  }
  if (status === null && error instanceof Error && !('code' in error) && !error.name.startsWith('RateLimitError')) return error;
  return new Error(`Discord can not be used now: ${sendFailure(error).message}`, { cause: error });
}

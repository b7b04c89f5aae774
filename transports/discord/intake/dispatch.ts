import type { APIRole, GatewayDispatchPayload, GatewayMessageCreateDispatchData } from 'discord.js';
import type { Channels } from '../channels.ts';
import type { Intake } from './intake.ts';
import type { TakeInteraction } from './interactions.ts';
import type { Reach } from '../reach.ts';
import type { Library } from '../rest.ts';

/** How the bot is called: its id and those of its roles, its names, and its nicknames by server, as they come to be known and change. */
export interface KnownAs {
  readonly id: string;
  ids: string[];
  names: readonly string[];
  readonly nicks: Map<string, string>;
}

export function namesOf(me: { readonly username: string; readonly global_name?: string | null }): string[] {
  return [...new Set([me.username, me.global_name ?? me.username])];
}

export interface DispatchParts {
  readonly library: Library;
  readonly channels: Channels;
  readonly intake: Intake;
  readonly identity: KnownAs;
  readonly interaction: TakeInteraction;
  readonly reach: Reach;
  /** Reads what came before a session that is new. */
  readonly catchUp: () => Promise<void>;
  /** Everything up to this dispatch is with the sink, and what came before its session too. */
  readonly kept: (sequence: number) => void;
}

/** Sorts what comes on the gateway. */
export function dispatcher({
  library,
  channels,
  intake,
  identity,
  interaction,
  reach,
  catchUp,
  kept,
}: DispatchParts): (payload: GatewayDispatchPayload) => void {
  const { GatewayDispatchEvents: Events } = library;
  /**
   * What is not yet with the sink: messages whose channel is still asked for, and what is being read back. A session that
   * were kept before that would be resumed after a crash, and what came before it would never be read again.
   */
  let pending = 0;
  let last = 0;
  const keep = (sequence: number): void => {
    last = sequence;
    if (pending === 0) kept(sequence);
  };
  const settle = (): void => {
    pending -= 1;
    if (pending === 0) kept(last);
  };
  const hold = (work: Promise<void>): void => {
    pending += 1;
    // Unreadable rooms are reported, and must not keep the session from being stored.
    work.then(settle, settle);
  };
  const renamed = (guild: string, nick: string | null | undefined): void => {
    if (nick === undefined || nick === null || nick === '') identity.nicks.delete(guild);
    else identity.nicks.set(guild, nick);
  };
  return (payload) => {
    switch (payload.t) {
      case Events.MessageCreate:
        // An unreadable one must not hold back the session.
        if (!isMessage(payload.d)) return keep(payload.s);
        reach.heard(payload.d.channel_id);
        pending += 1;
        last = payload.s;
        intake.message(payload.d, settle);
        return;
      case Events.InteractionCreate:
        interaction(payload.d);
        return keep(payload.s);
      case Events.GuildCreate:
        if (payload.d.unavailable === true) return;
        identity.ids = [...new Set([...identity.ids, ...rolesOf(payload.d.roles, identity.id)])];
        // Which members it holds depends on the intents.
        renamed(payload.d.id, ('members' in payload.d ? payload.d.members : []).find(({ user }) => user.id === identity.id)?.nick);
        for (const channel of payload.d.channels) {
          channels.learn(channel);
          hold(reach.shown(channel.id, payload.d.id));
        }
        for (const thread of payload.d.threads) {
          channels.learn(thread);
          hold(intake.catchUpThread(thread.id, 'last_message_id' in thread ? thread.last_message_id : null));
        }
        return keep(payload.s);
      case Events.UserUpdate:
        if (payload.d.id === identity.id) identity.names = namesOf(payload.d);
        return keep(payload.s);
      // Discord sends it for the bot itself without a further intent.
      case Events.GuildMemberUpdate:
        if (payload.d.user.id === identity.id) renamed(payload.d.guild_id, payload.d.nick);
        return keep(payload.s);
      case Events.GuildRoleCreate:
      case Events.GuildRoleUpdate:
        identity.ids = [...new Set([...identity.ids, ...rolesOf([payload.d.role], identity.id)])];
        return keep(payload.s);
      // One that is not there for a while is an outage of Discord.
      case Events.GuildDelete:
        if (payload.d.unavailable !== true) reach.guildGone(payload.d.id);
        return;
      case Events.ChannelCreate:
      case Events.ChannelUpdate:
        if ('guild_id' in payload.d && payload.d.guild_id !== undefined) hold(reach.shown(payload.d.id, payload.d.guild_id));
        return;
      case Events.ChannelDelete:
        return reach.roomGone(payload.d.id);
      case Events.ThreadCreate:
      case Events.ThreadUpdate:
        channels.learn(payload.d);
        return;
      case Events.ThreadListSync:
        for (const thread of payload.d.threads) channels.learn(thread);
        return;
      case Events.Ready:
        hold(catchUp());
        return keep(payload.s);
      case Events.Resumed:
        return keep(payload.s);
      default:
    }
  };
}

/** Whether a message really has the fields that are read, which the library's types only promise. */
function isMessage(message: Partial<GatewayMessageCreateDispatchData> | null): boolean {
  const { id, channel_id: channel, content, author } = message ?? {};
  const isId = (text: unknown): boolean => typeof text === 'string' && /^\d+$/.test(text);
  return isId(id) && isId(channel) && typeof content === 'string' && isId(author?.id) && typeof author?.username === 'string';
}

/** In each server the bot has a role of the same name, and people mention the role instead of the bot: `<@&id>`. */
function rolesOf(roles: readonly APIRole[], botId: string): string[] {
  return roles.filter(({ tags }) => tags?.bot_id === botId).map(({ id }) => `&${id}`);
}

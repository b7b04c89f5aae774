import type { Address, Sender } from '../../src/message/address.ts';
import { CHOSEN } from './limits.ts';

export const NAME = 'discord';

/** How an interaction is answered, until its token ends. */
export interface ReplyHandle {
  readonly id: string;
  readonly token: string;
  /** Where an answer goes when the token has ended. */
  readonly channel: string;
  readonly expiresAt: number;
  /** Only the asker sees the answer. */
  readonly ephemeral: boolean;
  /** The asker's id; empty if it is not known. */
  readonly user: string;
}

/** Where a message goes: a channel, a thread among them, or an interaction. */
export type Target = { readonly kind: 'channel'; readonly channel: string } | ({ readonly kind: 'reply' } & ReplyHandle);

/** The reply handle of an interaction that came in at `now`. */
export function replyHandle(id: string, token: string, channel: string, ephemeral: boolean, user: string, now: number): ReplyHandle {
  return { id, token, channel, ephemeral, user, expiresAt: now + CHOSEN.tokenMs };
}

/** The formats of `Address.thread`: `t|<thread>` or `i|<interaction>|<token>|<channel>|<expires>|<e or p>|<asker>`. */
export function threadOfReply(handle: ReplyHandle): string {
  return ['i', handle.id, handle.token, handle.channel, handle.expiresAt, handle.ephemeral ? 'e' : 'p', handle.user].join('|');
}

/** The address of a channel: `thread` is the id of a thread in the room. */
export function addressOf(room: string, thread: string | null): Address {
  return { transport: NAME, room, thread: thread === null ? null : `t|${thread}` };
}

/** Reads an address back. */
export function targetOf(to: Address): Target {
  const [kind, id = '', token = '', channel = '', expiresAt = '', seen = '', user = ''] = (to.thread ?? '').split('|');
  if (kind === 't') return { kind: 'channel', channel: id };
  if (kind === 'i') return { kind: 'reply', id, token, channel, expiresAt: Number(expiresAt), ephemeral: seen === 'e', user };
  return { kind: 'channel', channel: to.room };
}

/** A person by Discord's id, which never changes; the name is for people's eyes. */
export function senderOf(
  user: { readonly id: string; readonly username: string; readonly global_name?: string | null },
  nick?: string | null,
): Sender {
  const names = [nick, user.global_name, user.username];
  return { transport: NAME, id: user.id, name: names.find((name) => typeof name === 'string' && name !== '') ?? user.id };
}

import type { Address } from '../../../src/message/address.ts';
import type { Action, Document } from '../../../src/message/document.ts';
import { plainText } from '../../../src/message/plain.ts';
import type { DrawPicture } from '../../../src/message/picture/picture.ts';
import { drawnImages } from '../../drawn.ts';
import { SendFailure, type MessageRef, type SendKey } from '../../transport.ts';
import { NAME, targetOf, threadOfReply, type ReplyHandle } from '../address.ts';
import { LIMITS } from '../limits.ts';
import { nonceOf, type Posts } from './posts.ts';
import { queues } from './queue.ts';
import { perhapsSeen, rendered, tooLate, type Rendered } from '../render/render.ts';
import type { Replies } from './replies.ts';

/** Keys that are remembered with what they became. */
const MOST_KEYS = 5_000;

export interface Outgoing {
  send(to: Address, body: Document, key: SendKey): Promise<MessageRef[]>;
  edit(ref: MessageRef, body: Document): Promise<void>;
  /** Replaces a message of one part, if it is still there. */
  retire(ref: MessageRef, body: Document): Promise<void>;
  idle(): Promise<void>;
}

/**
 * Messages of a channel, and of an interaction, leave one after the other. What is long becomes several; those of an
 * interaction that everybody may see go to its channel after the first, where a nonce keeps them from showing twice.
 * `typed` gives a document whose commands are as they are typed in a room.
 */
export function outgoing(
  posts: Posts,
  replies: Replies,
  customId: (action: Action) => string,
  typed: (room: string, body: Document) => Document,
  draw?: DrawPicture,
): Outgoing {
  const turns = queues();
  const sent = new Map<SendKey, readonly MessageRef[]>();
  /** What an edited message needs besides itself: the messages of its further parts; what took its place. */
  const parts = new Map<string, string[]>();
  const instead = new Map<string, MessageRef>();

  const channelRef = (room: string, channel: string, id: string): MessageRef => ({
    transport: NAME,
    room,
    id: channel === room ? id : `${channel}/${id}`,
  });
  // What everybody sees has the name that Discord gives it, for people reply to it.
  const replyRef = (room: string, handle: ReplyHandle, id: string): MessageRef => {
    const by = `${threadOfReply(handle)}|${id}`;
    if (handle.ephemeral) return { transport: NAME, room, id: by, unanswerable: true };
    return /^\d+$/.test(id) ? { ...channelRef(room, handle.channel, id), by } : { transport: NAME, room, id: by };
  };

  const post = async (room: string, channel: string, messages: readonly Rendered[], key: SendKey, from = 0): Promise<MessageRef[]> => {
    const refs: MessageRef[] = [];
    try {
      for (const [index, message] of messages.entries()) {
        if (index >= from) refs.push(channelRef(room, channel, await posts.post(channel, message, nonceOf(key, index))));
      }
    } catch (error) {
      // What is there already would be shown again elsewhere.
      if (refs.length > 0 && error instanceof SendFailure && error.threadGone)
        throw new SendFailure('rejected', error.message, { cause: error });
      throw error;
    }
    return refs;
  };
  const reply = async (
    room: string,
    handle: ReplyHandle,
    messages: readonly Rendered[],
    body: Document,
    key: SendKey,
  ): Promise<MessageRef[]> => {
    const [head] = messages;
    if (head === undefined) return [];
    if (!handle.ephemeral && (await replies.isAlone(handle))) {
      const there = await post(room, handle.channel, messages, key);
      await replies.withdraw(handle);
      return there;
    }
    const first = await replies.first(handle, head, key);
    const said = typeof first === 'string' ? [] : [replyRef(room, handle, first.id)];
    const shown = first === 'doubtful' ? [perhapsSeen(head), ...messages.slice(1)] : messages;
    // A channel message may have been sent already if the first answer had nothing to answer.
    if (!handle.ephemeral) {
      const there = said.length === 0 ? shown.with(0, tooLate(shown[0] ?? head, handle.user)) : shown;
      return [...said, ...(await post(room, handle.channel, there, key, said.length))];
    }
    return [...said, ...(await replyFurther(room, handle, shown, body, key, said.length))];
  };
  /** The parts of a private answer, starting at one of them. */
  const replyFurther = async (
    room: string,
    handle: ReplyHandle,
    messages: readonly Rendered[],
    body: Document,
    key: SendKey,
    from: number,
  ): Promise<MessageRef[]> => {
    const refs: MessageRef[] = [];
    for (const [index, message] of messages.entries()) {
      if (index < from) continue;
      const nonce = nonceOf(key, index);
      const elsewhere = (now: Rendered): Promise<MessageRef[]> =>
        post(room, handle.channel, messages.with(index, index === 0 ? tooLate(now, handle.user) : now), key, index);
      const further = await replies.further(handle, message, nonce);
      if (further === 'gone') return [...refs, ...(await elsewhere(message))];
      if (further !== 'doubtful') {
        refs.push(replyRef(room, handle, further.id));
        continue;
      }
      const [head] = messages;
      // All of it under the first answer is an edit of that one, which shows nothing twice.
      if (from > 0 && head !== undefined && (await replies.attach(handle, head, plainText(body, { width: 100 })))) return refs;
      const again = perhapsSeen(message);
      const repeated = await replies.repeated(handle, again, nonce);
      if (repeated === 'gone') return [...refs, ...(await elsewhere(again))];
      refs.push(replyRef(room, handle, repeated.id));
    }
    return refs;
  };
  const editAt = async (ref: MessageRef, message: Rendered): Promise<boolean> => {
    const way = wayOf(ref);
    if (way.startsWith('i|')) {
      const target = targetOf({ transport: NAME, room: ref.room, thread: way });
      const name = way.slice(way.lastIndexOf('|') + 1);
      return target.kind === 'reply' && (await replies.edit(target, name, message));
    }
    const [channel, message_] = channelAndId(ref.room, ref.id);
    await posts.edit(channel, message_, message);
    return true;
  };
  const edit = async (ref: MessageRef, body: Document): Promise<void> => {
    const now = instead.get(ref.id) ?? ref;
    const messages = rendered(typed(now.room, body), customId);
    const [head, ...rest] = messages;
    if (head === undefined) return;
    const channel = channelOf(now);
    if (!(await editAt(now, head))) {
      // Its interaction has ended: it continues as a message of the channel.
      const id = await posts.post(channel, head, nonceOf(`instead:${ref.id}`, 0));
      remember(instead, ref.id, channelRef(now.room, channel, id));
    }
    const ids = [...(parts.get(ref.id) ?? [])];
    for (const [index, message] of rest.entries()) {
      const id = ids[index];
      if (id === undefined) ids.push(await posts.post(channel, message, nonceOf(`part:${ref.id}`, index)));
      else await posts.edit(channel, id, message);
      remember(parts, ref.id, ids);
    }
    for (const id of ids.splice(rest.length)) await posts.remove(channel, id);
    if (parts.has(ref.id)) remember(parts, ref.id, ids);
  };

  return {
    send(to, body, key) {
      const target = targetOf(to);
      const channel = target.channel;
      return turns.run(channel, async () => {
        const before = sent.get(key);
        if (before !== undefined) return [...before];
        const shown = typed(to.room, body);
        const messages = rendered(shown, customId, await drawnImages(shown, draw, LIMITS.fileBytes));
        const refs =
          target.kind === 'reply' ? await reply(to.room, target, messages, shown, key) : await post(to.room, channel, messages, key);
        remember(sent, key, refs);
        return refs;
      });
    },
    edit: (ref, body) => turns.run(channelOf(ref), () => edit(ref, body)),
    retire: (ref, body) =>
      turns.run(channelOf(ref), async () => {
        const [message, ...more] = rendered(typed(ref.room, body), customId);
        if (message === undefined || more.length > 0) return;
        try {
          // An answer whose interaction has ended can't be changed.
          await editAt(ref, message);
        } catch (error) {
          if (!(error instanceof SendFailure) || error.outcome !== 'rejected') throw error;
        }
      }),
    idle: () => turns.idle(),
  };
}

function channelOf(ref: MessageRef): string {
  const way = wayOf(ref);
  if (way.startsWith('i|')) return targetOf({ transport: NAME, room: ref.room, thread: way }).channel;
  return channelAndId(ref.room, ref.id)[0];
}

/** An answer to an interaction is changed by way of that, anything else in its channel. */
function wayOf({ id, by = id }: MessageRef): string {
  return by;
}

function channelAndId(room: string, id: string): [channel: string, id: string] {
  const [first = '', second] = id.split('/');
  if (first === '' || second === '') throw new SendFailure('rejected', `No message has the name ${id}.`);
  return second === undefined ? [room, first] : [first, second];
}

function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.set(key, value);
  const oldest = map.size > MOST_KEYS ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}

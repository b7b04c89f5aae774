import type { IncomingMessage } from '../../src/message/address.ts';
import type { Json } from './json.ts';
import { objectAt, textAt } from './json.ts';
import { bareName } from '../people.ts';
import { mediaIn } from './intake/media.ts';
import { withMentions, withPillsByName } from './intake/pills.ts';
import type { ReactionCommands } from './reaction-commands.ts';

export interface Reader {
  /** The bot's own full id. */
  readonly me: string;
  readonly room: string;
  /** Only one person and the bot are in the room. */
  readonly direct: boolean;
  /** The display name of a member, if known. */
  readonly nameOf: (id: string) => string | null;
  readonly reactionCommands: Pick<ReactionCommands, 'find'>;
}

/**
 * The message in an event, or null if there is none for Musher: its own, a notice (what bots say), an edit, a
 * reaction without a meaning, or anything malformed.
 */
export function readEvent(event: Json, reader: Reader): IncomingMessage | null {
  const id = textAt(event, 'event_id');
  const from = textAt(event, 'sender');
  // Ids of events begin with `$`: an id of another form could be taken for one that Musher gives itself.
  if (id?.startsWith('$') !== true || from === null || from === reader.me || 'state_key' in event) return null;
  const sender = { transport: 'matrix', id: from, name: reader.nameOf(from) ?? from };
  const relation = objectAt(event['content'], 'm.relates_to');
  if (event['type'] === 'm.reaction') {
    const target = textAt(relation, 'event_id');
    const key = textAt(relation, 'key');
    if (textAt(relation, 'rel_type') !== 'm.annotation' || target === null || key === null) return null;
    const reactable = reader.reactionCommands.find(target, key);
    if (reactable === null) return null;
    const at = { transport: 'matrix', room: reader.room, thread: reactable.thread };
    return { id, at, sender, ingress: 'reaction', direct: reader.direct, text: reactable.command };
  }
  if (event['type'] !== 'm.room.message') return null;
  const content = objectAt(event, 'content');
  const media = mediaIn(content);
  const body = media?.words ?? textAt(content, 'body');
  if ((media === null && textAt(content, 'msgtype') !== 'm.text') || body === null) return null;
  if (textAt(relation, 'rel_type') === 'm.replace' || 'm.new_content' in content) return null;
  const thread = textAt(relation, 'rel_type') === 'm.thread' ? textAt(relation, 'event_id') : null;
  const replyTo = textAt(objectAt(relation, 'm.in_reply_to'), 'event_id');
  const said = replyTo === null ? body : withoutQuote(body);
  const called = withMentions(said, body === '' ? null : textAt(content, 'formatted_body'));
  const text = withPillsByName(called, (who) => (who === reader.me ? null : bareName(reader.nameOf(who) ?? who)));
  return {
    id,
    at: { transport: 'matrix', room: reader.room, thread },
    sender,
    ingress: reader.direct ? 'direct' : text.startsWith(`<@${reader.me}>`) ? 'mention' : 'message',
    text,
    // Clients without threads are shown a message of one as a reply, which nobody wrote as such.
    ...(replyTo === null || (thread !== null && relation['is_falling_back'] === true) ? {} : { replyTo }),
    ...(thread === null ? {} : { threadRoot: thread }),
    ...(media === null ? {} : { files: [media.file] }),
  };
}

/** Clients before 2024 repeat the message that a reply answers as lines beginning with `> `, and an empty line. */
function withoutQuote(body: string): string {
  const lines = body.split('\n');
  const first = lines.findIndex((line) => !line.startsWith('>'));
  if (first <= 0) return body;
  return lines.slice(lines[first] === '' ? first + 1 : first).join('\n');
}

import { BOUNDS } from '../../src/bounds.ts';
import type { IncomingMessage } from '../../src/message/address.ts';
import type { Json } from './json.ts';
import { objectAt, textAt } from './json.ts';
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
  const body = textAt(content, 'body');
  if (textAt(content, 'msgtype') !== 'm.text' || body === null) return null;
  if (textAt(relation, 'rel_type') === 'm.replace' || 'm.new_content' in content) return null;
  const thread = textAt(relation, 'rel_type') === 'm.thread' ? textAt(relation, 'event_id') : null;
  const replyTo = textAt(objectAt(relation, 'm.in_reply_to'), 'event_id');
  const said = replyTo === null ? body : withoutQuote(body);
  const text = withMention(said, textAt(content, 'formatted_body'), reader.me);
  return {
    id,
    at: { transport: 'matrix', room: reader.room, thread },
    sender,
    ingress: reader.direct ? 'direct' : text.startsWith(`<@${reader.me}>`) ? 'mention' : 'message',
    text,
    // Clients without threads are shown a message of one as a reply, which nobody wrote as such.
    ...(replyTo === null || (thread !== null && relation['is_falling_back'] === true) ? {} : { replyTo }),
    ...(thread === null ? {} : { threadRoot: thread }),
  };
}

/** Clients before 2024 repeat the message that a reply answers as lines beginning with `> `, and an empty line. */
function withoutQuote(body: string): string {
  const lines = body.split('\n');
  const first = lines.findIndex((line) => !line.startsWith('>'));
  if (first <= 0) return body;
  return lines.slice(lines[first] === '' ? first + 1 : first).join('\n');
}

/**
 * A mention pill at the start, whatever name it shows, becomes `<@id>`. A pill further on is talk about Musher, and
 * `m.mentions` alone says nothing: clients put the author of a message there when it is replied to.
 */
function withMention(body: string, html: string | null, me: string): string {
  const pill = html === null ? null : firstPill(html);
  if (pill === null || decoded(pill.id) !== me) return body;
  const trimmed = body.trimStart();
  const shown = unescaped(pill.shown).trim();
  for (const name of [shown, me]) {
    if (name !== '' && trimmed.startsWith(name)) return `<@${me}>${trimmed.slice(name.length)}`;
  }
  return body;
}

/** The mention that a formatted text begins with. Step by step: one expression for all of it can take minutes for a text of spaces. */
function firstPill(html: string): { readonly id: string; readonly shown: string } | null {
  const quoteEnd = html.startsWith('<mx-reply>') ? html.indexOf(QUOTE_END) : -1;
  const said = (quoteEnd < 0 ? html : html.slice(quoteEnd + QUOTE_END.length)).trimStart();
  const text = (/^<p>/i.test(said) ? said.slice('<p>'.length).trimStart() : said).slice(0, BOUNDS.pill);
  const tagEnd = text.indexOf('>');
  const tag = text.slice(0, tagEnd);
  if (tagEnd < 0 || !/^<a\s/i.test(tag)) return null;
  const id = /\shref=["']https:\/\/matrix\.to\/#\/([^"'?/]+)/i.exec(tag)?.[1];
  const shown = /^[^<]*(?=<\/a>)/i.exec(text.slice(tagEnd + 1))?.[0];
  return id === undefined || shown === undefined ? null : { id, shown };
}

const QUOTE_END = '</mx-reply>';

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['#39', "'"],
  ['#x27', "'"],
  ['nbsp', ' '],
]);

function unescaped(text: string): string {
  return text.replaceAll(/&([a-z]+|#39|#x27);/gi, (whole, name: string) => ENTITIES.get(name.toLowerCase()) ?? whole);
}

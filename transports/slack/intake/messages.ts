import type { IncomingMessage, Sender } from '../../../src/message/address.ts';
import { filesIn } from '../files.ts';
import { encodeHandle } from '../handle.ts';
import { withNames } from '../../people.ts';
import { escapeText, typedText } from '../render/mrkdwn.ts';
import { asPayload, objectOf, textOf, type Payload } from './payload.ts';
import type { Workspace } from '../workspace.ts';

/** Messages of people have none of the other subtypes: those are edits, deletions, notices and other bots. */
const WRITTEN = new Set([null, 'file_share', 'thread_broadcast']);

/**
 * A message that a person wrote, from an event or from a channel's history; null for everything else. The id is made of
 * channel and time stamp, so that an event, its repetition and the history give the same one.
 */
export function writtenMessage(
  channel: string,
  message: Payload,
  workspace: Workspace,
  nameOf: (person: string) => string | null,
): IncomingMessage | null {
  const ts = textOf(message, 'ts');
  const user = textOf(message, 'user');
  if (ts === null || user === null || user === workspace.botUser || user === 'USLACKBOT') return null;
  if (!WRITTEN.has(textOf(message, 'subtype')) || message['hidden'] === true) return null;
  if (textOf(message, 'bot_id') !== null || Object.keys(objectOf(message, 'bot_profile')).length > 0) return null;
  // What an edited message said before is unknown, and an edit is never a command.
  if (Object.keys(asPayload(message['edited'])).length > 0) return null;
  const files = filesIn(message);
  const written = textOf(message, 'text') ?? (files.length === 0 ? null : '');
  if (written === null) return null;
  const mentioned = (mention: string): string | null => {
    const [id = ''] = mention.split('|');
    const name = id === workspace.botUser ? null : nameOf(`${workspace.team}:${id}`);
    return name === null ? null : escapeText(name);
  };
  const thread = textOf(message, 'thread_ts');
  const team = textOf(message, 'user_team') ?? textOf(message, 'source_team') ?? textOf(message, 'team') ?? workspace.team;
  return {
    id: `ev:${channel}:${ts}`,
    at: { transport: 'slack', room: channel, thread: thread === null ? null : encodeHandle({ kind: 'thread', ts: thread }) },
    sender: senderOf(team, user, nameOf(`${team}:${user}`) ?? user),
    ingress: ingressOf(channel, textOf(message, 'channel_type'), written, workspace),
    text: typedText(withNames(written, mentioned)),
    // The first message of a thread names itself.
    ...(thread === null || thread === ts ? {} : { threadRoot: thread }),
    ...(files.length === 0 ? {} : { files }),
  };
}

/** Conversations of two have ids of their own kind. */
export function isDirect(channel: string): boolean {
  return channel.startsWith('D');
}

/** Ids of people are unique within their workspace alone, and shared channels mix workspaces: the two make the stable id. */
export function senderOf(team: string, user: string, name: string): Sender {
  return { transport: 'slack', id: `${team}:${user}`, name };
}

/**
 * A mention counts where the text begins with it. Slack sends such a message twice, as a message and as a mention, in
 * any order: the text decides, so that both say the same.
 */
function ingressOf(channel: string, type: string | null, written: string, workspace: Workspace): IncomingMessage['ingress'] {
  if (type === 'im' || isDirect(channel)) return 'direct';
  return new RegExp(`^\\s*<@${workspace.botUser}[|>]`).test(written) ? 'mention' : 'message';
}

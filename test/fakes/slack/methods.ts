import type { FakeMessage, Json, Rooms } from './rooms.ts';
import type { Files } from './files.ts';
import { refusalOf } from './refusal.ts';
import { METHOD_SCOPES } from './scopes.ts';

export interface MethodParts {
  readonly rooms: Rooms;
  /** Address of a new socket. */
  readonly socketUrl: () => string;
  readonly views: Json[];
  readonly triggers: Map<string, number>;
  /** What the bot token may do. */
  readonly scopes: readonly string[];
  /** What the bot is called. */
  readonly botName: string;
  readonly files: Files;
  /** Where a file's bytes are sent to. */
  readonly uploadUrl: (id: string) => string;
}

export const BOT_TOKEN = 'xoxb-fake';
export const APP_TOKEN = 'xapp-fake';
const TRIGGER_MS = 3_000;

/** Answers one call of the Web API as Slack does. */
export function callMethod(method: string, token: string, args: URLSearchParams, parts: MethodParts): Json {
  const refused = (error: string): Json => ({ ok: false, error });
  if (token !== (method === 'apps.connections.open' ? APP_TOKEN : BOT_TOKEN)) return refused(token === '' ? 'not_authed' : 'invalid_auth');
  const { rooms } = parts;
  const get = (name: string): string => args.get(name) ?? '';
  const json = (name: string): unknown => (args.has(name) ? JSON.parse(get(name)) : null);
  const channel = get('channel');
  const needed = METHOD_SCOPES[method]?.(channel) ?? [];
  if (needed.length > 0 && !needed.some((scope) => parts.scopes.includes(scope)))
    return { ok: false, error: 'missing_scope', needed: needed.join(','), provided: parts.scopes.join(',') };
  const blocks = (json('blocks') ?? []) as Json[];
  const isIn = rooms.members.has(channel) || channel.startsWith('D');
  switch (method) {
    case 'auth.test':
      return { ok: true, team_id: 'T1', team: 'Team', user_id: 'UBOT', user: 'musher', bot_id: 'B1', url: 'https://team.slack.com/' };
    case 'bots.info':
      return { ok: true, bot: { id: 'B1', app_id: 'A1', name: 'musher' } };
    case 'users.info':
      if (get('user') === 'UBOT')
        return { ok: true, user: { id: 'UBOT', name: 'musher', profile: { display_name: '', real_name: parts.botName } } };
      return { ok: true, user: { id: get('user'), name: get('user').toLowerCase(), profile: { display_name: `Name of ${get('user')}` } } };
    case 'conversations.open':
      if (!/^U[A-Z0-9]+$/.test(get('users')) || rooms.unreachable.has(get('users'))) return refused('user_not_found');
      return { ok: true, channel: { id: `D${get('users').slice(1)}` } };
    case 'apps.connections.open':
      return { ok: true, url: parts.socketUrl() };
    case 'chat.postMessage':
    case 'chat.postEphemeral': {
      const direct = channel.startsWith('U');
      const thread = args.get('thread_ts');
      if (thread !== null && rooms.isGone(channel, thread)) return refused('thread_not_found');
      if (!isIn && !direct) return refused(/^[CG]/.test(channel) ? 'not_in_channel' : 'channel_not_found');
      const refusal = refusalOf(get('text'), blocks) ?? fileRefusal(blocks, parts.files);
      if (refusal !== null) return refused(refusal);
      const metadata = json('metadata') as Json | null;
      if (metadata !== null && (typeof metadata['event_type'] !== 'string' || typeof metadata['event_payload'] !== 'object'))
        return refused('invalid_metadata_format');
      const message = rooms.add({
        channel: direct ? `D${channel.slice(1)}` : channel,
        user: 'UBOT',
        bot: true,
        text: get('text'),
        blocks,
        thread,
        broadcast: args.get('reply_broadcast') === 'true',
        onlyFor: method === 'chat.postEphemeral' ? get('user') : null,
        metadata,
        unfurled: args.get('unfurl_links') !== 'false' || args.get('unfurl_media') !== 'false',
      });
      if (args.get('link_names') === 'true' || args.get('parse') === 'full') rooms.notified.push('link_names');
      return method === 'chat.postEphemeral'
        ? { ok: true, message_ts: message.ts }
        : { ok: true, channel: message.channel, ts: message.ts };
    }
    case 'chat.update':
    case 'chat.delete': {
      const message = rooms.find(channel, get('ts'));
      if (message === undefined) return refused('message_not_found');
      if (!message.bot) return refused('cant_update_message');
      if (method === 'chat.delete') rooms.remove(message);
      else {
        const refusal = refusalOf(get('text'), blocks) ?? fileRefusal(blocks, parts.files);
        if (refusal !== null) return refused(refusal);
        rooms.change(message, get('text'), blocks);
      }
      return { ok: true, channel, ts: message.ts };
    }
    case 'conversations.history':
    case 'conversations.replies': {
      if (!isIn) return refused('not_in_channel');
      const isHistory = method === 'conversations.history';
      const belongs = (one: FakeMessage): boolean =>
        isHistory ? one.thread === null || one.broadcast : one.thread === get('ts') || one.ts === get('ts');
      if (!isHistory && rooms.isGone(channel, get('ts'))) return refused('thread_not_found');
      const found = rooms.all.filter(
        (one) => one.channel === channel && one.onlyFor === null && belongs(one) && Number(one.ts) > Number(get('oldest') || '0'),
      );
      const ordered = isHistory ? found.toReversed() : found;
      const from = Number(get('cursor') || '0');
      const page = ordered.slice(from, from + Number(get('limit') || '100'));
      const next = from + page.length < ordered.length ? String(from + page.length) : '';
      const messages = page.map((one) =>
        rooms.toJson(one, args.get('include_all_metadata') === 'true' && parts.scopes.includes('metadata.message:read')),
      );
      return { ok: true, messages, has_more: next !== '', response_metadata: { next_cursor: next } };
    }
    case 'files.getUploadURLExternal': {
      if (!parts.files.allowed) return refused('missing_scope');
      if (get('filename') === '' || !(Number(get('length')) > 0) || get('alt_txt').length > 1_000) return refused('invalid_arguments');
      const id = parts.files.begin(get('alt_txt'));
      return { ok: true, file_id: id, upload_url: parts.uploadUrl(id) };
    }
    case 'files.completeUploadExternal': {
      const ids = (json('files') as { readonly id: string }[]).map(({ id }) => id);
      return ids.every((id) => parts.files.complete(id)) ? { ok: true, files: ids.map((id) => ({ id })) } : refused('file_not_found');
    }
    case 'conversations.info':
      return isIn ? { ok: true, channel: { id: channel, is_member: true } } : refused('channel_not_found');
    case 'reactions.add':
    case 'reactions.remove': {
      const message = rooms.find(channel, get('timestamp'));
      if (message === undefined) return refused('message_not_found');
      const has = message.reactions.has(get('name'));
      if (has === (method === 'reactions.add')) return refused(has ? 'already_reacted' : 'no_reaction');
      if (has) message.reactions.delete(get('name'));
      else message.reactions.add(get('name'));
      return { ok: true };
    }
    case 'views.open': {
      const given = parts.triggers.get(get('trigger_id'));
      if (given === undefined || Date.now() - given > TRIGGER_MS) return refused('expired_trigger_id');
      const refusal = viewRefusal(json('view') as Json);
      if (refusal !== null) return refused(refusal);
      const view = { ...(json('view') as Json), id: `V${parts.views.length + 1}` };
      parts.views.push(view);
      return { ok: true, view };
    }
    default:
      return refused('unknown_method');
  }
}

/** What Slack does not take of a form: too long a title or a button's text, or fields without a name of their own. */
function viewRefusal(view: Json): string | null {
  const said = (value: unknown): string => (typeof value === 'string' ? value : '');
  const text = (name: string): string => said((view[name] as Json | undefined)?.['text']);
  const blocks = (view['blocks'] ?? []) as Json[];
  const names = blocks.map((block) => block['block_id']);
  const tooLong = ['title', 'submit', 'close'].some((name) => text(name).length > 24) || said(view['private_metadata']).length > 3_000;
  const isWrong = tooLong || text('title') === '' || blocks.length === 0 || new Set(names).size < names.length;
  return isWrong ? 'invalid_arguments' : null;
}

/** A file that is not there yet, or never was, makes Slack refuse the whole message. */
export function fileRefusal(blocks: readonly Json[], files: Files): string | null {
  const ids = blocks.filter((block) => block['type'] === 'image').map((block) => (block['slack_file'] as { readonly id: string }).id);
  return ids.every((id) => files.shows(id)) ? null : 'invalid_blocks';
}

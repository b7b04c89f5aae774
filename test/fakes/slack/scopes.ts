/**
 * What Slack's reference says that each method and event needs (docs.slack.dev/reference/methods, /reference/events): one of
 * the scopes of each row of a list. A method that is not here is not known to the fake.
 */
const HISTORY: readonly string[] = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];

/** The scopes of the bot token of which a method wants one, by what it is called on; none: any token will do. */
export const METHOD_SCOPES: Readonly<Record<string, (channel: string) => readonly string[]>> = {
  'apps.connections.open': () => [],
  'auth.test': () => [],
  'bots.info': () => ['users:read'],
  'chat.delete': () => ['chat:write'],
  'chat.postEphemeral': () => ['chat:write'],
  'chat.postMessage': () => ['chat:write'],
  'chat.update': () => ['chat:write'],
  'conversations.history': historyOf,
  'conversations.info': () => ['channels:read'],
  'conversations.open': () => ['im:write'],
  'conversations.replies': historyOf,
  'files.info': () => ['files:read'],
  'files.completeUploadExternal': () => ['files:write'],
  'files.getUploadURLExternal': () => ['files:write'],
  'reactions.add': () => ['reactions:write'],
  'reactions.remove': () => ['reactions:write'],
  'users.info': () => ['users:read'],
  'views.open': () => [],
};

export const EVENT_SCOPES: Readonly<Record<string, string>> = {
  app_mention: 'app_mentions:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  'message.mpim': 'mpim:history',
};

/** What is needed without a method or an event that asks for it. */
export const FURTHER_SCOPES: Readonly<Record<string, string>> = {
  commands: 'slash commands in the manifest',
  // `include_all_metadata`: "read message metadata in channels that your Slack app has been added to".
  'metadata.message:read': 'reading back the mark of a message',
};

/** The kind of a conversation by its id: private channels and groups of people begin with G, or nowadays with C too. */
function historyOf(channel: string): readonly string[] {
  if (channel.startsWith('D')) return ['im:history'];
  return channel.startsWith('G') ? ['groups:history', 'mpim:history'] : HISTORY.slice(0, 2);
}

/** The name of the subscription by which an event comes. */
export function subscriptionOf(event: Readonly<Record<string, unknown>>): string {
  const kinds: Readonly<Record<string, string>> = { channel: 'channels', group: 'groups', im: 'im', mpim: 'mpim' };
  const { type, channel_type: kind } = event;
  return type === 'message' ? `message.${kinds[typeof kind === 'string' ? kind : 'channel']}` : String(type);
}

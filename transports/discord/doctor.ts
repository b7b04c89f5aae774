import { MusherError } from '../../src/errors.ts';
import { failure, good, warning, type Finding } from '../../src/finding.ts';
import type { DiscordSection } from './section.ts';
import { TOKEN_HINT } from './rest.ts';

const DISCORD_API = 'https://discord.com/api';
/** Flags of an application: the message content intent, of a bot in many servers and in few. */
const MESSAGE_CONTENT = (1 << 18) | (1 << 19);

/** Whose token it is, whether the bot may read messages, and whether it sees its channels. */
export async function examine(
  { token, api_url: apiUrl }: DiscordSection,
  rooms: readonly string[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const get = async (path: string): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> => {
    const response = await fetch(`${apiUrl ?? DISCORD_API}/v10${path}`, { headers: { Authorization: `Bot ${token}` }, signal });
    const json: unknown = await response.json().catch(() => null);
    return { status: response.status, body: typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {} };
  };
  const me = await get('/users/@me');
  if (me.status === 401) throw new MusherError('NETWORK_TOKEN_REFUSED', 'Discord rejected the token.', TOKEN_HINT);
  if (me.status !== 200) return [warning('discord', `answered with HTTP ${me.status}`, 'Try again later.')];
  const { flags } = (await get('/applications/@me')).body;
  const mayRead = typeof flags !== 'number' || (flags & MESSAGE_CONTENT) !== 0;
  const seen = await Promise.all(
    rooms.map(async (room) => ({ room, status: (await get(`/channels/${encodeURIComponent(room)}`)).status })),
  );
  return [
    good('discord', `signed in as ${String(me.body['username'])}`),
    ...(mayRead
      ? []
      : [
          failure(
            'discord',
            'the bot is not allowed to read messages',
            'Turn on “Message Content Intent” in the developer portal (your application → Bot → Privileged Gateway Intents).',
          ),
        ]),
    ...seen
      .filter(({ status }) => status !== 200)
      .map(({ room, status }) =>
        warning(
          'discord',
          `the channel ${room} cannot be seen (HTTP ${status})`,
          'Invite the bot to the server and give it access to the channel, or fix the id in bot.toml.',
        ),
      ),
  ];
}

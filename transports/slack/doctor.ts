import { createServer } from 'node:net';
import { failure, good, warning, type Finding } from '../../src/finding.ts';
import { startFailure } from './failure.ts';
import { SCOPES } from './manifest.ts';
import type { SlackSection } from './section.ts';

const SLACK_API = 'https://slack.com/api/';

/** One answer of the Web API. */
interface Answer {
  readonly ok: boolean;
  readonly error: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** What the token may do, as Slack says with each answer. */
  readonly scopes: readonly string[];
}

/** Whose tokens these are and what they may do, whether the app is in its channels, and whether requests can be taken. */
export async function examine(section: SlackSection, rooms: readonly string[], signal: AbortSignal): Promise<Finding[]> {
  const call = (token: string, method: string, args: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    ask(section.api_url ?? SLACK_API, token, method, args, signal);
  const me = await call(section.bot_token, 'auth.test');
  if (!me.ok) throw refused('Slack refused the connection', me.error);
  const missing = SCOPES.filter((scope) => !me.scopes.includes(scope));
  const fix = 'Update the app with the output of `musher slack-manifest`, then reinstall it.';
  const lacks = me.scopes.length > 0 && missing.length > 0 ? [failure('slack', `the bot token lacks ${missing.join(', ')}`, fix)] : [];
  return [
    good('slack', `signed in as ${String(me.fields['user'])} in ${String(me.fields['team'])}`),
    ...lacks,
    ...(section.mode === 'socket' ? await socketMode(section, call) : await http(section)),
    ...(await Promise.all(rooms.map((room) => channel(section, room, call)))).flat(),
  ];
}

type Call = (token: string, method: string, args?: Readonly<Record<string, string>>) => Promise<Answer>;

async function socketMode({ app_token: appToken }: SlackSection, call: Call): Promise<Finding[]> {
  const answer = await call(appToken ?? '', 'apps.connections.open');
  if (answer.ok) return [good('slack', 'Socket Mode is on')];
  const { message, hint } = refused('Socket Mode does not connect', answer.error, 'app');
  return [failure('slack', message.replace(/\.$/, ''), hint)];
}

async function http({ signing_secret: signingSecret, port }: SlackSection): Promise<Finding[]> {
  const secret =
    (signingSecret ?? '').trim() === '' ? [failure('slack', 'the signing secret is empty', 'Copy it from "Basic Information".')] : [];
  const problem = await portProblem(port);
  const where = `127.0.0.1:${port}`;
  return [
    ...secret,
    problem === null
      ? good('slack', `port free for requests: ${where}`)
      : failure(
          'slack',
          `${where} cannot be opened: ${problem}`,
          'Stop the program that uses the port, or choose another one under [slack] port.',
        ),
  ];
}

/** Why nothing can listen there; null: it is free. */
function portProblem(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(null)));
  });
}

/** Read as Musher reads it after an absence: that needs no scope more. */
async function channel({ bot_token: botToken }: SlackSection, room: string, call: Call): Promise<Finding[]> {
  const answer = await call(botToken, 'conversations.history', { channel: room, limit: '1' });
  if (answer.ok) return [];
  const { hint } = refused('', answer.error);
  return [warning('slack', `the channel ${room} cannot be read: ${answer.error}`, hint)];
}

function refused(doing: string, error: string, token: 'bot' | 'app' = 'bot'): ReturnType<typeof startFailure> {
  return startFailure(doing, Object.assign(new Error(error), { data: { error } }), token);
}

async function ask(
  api: string,
  token: string,
  method: string,
  args: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(new URL(method, api), {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: new URLSearchParams(args),
    signal,
  });
  const json: unknown = await response.json().catch(() => null);
  const fields = typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  const error = typeof fields['error'] === 'string' ? fields['error'] : `HTTP ${response.status}`;
  const scopes = (response.headers.get('x-oauth-scopes') ?? '').split(',').map((scope) => scope.trim());
  return { ok: fields['ok'] === true, error, fields, scopes: scopes.filter((scope) => scope !== '') };
}

import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Address, IncomingMessage } from '../../../src/message/address.ts';
import type { CommandCatalogue } from '../../../transports/command-catalogue.ts';
import type { SlackOptions } from '../../../transports/slack/options.ts';
import { slackTransport } from '../../../transports/slack/slack.ts';
import { APP_TOKEN, BOT_TOKEN } from '../../fakes/slack/methods.ts';
import { FakeSlack } from '../../fakes/slack/slack.ts';

export const SECRET = 'the signing secret';
export const C1: Address = { transport: 'slack', room: 'C1', thread: null };
export const never = new AbortController().signal;

export const CATALOGUE: CommandCatalogue = {
  complete: () => [],
  commands: [
    { words: ['status'], summary: 'Shows where things stand.', options: [] },
    { words: ['timer', 'list'], summary: 'Shows what waits.', options: [] },
    {
      words: ['create'],
      summary: 'Puts a new item into the backlog.',
      options: [option('type', { type: 'choice', choices: ['story', 'bug', 'spike', 'refactor'] }), option('title', { rest: true })],
      form: { title: 'New item', submit: 'Create', aliases: [['add']], below: { label: 'Description', hint: 'What it is about.' } },
    },
  ],
};

function option(
  name: string,
  more: Partial<CommandCatalogue['commands'][number]['options'][number]>,
): CommandCatalogue['commands'][number]['options'][number] {
  const none = { choices: [], min: null, max: null, flag: null, several: false, rest: false, keyword: null, completes: false };
  return { name, description: name, type: 'string', required: true, ...none, ...more };
}

export interface Opened {
  readonly slack: FakeSlack;
  readonly transport: ReturnType<typeof slackTransport>;
  readonly received: IncomingMessage[];
  readonly errors: unknown[];
  readonly state: Map<string, string>;
  /** What the sink does instead of taking; null: it takes. */
  readonly sink: { fails: Error | null };
}

/** A fake of Slack and a transport for it, not started; both end with the test. */
export async function prepare(
  more: Partial<SlackOptions> = {},
  shared: { slack?: FakeSlack; state?: Map<string, string> } = {},
): Promise<Opened> {
  const slack = shared.slack ?? new FakeSlack();
  if (shared.slack === undefined) await slack.start();
  const errors: unknown[] = [];
  const state = shared.state ?? new Map<string, string>();
  const transport = slackTransport({
    botToken: BOT_TOKEN,
    intake: { kind: 'socket', appToken: APP_TOKEN },
    appId: null,
    command: '/musher',
    catalogue: CATALOGUE,
    rooms: () => ['C1'],
    inSharedCommit: (run) => Promise.resolve(run()),
    state: { get: (key) => state.get(key) ?? null, set: (key, value) => void state.set(key, value) },
    clock: systemClock(),
    report: (error) => errors.push(error),
    apiUrl: slack.apiUrl,
    responseBase: slack.responseBase,
    ...more,
  });
  onTestFinished(async () => {
    await transport.stop(never);
    await slack.close();
  });
  return { slack, transport, received: [], errors, state, sink: { fails: null } };
}

/** The same, started. */
export async function open(...args: Parameters<typeof prepare>): Promise<Opened> {
  const opened = await prepare(...args);
  await start(opened);
  return opened;
}

export async function start({ transport, received, sink, slack }: Opened): Promise<void> {
  await transport.start((message) => {
    if (sink.fails !== null) throw sink.fails;
    received.push(message);
    return 'accepted';
  });
  const port = transport.port();
  if (port !== null) slack.http = { url: `http://127.0.0.1:${port}/slack/events`, secret: SECRET };
}

export const OVER_HTTP: Partial<SlackOptions> = {
  intake: { kind: 'http', host: '127.0.0.1', port: 0, path: '/slack/events', signingSecret: SECRET },
};

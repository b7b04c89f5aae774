import { PassThrough } from 'node:stream';
import { COMMANDS } from '../../commands/index.ts';
import { catalogueOf } from '../../src/app/command-catalogue.ts';
import { commandText } from '../../src/bot/loop/address.ts';
import { systemClock } from '../../src/clock.ts';
import type { Address, IncomingMessage } from '../../src/message/address.ts';
import { command, doc, list } from '../../src/message/build.ts';
import { consoleTransport } from '../../transports/console/console.ts';
import { TERMINAL_ADDRESS } from '../../transports/console/place.ts';
import { matrixTransport } from '../../transports/matrix/matrix.ts';
import type { Transport } from '../../transports/transport.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { memoryState as matrixState } from '../fakes/matrix/memory-state.ts';
import { Screen } from '../fakes/screen.ts';
import { openDiscord } from '../transports/discord/fixture.ts';
import { open as openSlack } from '../transports/slack/workspace.ts';
import { eventually } from '../eventually.ts';

export const CATALOGUE = catalogueOf(COMMANDS, () => []);

/** A conversation of a network in which commands are shown, and typed by a person. */
export interface Place {
  readonly transport: Transport;
  readonly received: readonly IncomingMessage[];
  readonly at: Address;
  /** All literal text that Musher's messages show there, as a person reads it. */
  readonly shown: () => string[];
  /** A person types exactly this. */
  readonly type: (text: string) => Promise<unknown>;
  readonly close: () => Promise<unknown>;
  /** The commands for whose arguments the place asked with a form instead of an error, oldest first. */
  readonly forms?: () => readonly string[];
}

/** The commands as the place shows them, in order. */
export async function shownAt({ transport, at, shown }: Place, commands: readonly string[]): Promise<string[]> {
  const before = shown().length;
  await transport.send(at, doc(list(commands.map((one) => command(one)))), 'tour', { again: false });
  await eventually(() => {
    if (shown().length - before < commands.length) throw new Error(`${shown().length - before} of ${commands.length} are shown`);
  });
  return shown().slice(before);
}

/** What Musher understands of a text that is typed in the place. Null: that it was not meant. */
export async function understood({ transport, received, type, forms = () => [] }: Place, text: string): Promise<string | null> {
  const before = received.length;
  const asked = forms().length;
  await type(text);
  await eventually(() => {
    if (received.length === before && forms().length === asked) throw new Error(`nothing has come of: ${text}`);
  });
  const form = forms()[asked];
  if (form !== undefined) return form;
  const message = received[before];
  if (message === undefined) return null;
  const { names = [], ids = [] } = transport.identity() ?? {};
  const addressed = commandText(message.text, { ingress: message.ingress, botNames: names, botIds: ids, prefix: '!' });
  return addressed.addressed ? addressed.command : null;
}

const withoutEntities = (html: string): string =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
const between = (text: string, pattern: RegExp): string[] => Array.from(text.matchAll(pattern), ([, inside = '']) => inside);

async function matrixPlace(where: 'room' | 'thread' | 'direct'): Promise<Place> {
  const server = new FakeHomeserver();
  await server.listen();
  server.createRoom('!room:example.org');
  const received: IncomingMessage[] = [];
  const transport = matrixTransport({
    homeserver: server.url,
    accessToken: server.accessToken,
    clock: systemClock(),
    state: matrixState(new Map()),
    rooms: ['!room:example.org'],
    inviters: ['@ada:example.org'],
    direct: true,
    cryptoDir: null,
    report: () => {},
  });
  await transport.start((message) => {
    received.push(message);
    return 'accepted';
  });
  const room = where === 'direct' ? '!direct:example.org' : '!room:example.org';
  if (where === 'direct') {
    server.invite(room, '@ada:example.org', { direct: true });
    await eventually(() => {
      if (server.rooms.get(room)?.joined !== true) throw new Error('not in the direct room');
    });
  }
  const root = where === 'thread' ? server.say(room, 'look at this') : null;
  const relation = root === null ? {} : { 'm.relates_to': { rel_type: 'm.thread', event_id: root } };
  await eventually(() => {
    if (root !== null && received.length === 0) throw new Error('the root has not come');
  });
  return {
    transport,
    received,
    at: { transport: 'matrix', room, thread: root },
    shown: () =>
      (server.rooms.get(room)?.events ?? [])
        .filter((event) => event['sender'] === server.me)
        .flatMap((event) => {
          const html = (event['content'] as { formatted_body?: string } | undefined)?.formatted_body ?? '';
          return between(html, /<code>([^<]*)<\/code>/g).map(withoutEntities);
        }),
    type: (text) => Promise.resolve(server.say(room, text, relation)),
    close: async () => {
      await transport.stop(AbortSignal.timeout(2_000));
      await server.close();
    },
  };
}

async function slackPlace(where: 'room' | 'thread' | 'direct' | 'own'): Promise<Place> {
  const { slack, transport, received } = await openSlack({ catalogue: CATALOGUE });
  const channel = where === 'direct' ? 'D1' : 'C1';
  const thread = where === 'thread' ? '1700000000.000100' : null;
  let at: Address = { transport: 'slack', room: channel, thread };
  if (where === 'own') {
    await slack.slash('status');
    at = received[0]?.at ?? at;
  }
  return {
    transport,
    received,
    at,
    shown: () =>
      slack.rooms.all
        .filter(({ bot, channel: one }) => bot && one === channel)
        .flatMap(({ text }) => between(withoutEntities(text), /`([^`]+)`/g)),
    type(text) {
      // Slack's clients write what people type so that it can't be taken for its own markup.
      const sent = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
      if (sent.startsWith('/musher ') && thread === null) return slack.slash(sent.slice('/musher '.length), { channel_id: channel });
      return slack.say(sent, { channel, ...(thread === null ? {} : { thread }) }).heard;
    },
    forms: () =>
      slack.views.map((view) => (JSON.parse(String(view['private_metadata'])) as { readonly words: readonly string[] }).words.join(' ')),
    // The workspace ends with its test.
    close: () => Promise.resolve(),
  };
}

async function discordPlace(where: 'room' | 'thread' | 'direct'): Promise<Place> {
  const { fake, transport, room, ada, received, sink, close } = await openDiscord({ catalogue: CATALOGUE });
  await transport.start(sink);
  const channel = where === 'direct' ? fake.world.direct() : where === 'thread' ? fake.world.thread(room, 'of ada') : room;
  const at = {
    transport: 'discord',
    room: where === 'thread' ? room.id : channel.id,
    thread: where === 'thread' ? `t|${channel.id}` : null,
  };
  return {
    transport,
    received,
    at,
    shown: () =>
      fake.world
        .in(channel.id)
        .filter(({ author }) => author.id === fake.world.bot.id)
        .flatMap(({ content }) => between(content, /`([^`]+)`/g)),
    type(text) {
      if (text.startsWith('/')) fake.slash(ada, channel, ...filledIn(text));
      else fake.write(ada, channel, text);
      return Promise.resolve();
    },
    close,
  };
}

function terminalPlace(): Promise<Place> {
  const input = new PassThrough();
  const screen = new Screen({ isTTY: false, columns: 400, rows: 50 });
  const received: IncomingMessage[] = [];
  const transport = consoleTransport({ input, output: screen, clock: systemClock(), userName: 'ada', colour: false });
  return transport
    .start((message) => {
      received.push(message);
      return 'accepted';
    })
    .then(() => ({
      transport,
      received,
      at: TERMINAL_ADDRESS,
      shown: () => between(screen.text(), /`([^`]+)`/g),
      type: (text) => Promise.resolve(input.write(`${text}\n`)),
      close: () => transport.stop(AbortSignal.timeout(2_000)),
    }));
}

/** What Discord's client makes of a slash command that is typed with its options: `/show item:1`. */
export function filledIn(text: string): [name: string, values: Record<string, string | number | boolean>] {
  const [head = ''] = text.split(' ', 1);
  const options = CATALOGUE.commands.find(({ words }) => `/${words.join('-')}` === head)?.options ?? [];
  const names = options.filter(({ keyword }) => keyword === null).map(({ name }) => name);
  const parts = text
    .slice(head.length)
    .split(new RegExp(` (?=(?:${names.join('|')}):)`))
    .slice(1);
  const values = parts.map((part): [string, string | number | boolean] => {
    const [name = ''] = part.split(':', 1);
    const value = part.slice(name.length + 1);
    const type = options.find((option) => option.name === name)?.type;
    return [name, type === 'integer' ? Number(value) : type === 'boolean' ? value === 'true' : value];
  });
  return [head.slice(1), Object.fromEntries(values)];
}

/** Every kind of conversation that there is, by what it is called. */
export const PLACES: readonly (readonly [string, () => Promise<Place>])[] = [
  ['the terminal', () => terminalPlace()],
  ['a Matrix room', () => matrixPlace('room')],
  ['a thread of a Matrix room', () => matrixPlace('thread')],
  ['a direct Matrix room', () => matrixPlace('direct')],
  ['a Slack channel', () => slackPlace('room')],
  ['a thread of a Slack channel', () => slackPlace('thread')],
  ['a direct conversation in Slack', () => slackPlace('direct')],
  ['an answer in Slack that one person sees', () => slackPlace('own')],
  ['a Discord channel', () => discordPlace('room')],
  ['a thread of a Discord channel', () => discordPlace('thread')],
  ['a direct message in Discord', () => discordPlace('direct')],
];

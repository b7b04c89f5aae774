import { PassThrough } from 'node:stream';
import { systemClock } from '../../src/clock.ts';
import { consoleTransport } from '../../transports/console/console.ts';
import { LOCAL, NETWORKS } from '../../transports/index.ts';
import { matrixTransport } from '../../transports/matrix/matrix.ts';
import type { Address } from '../../src/message/address.ts';
import type { Where } from '../../transports/network.ts';
import type { Desk, World } from '../commands/harness.ts';
import { CATALOGUE, filledIn } from '../contract/typed-places.ts';
import { eventually } from '../eventually.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { memoryState } from '../fakes/matrix/memory-state.ts';
import { seenMessages, type SeenMessage } from '../fakes/matrix/room-view.ts';
import { Screen } from '../fakes/screen.ts';
import { rendered } from '../fakes/slack/shown.ts';
import { openDiscord } from '../transports/discord/fixture.ts';
import { prepare as prepareSlack } from '../transports/slack/workspace.ts';
import { serve, type Served, type Somebody } from './musher.ts';

/** A person's conversation with Musher in one network: what they write in one form, and what is shown of the answer. */
export interface Conversation {
  readonly world: World;
  /** Writes as people do there and gives all that Musher shows of it, as a person reads it. */
  readonly say: (form: string, text: string) => Promise<string>;
  /** Gives all that Musher shows unasked of what happens. */
  readonly happens: (act: () => void) => Promise<string>;
  /** The room in which this is. */
  readonly room: Address;
  /** Writes, and waits until Musher shows somewhere what fits, whatever else it still does. */
  readonly sees: (form: string, text: string, shown: RegExp) => Promise<void>;
  /** A command as it is typed there. */
  readonly typed: (form: string, command: string) => string;
  readonly close: () => Promise<void>;
}

interface Talk {
  readonly who: Somebody;
  /** What Musher shows in each room, oldest first; read only where somebody looks. */
  readonly shown: () => readonly (readonly (() => string)[])[];
  readonly forms: Readonly<Record<string, Form>>;
  readonly close: () => Promise<unknown>;
  readonly ready?: () => Promise<unknown>;
}

interface Form {
  /** `last`: the id of Musher's last message, for replies. */
  readonly write: (text: string) => unknown;
  readonly where: Omit<Where, 'catalogue'>;
}

const ROOM = { direct: false, thread: 'none' } as const;
const THREAD = { direct: false, thread: 'within' } as const;
const OWN = { direct: false, thread: 'own' } as const;
const DIRECT = { direct: true, thread: 'none' } as const;

async function matrix(): Promise<Talk> {
  const [room, direct, ada] = ['!room:example.org', '!direct:example.org', '@ada:example.org'];
  const server = new FakeHomeserver();
  await server.listen();
  server.createRoom(room);
  const transport = matrixTransport({
    homeserver: server.url,
    accessToken: server.accessToken,
    clock: systemClock(),
    state: memoryState(new Map()),
    rooms: [room],
    inviters: [ada],
    direct: true,
    cryptoDir: null,
    report: () => undefined,
  });
  // Tests look often, and read a room anew only where something came.
  const read = new Map<string, { readonly events: number; readonly seen: SeenMessage[] }>();
  const seen = (of: string): SeenMessage[] => {
    const events = server.rooms.get(of)?.events ?? [];
    const before = read.get(of);
    if (before?.events === events.length) return before.seen;
    const now = seenMessages(events, server.me);
    read.set(of, { events: events.length, seen: now });
    return now;
  };
  const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const html = (formatted: string): object => ({ format: 'org.matrix.custom.html', formatted_body: formatted });
  const pill = (text: string): string => `<a href="https://matrix.to/#/${server.me}">Musher</a>: ${escaped(text)}`;
  const last = (): string => seen(room).at(-1)?.id ?? '';
  return {
    who: { transport, sender: ada, rooms: [room] },
    shown: () =>
      [seen(room), seen(direct)].map((all) =>
        all.map(
          ({ text }) =>
            () =>
              text,
        ),
      ),
    ready: async () => {
      server.invite(direct, ada, { direct: true });
      await eventually(() => {
        if (server.rooms.get(direct)?.joined !== true) throw new Error('not in the direct room');
      });
    },
    forms: {
      'a pill': { where: ROOM, write: (text) => server.say(room, `Musher: ${text}`, html(pill(text)) as Record<string, unknown>) },
      'Element X’s pill': {
        where: ROOM,
        write: (text) =>
          server.say(
            room,
            `[@musher:example.org](https://matrix.to/#/${server.me}) ${text}`,
            html(pill(text).replace(': ', ' ')) as Record<string, unknown>,
          ),
      },
      'the name': { where: ROOM, write: (text) => server.say(room, `musher: ${text}`) },
      'a reply': { where: ROOM, write: (text) => server.say(room, text, { 'm.relates_to': { 'm.in_reply_to': { event_id: last() } } }) },
      'a thread': {
        where: ROOM,
        write: (text) => server.say(room, `musher: ${text}`, { 'm.relates_to': { rel_type: 'm.thread', event_id: seen(room)[0]?.id } }),
      },
      'a direct message': { where: DIRECT, write: (text) => server.say(direct, text) },
    },
    close: () => server.close(),
  };
}

async function slack(): Promise<Talk> {
  const { slack: fake, transport } = await prepareSlack({ catalogue: CATALOGUE });
  const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const own = (): string => fake.rooms.all.find(({ bot, channel, onlyFor }) => bot && channel === 'C1' && onlyFor === null)?.ts ?? '';
  return {
    who: { transport, sender: 'T1:U1', rooms: ['C1'] },
    shown: () => [
      fake.rooms.all
        .filter(({ bot }) => bot)
        .map(
          ({ text, blocks }) =>
            () =>
              rendered(text, blocks).text,
        ),
    ],
    forms: {
      'a mention': { where: ROOM, write: (text) => fake.say(`<@UBOT> ${escaped(text)}`) },
      'a mention with its name': { where: ROOM, write: (text) => fake.say(`<@UBOT|musher>: ${escaped(text)}`) },
      'a slash command': { where: OWN, write: (text) => fake.slash(escaped(text)) },
      'a reply': { where: THREAD, write: (text) => fake.say(`<@UBOT> ${escaped(text)}`, { thread: own() }) },
      'a direct message': { where: DIRECT, write: (text) => fake.say(escaped(text), { channel: 'D1' }) },
    },
    close: () => Promise.resolve(),
  };
}

async function discord(): Promise<Talk> {
  const { fake, transport, room, ada, close } = await openDiscord({ catalogue: CATALOGUE });
  const { world } = fake;
  const direct = world.direct();
  const thread = world.thread(room, 'of ada');
  const own = (): (typeof world.messages)[number][] => world.messages.filter(({ author }) => author.id === world.bot.id);
  const reply = (): object => {
    const message = own().findLast(({ channel_id: channel }) => channel === room.id);
    return { type: 19, message_reference: { message_id: message?.id, channel_id: room.id } };
  };
  return {
    who: { transport, sender: ada.id, rooms: [room.id] },
    shown: () => [own().map((message) => () => world.read(message))],
    forms: {
      'a mention': { where: ROOM, write: (text) => fake.write(ada, room, `<@${world.bot.id}> ${text}`) },
      'the mention of its role': { where: ROOM, write: (text) => fake.write(ada, room, `<@&${world.botRole}> ${text}`) },
      'the name': { where: ROOM, write: (text) => fake.write(ada, room, `musher, ${text}`) },
      'a reply': { where: ROOM, write: (text) => fake.write(ada, room, text, reply()) },
      'a slash command for all': {
        where: ROOM,
        write(text) {
          const [name, values] = filledIn(text);
          return fake.slash(ada, room, name, { ...values, public: true });
        },
      },
      'a thread': { where: ROOM, write: (text) => fake.write(ada, thread, `<@${world.bot.id}> ${text}`) },
      'a direct message': { where: DIRECT, write: (text) => fake.write(ada, direct, text) },
    },
    close,
  };
}

async function terminal(): Promise<Talk> {
  const input = new PassThrough();
  const screen = new Screen({ isTTY: false, columns: 400, rows: 50 });
  const transport = consoleTransport({ input, output: screen, clock: systemClock(), userName: 'ada', colour: false });
  return Promise.resolve({
    who: { transport, sender: 'local', rooms: ['local'] },
    shown: () => [
      screen
        .text()
        .split('\n')
        .filter((shown) => shown !== '')
        .map((shown) => () => shown),
    ],
    forms: { 'a line': { where: DIRECT, write: (text) => input.write(`${text}\n`) } },
    close: () => Promise.resolve(),
  });
}

const TALKS: Readonly<Record<string, () => Promise<Talk>>> = { matrix, slack, discord, [LOCAL.name]: terminal };

/** The networks, each with the forms in which people write to Musher there. */
export const FORMS: readonly (readonly [network: string, forms: readonly string[]])[] = [
  ['matrix', ['a pill', 'Element X’s pill', 'the name', 'a reply', 'a thread', 'a direct message']],
  ['slack', ['a mention', 'a mention with its name', 'a slash command', 'a reply', 'a direct message']],
  ['discord', ['a mention', 'the mention of its role', 'the name', 'a reply', 'a thread', 'a direct message']],
  [LOCAL.name, ['a line']],
];

export async function converse(desk: Desk, network: string): Promise<Conversation> {
  const open = TALKS[network];
  if (open === undefined) throw new Error(`no network ${network}`);
  const talk = await open();
  const served: Served = await serve(desk, talk.who);
  await talk.ready?.();
  const formOf = (name: string): Form => {
    const form = talk.forms[name];
    if (form === undefined) throw new Error(`no form ${name}`);
    return form;
  };
  const shownOf = async (act: () => unknown, what: string): Promise<string> => {
    const before = talk.shown().map(({ length }) => length);
    const since = (): (() => string)[] => talk.shown().flatMap((all, place) => all.slice(before[place]));
    await act();
    await eventually(() => {
      if (since().length === 0 || !served.isQuiet()) throw new Error(`no answer to: ${what}\n${served.left()}`);
    });
    return since()
      .map((shown) => shown())
      .join('\n');
  };
  const known = NETWORKS.find(({ name }) => name === network);
  return {
    world: served.world,
    say: (form, text) => shownOf(() => formOf(form).write(text), text),
    happens: (act) => shownOf(act, 'what happened'),
    room: { transport: network, room: talk.who.rooms[0] ?? '', thread: null },
    async sees(form, text, shown) {
      await formOf(form).write(text);
      await eventually(() => {
        const all = talk.shown().flatMap((place) => place.map((one) => one()));
        if (!all.some((one) => shown.test(one))) throw new Error(`not shown after ${text}: ${String(shown)}`);
      });
    },
    typed: (form, command) => known?.commandForm(command, { ...formOf(form).where, catalogue: CATALOGUE }) ?? command,
    close: async () => {
      await served.close();
      await talk.close();
    },
  };
}

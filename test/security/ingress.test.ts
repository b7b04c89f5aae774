import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { rightsFrom, type Origin, type RightsSettings } from '../../src/bot/rights/rights.ts';
import { INGRESS_KINDS } from '../../src/message/address.ts';
import { catalogueOf } from '../../src/app/command-catalogue.ts';
import type { LoggedEvent } from '../../src/pipeline/events.ts';
import { makeDesk, makeWorld, type Desk, type World } from '../commands/harness.ts';
import { openConsole } from './console.ts';
import { openDiscordNet } from './discord.ts';
import { openMatrix } from './matrix.ts';
import { openSlack } from './slack.ts';
import { FURTHER_WAYS, type Act, type Net, type OpenNet, type Way, type Who } from './ways.ts';
import { databaseOf } from '../log/database-of.ts';
import { eventually } from '../eventually.ts';

/** Every transport, in each of its ways to be reached. */
const NETWORKS: Readonly<Record<string, OpenNet>> = {
  console: openConsole,
  matrix: openMatrix,
  'slack by socket': (catalogue) => openSlack('socket', catalogue),
  'slack by HTTP': (catalogue) => openSlack('http', catalogue),
  discord: openDiscordNet,
};
const WAYS: readonly Way[] = [...INGRESS_KINDS, ...FURTHER_WAYS];
const NOBODY = { admin: [], operator: [], viewer: [] };
const never = new AbortController().signal;

let desk: Desk;
let net: Net | null = null;
let world: World | null = null;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
afterEach(async () => {
  await net?.transport.stop(never);
  await net?.close();
  await world?.close();
  [net, world] = [null, null];
});

/** The real way from a network to the log, with Anna as admin; at the terminal `who` sits, who is one id. */
async function open(network: string, who: Who): Promise<{ net: Net; world: World; rights: Partial<RightsSettings> }> {
  const opener = NETWORKS[network];
  if (opener === undefined) throw new Error(`no network ${network}`);
  const opened = await opener(catalogueOf(COMMANDS, () => []));
  net = opened;
  const { transport, room, ids } = opened;
  const admin = network === 'console' && who === 'mallory' ? [] : [`${transport.name}:${ids.anna}`];
  const rooms: RightsSettings['rooms'] =
    network === 'console' ? [] : [{ transport: transport.name, id: room.room, project: 'shop', roles: NOBODY }];
  const rights = { roles: { ...NOBODY, admin }, rooms, directMessages: true };
  const made = makeWorld(desk, {}, [], rights, undefined, () => transport.identity());
  world = made;
  await transport.start((message) => {
    if (!made.isAddressed(message)) return 'ignored';
    return made.receive(message) === null ? 'duplicate' : 'accepted';
  });
  await opened.started?.();
  return { net: opened, world: made, rights };
}

const events = ({ log }: World): LoggedEvent[] => log.reads.events(0, 1_000);
const handled = (of: World): Extract<LoggedEvent, { kind: 'command.handled' }>[] =>
  events(of).filter((event) => event.kind === 'command.handled');

/** Does it, and then something that is answered: what has not come by then does not come. */
async function does(opened: { net: Net; world: World }, act: Act, who: Who, answers: number): Promise<void> {
  await act.does(who, 'Planted');
  await eventually(() => expect(handled(opened.world).length).toBeGreaterThanOrEqual(answers));
  if (opened.net.room.transport === 'console') return;
  await opened.net.probe();
  await eventually(() => expect(handled(opened.world).some(({ payload }) => payload.words === 'ping')).toBe(true));
}

const cells = await Promise.all(
  Object.entries(NETWORKS).map(async ([network, opener]) => {
    const { ways, close } = await opener(catalogueOf(COMMANDS, () => []));
    await close();
    return WAYS.map((way) => ({ network, way, cell: ways[way] }));
  }),
).then((all) => all.flat());
const present = cells.flatMap(({ network, way, cell }) =>
  'lacking' in cell ? [] : [{ network, way, isCommand: cell.isCommand, dropped: cell.dropped }],
);

function actOf({ ways }: Net, way: Way): Act {
  const cell = ways[way];
  if ('lacking' in cell) throw new Error(cell.lacking);
  return cell;
}

describe('1. A sender without the role is refused over every kind of ingress of every transport', () => {
  it('has each kind on some transport, and a reason where one lacks it', () => {
    const used = new Set(present.map(({ way }) => way));
    expect(WAYS.filter((way) => !used.has(way))).toEqual([]);
    expect(cells.filter(({ cell }) => 'lacking' in cell && cell.lacking === '')).toEqual([]);
  });

  it.each(present.filter(({ isCommand, dropped }) => isCommand && dropped === undefined))(
    '$network: $way is refused with one row in the audit, at most one reply, and no effect',
    async ({ network, way }) => {
      const opened = await open(network, 'mallory');
      await does(opened, actOf(opened.net, way), 'mallory', 1);
      const { transport, ids } = opened.net;
      const actor = `${transport.name}:${ids.mallory}`;
      const rows = handled(opened.world).filter((event) => event.actor === actor);
      expect(rows.map(({ payload }) => [payload.outcome, payload.code])).toEqual([['refused', 'no-rights']]);
      const others = events(opened.world).filter((event) => event.actor === actor && event.kind !== 'command.handled');
      expect(others).toEqual([]);
      expect(opened.world.log.reads.lastNumber('shop')).toBe(0);
      const replies = databaseOf(opened.world.log)
        .prepare("SELECT count(*) FROM outbox WHERE body LIKE '%You have no role here%'")
        .pluck()
        .get();
      expect(replies).toBe(1);
    },
  );

  it.each(present.filter(({ isCommand }) => isCommand))('$network: $way of whoever has the role is a command', async ({ network, way }) => {
    const opened = await open(network, 'anna');
    await does(opened, actOf(opened.net, way), 'anna', 1);
    expect(opened.world.item(1).title).toBe('Planted');
  });

  it.each(present.filter(({ dropped }) => dropped !== undefined))('$network: $way leaves no trace: $dropped', async ({ network, way }) => {
    const opened = await open(network, 'mallory');
    await does(opened, actOf(opened.net, way), 'mallory', 0);
    expect(handled(opened.world).map(({ payload }) => payload.words)).toEqual(['ping']);
    expect(opened.world.log.reads.lastNumber('shop')).toBe(0);
  });
});

const neverCommands = present
  .filter(({ isCommand }) => !isCommand)
  .flatMap(({ network, way }) => (['anna', 'mallory'] as const).map((who) => ({ network, way, who })));

describe('4., 5. Own messages, other bots, edits and deletions are never commands, whoever they are of', () => {
  it.each(neverCommands)('$network: $way of $who is nothing', async ({ network, way, who }) => {
    const opened = await open(network, who);
    await does(opened, actOf(opened.net, way), who, 0);
    expect(handled(opened.world).map(({ payload }) => payload.words)).toEqual(['ping']);
    expect(opened.world.log.reads.lastNumber('shop')).toBe(0);
  });
});

const networks = Object.keys(NETWORKS).filter((network) => network !== 'console');

describe('4. A thousand echoes make no loop', () => {
  it.each(networks)('on %s', async (network) => {
    const opened = await open(network, 'anna');
    const [own, other] = [actOf(opened.net, 'own message'), actOf(opened.net, 'other bot')];
    for (let n = 0; n < 500; n++) await Promise.all([own.does('anna', 'Echo'), other.does('anna', 'Echo')]);
    await does(opened, own, 'anna', 0);
    expect(handled(opened.world).map(({ payload }) => payload.words)).toEqual(['ping']);
  });
});

describe('9. One platform event delivered several times is one command with one reply', () => {
  it.each(networks)('on %s, at once and after a restart', async (network) => {
    const opened = await open(network, 'anna');
    const { net: at, world: first } = opened;
    await actOf(at, 'message').does('anna', 'Once');
    await eventually(() => expect(handled(first)).toHaveLength(1));
    for (let n = 0; n < 3; n++) await at.redeliver?.();
    await does(opened, actOf(at, 'message'), 'anna', 2);
    // Musher was started again: the log knows what was taken.
    const again = first.restarted(opened.rights);
    const known = databaseOf(first.log).prepare<[], string>('SELECT message_id FROM inbox ORDER BY id LIMIT 1').pluck().get() ?? '';
    const sender = { transport: at.transport.name, id: at.ids.anna, name: 'Anna' };
    expect(again.receive({ id: known, at: at.room, sender, ingress: 'mention', text: '!create story Once' })).toBeNull();
    expect(handled(first).filter(({ payload }) => payload.words === 'create')).toHaveLength(2);
    expect(first.log.reads.lastNumber('shop')).toBe(2);
    expect(databaseOf(first.log).prepare("SELECT count(*) FROM outbox WHERE kind = 'reply'").pluck().get()).toBe(3);
  });
});

describe('2. Identity is the network’s immutable id', () => {
  /** Like Anna's id or name to the eye, or to a careless comparison. */
  const twins = (id: string): string[] => [
    id.replace('a', '\u0430'),
    id.toUpperCase() === id ? id.toLowerCase() : id.toUpperCase(),
    `${id} `,
    ` ${id}`,
    `${id}\u200b`,
    `${id}\u0000`,
    id.normalize('NFKD').replace(/1/g, '\uff11'),
    'Anna',
    'anna',
    '@anna:evil.example',
    '@anna:example.org.evil.example',
    'T2:U1',
    'U1',
    '',
    '*',
    '__proto__',
  ];

  it.each(['@anna:example.org', 'T1:U1', '80351110224678912'])('nobody who looks like %s has the rights of it', (anna) => {
    const rights = rightsFrom({
      roles: { ...NOBODY, admin: [`matrix:${anna}`] },
      directMessages: true,
      twoPerson: [],
      people: [{ name: 'anna', ids: [`matrix:${anna}`] }],
      projectRoles: [{ project: 'shop', roles: { ...NOBODY, admin: ['anna'] } }],
      rooms: [{ transport: 'matrix', id: '!r', project: 'shop', roles: { ...NOBODY, admin: ['anna'] } }],
    });
    const from = (id: string, name: string): Origin => ({
      sender: { transport: 'matrix', id, name },
      at: { transport: 'matrix', room: '!r', thread: null },
      ingress: 'message',
    });
    for (const id of twins(anna).filter((one) => one !== anna)) expect([id, rights.highest(from(id, 'Anna'))]).toEqual([id, null]);
    // Renamed, she keeps them.
    expect(rights.highest(from(anna, 'Mallory'))).toBe('admin');
  });
});

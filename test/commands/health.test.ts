import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDesk, makeWorld, type Desk } from './harness.ts';
import type { RoomSettings } from '../../src/config/settings.ts';
import { line } from '../../src/message/build.ts';
import type { NetworkState } from '../../src/decide/network-state.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

test('health names each network, since when it is as it is, what waits, and what is wrong', async () => {
  const networks: NetworkState[] = [];
  const world = makeWorld(desk, {}, networks);
  const now = world.clock.now();
  networks.push(
    {
      name: 'console',
      isLocal: true,
      state: 'online',
      since: now - 60_000,
      lastEvent: now - 1_000,
      problem: null,
      waiting: 0,
      oldest: null,
      unsent: [],
    },
    {
      name: 'slack',
      isLocal: false,
      state: 'offline',
      since: now - 5_000,
      lastEvent: null,
      problem: 'The bot token is not valid.',
      waiting: 3,
      oldest: now - 90_000,
      unsent: [],
    },
  );
  const { text } = await world.say('health');
  // The terminal is none of them, and fine.
  expect(text).toContain('0 of 1 network online.');
  expect(text).not.toContain('console');
  expect(text).toMatch(/slack\s+offline\s+5 s\s+none\s+3, oldest 1 min(?: 30 s)? ago/);
  expect(text).toContain('slack: The bot token is not valid.');
  await world.close();
});

test('health tells the terminal where there is nothing else, or where it has a trouble', async () => {
  const networks: NetworkState[] = [];
  const world = makeWorld(desk, {}, networks);
  const fine = { state: 'online', since: 0, lastEvent: null, problem: null, waiting: 0, oldest: null, unsent: [] } as const;
  networks.push({ ...fine, name: 'console', isLocal: true });
  const { text } = await world.say('health');
  expect(text).toContain('No chat network is configured');
  expect(text).toMatch(/console\s+online/);
  networks.splice(
    0,
    1,
    { ...fine, name: 'console', isLocal: true, problem: 'The output is full.' },
    { ...fine, name: 'slack', isLocal: false },
  );
  const { text: troubled } = await world.say('health');
  expect(troubled).toContain('1 network online');
  expect(troubled).toContain('console: The output is full.');
  await world.close();
});

test('health does not say that all is well where a room gets nothing, and says why', async () => {
  const networks: NetworkState[] = [];
  const world = makeWorld(desk, {}, networks);
  const state = {
    name: 'matrix',
    isLocal: false,
    state: 'online',
    since: 0,
    lastEvent: null,
    problem: null,
    waiting: 1,
    oldest: 0,
  } as const;
  networks.push({ ...state, unsent: [{ room: '!elsewhere:x', why: 'Musher may not write there.' }] });
  const { text } = await world.say('health');
  expect(text).toContain('1 network online, but some messages are not delivered.');
  // Of a room that is not among those of one's projects neither the name nor the reason.
  expect(text).toContain('matrix: messages to 1 room are not delivered');
  expect(text).not.toMatch(/elsewhere|may not write/);
  await world.close();
});

test('what networks did not take counts as seen by who could see which rooms it concerns, and by nobody else', async () => {
  const state = {
    name: 'matrix',
    state: 'online',
    isLocal: false,
    since: 0,
    lastEvent: null,
    problem: null,
    waiting: 0,
    oldest: null,
  } as const;
  const networks: NetworkState[] = [];
  const secret = {
    transport: 'matrix',
    id: '!secret:x',
    name: null,
    project: 'docs',
    notify: [],
    notifyStyle: 'messages',
    quietHours: null,
    roles: { admin: [], operator: [], viewer: [] },
  } as unknown as RoomSettings;
  const projectRoles = [
    { project: 'shop', roles: { admin: [], operator: ['test:operator'], viewer: [] } },
    { project: 'docs', roles: { admin: [], operator: [], viewer: [] } },
  ];
  const roles = { admin: ['test:admin'], operator: [], viewer: [] };
  const world = makeWorld(desk, {}, networks, { rooms: [secret], projectRoles, roles });
  networks.push({ ...state, unsent: [{ room: '!secret:x', why: '1 message could not be delivered' }] });
  const to = { transport: 'matrix', room: '!secret:x', thread: null };
  world.log.transaction((tx) => {
    const lost = tx.outbox.add({ to, kind: 'notice', body: line('news'), inbox: null, item: null }, tx.now);
    tx.outbox.mark(lost, 'dead', 1, 0);
  });
  const ask = async (role: 'admin' | 'operator'): Promise<number> => {
    const { text } = await world.say('health', { role });
    const reply = world.log.outbox.open('test', 'lobby', 100).at(-1);
    expect(text).toMatch(/not delivered|could not be delivered/);
    world.log.transaction((tx) => {
      tx.outbox.sent(reply?.id ?? 0, []);
      world.log.refusals.reached(reply?.inbox ?? 0);
    });
    return world.log.refusals.givenUp().length;
  };
  expect(await ask('operator')).toBe(1);
  expect(await ask('admin')).toBe(0);
  await world.close();
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RoomSettings } from '../../src/config/settings.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { makeDesk, makeWorld, type Desk, type World } from './harness.ts';
import type { NetworkState } from '../../src/decide/network-state.ts';
import { databaseOf } from '../log/database-of.ts';

const NOBODY = { admin: [], operator: [], viewer: [] };
const roomOf = (transport: string, id: string, more: Partial<RoomSettings> = {}): RoomSettings => ({
  transport,
  id,
  name: null,
  project: 'shop',
  notify: ['stages', 'merges'],
  notifyStyle: 'messages',
  quietHours: null,
  pictures: false,
  digest: null,
  roles: NOBODY,
  ...more,
});
const ROOMS = [
  roomOf('test', 'lobby', { name: 'lobby' }),
  roomOf('slack', 'C1', { project: 'docs', quietHours: { from: 22 * 60, to: 7 * 60 } }),
  roomOf('slack', 'C2', { name: 'team', notifyStyle: 'threads' }),
];
const RIGHTS = {
  rooms: ROOMS,
  projectRoles: [
    { project: 'shop', roles: NOBODY },
    { project: 'docs', roles: { ...NOBODY, admin: ['test:operator'] } },
  ],
};
const ONLINE: NetworkState = {
  name: 'slack',
  isLocal: false,
  state: 'reconnecting',
  since: 0,
  lastEvent: null,
  problem: null,
  waiting: 0,
  oldest: null,
  unsent: [],
};

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
beforeEach(() => {
  world = makeWorld(desk, {}, [ONLINE], RIGHTS);
});
afterEach(() => world.close());
afterAll(() => desk.remove());

const rowOf = async (name: string): Promise<string> => {
  const { text } = await world.say('rooms', { role: 'viewer' });
  return text.split('\n').find((line) => line.startsWith(name)) ?? text;
};

describe('rooms', () => {
  it('says which projects are paused', async () => {
    await world.say('pause');
    expect(await rowOf('lobby')).toMatch(/shop \(paused\)/);
    expect(await rowOf('slack:C1')).not.toContain('paused');
  });

  it('lists each room with its project, what it is told, its quiet hours, where that was set, and its network', async () => {
    expect(await rowOf('lobby')).toMatch(/^lobby \(here\)\s+shop\s+stages, merges\s+none\s+file\s+not configured/);
    expect(await rowOf('slack:C1')).toMatch(/^slack:C1\s+docs\s+stages, merges\s+22:00–07:00\s+file\s+reconnecting/);
    expect(await rowOf('team')).toMatch(/^team\s+shop\s+stages, merges \(threads\)\s+none\s+file/);
    expect(await rowOf('terminal')).toMatch(/^terminal\s+all\s+all\s+none\s+file/);
  });

  it('does not call a room online that Musher was put out of, and says why', async () => {
    const slack: NetworkState = { ...ONLINE, state: 'online', unsent: [{ room: 'C1', why: 'Musher is not in it.' }] };
    const other = makeWorld(desk, {}, [slack], RIGHTS);
    const { text } = await other.say('rooms', { role: 'viewer' });
    expect(text).toMatch(/slack:C1 .*unreachable/);
    expect(text).toContain('slack:C1: Musher is not in it.');
    expect(text).toMatch(/team .*online/);
    await other.close();
  });
});

describe('subscribe', () => {
  it('adds to what the room is told, by name or in the singular', async () => {
    const { text } = await world.say('subscribe failure, approvals, limit');
    expect(text).toBe('lobby now gets all notifications.');
    expect(await rowOf('lobby')).toMatch(/all\s+none\s+chat/);
  });

  it('takes away all others with `only`, and brings everything without a word', async () => {
    expect((await world.say('subscribe only failures')).text).toContain('lobby now gets only failures');
    expect((await world.say('subscribe')).text).toContain('all notifications');
  });

  it('changes the style alone, and keeps following the file in what it was not told', async () => {
    const { text } = await world.say('subscribe in threads');
    expect(text).toBe('lobby now gets only stages and merges, in threads.');
    expect(world.log.reads.subscription('test', 'lobby')).toEqual({ project: 'shop', notify: null, style: 'threads' });
  });

  it('goes back to the file with `default`, which stands alone', async () => {
    await world.say('unsubscribe');
    expect((await world.say('subscribe default merges')).code).toBe('default-alone');
    expect((await world.say('subscribe default')).text).toContain('follows bot.toml again: only stages and merges.');
    expect(world.log.reads.subscription('test', 'lobby')).toBeNull();
    expect((await world.say('subscribe default')).code).toBe('unchanged');
  });

  it('says what it is told already, and how to get less', async () => {
    const { code, text } = await world.say('subscribe merges');
    expect(code).toBe('unchanged');
    expect(text).toContain('only stages and merges');
    expect(text).toContain('subscribe only <kinds>');
  });

  it('keeps cards where the file says nothing of the style and the network edits, and messages elsewhere', async () => {
    const silent = [roomOf('test', 'lobby', { name: 'lobby', notifyStyle: null }), roomOf('console', 'pipe', { notifyStyle: null })];
    const other = makeWorld(desk, {}, [], { rooms: silent });
    const { text } = await other.say('rooms', { role: 'viewer' });
    expect(text).toMatch(/lobby \(here\)\s+shop\s+stages, merges \(cards\)/);
    expect(text).toMatch(/console:pipe\s+shop\s+stages, merges\s+none/);
    expect((await other.say('subscribe in messages')).text).toBe('lobby now gets only stages and merges.');
    expect((await other.say('subscribe default')).text).toContain('only stages and merges, in cards.');
    await other.close();
  });

  it('keeps no cards of stages that the room does not get', async () => {
    expect((await world.say('subscribe only merges in cards')).code).toBe('no-stages');
    await world.say('subscribe in cards');
    expect((await world.say('unsubscribe stages')).text).toMatch(/^lobby now gets only merges\./);
  });

  it('refuses threads where the network has none', async () => {
    const { code } = await world.say('subscribe terminal in threads', { role: 'admin' });
    expect(code).toBe('no-threads');
  });

  it('changes another room only for an admin of its project', async () => {
    const refused = await world.say('subscribe team only merges');
    expect(refused.code).toBe('not-allowed');
    expect(refused.text).toContain('needs an admin of the project shop');
    expect((await world.say('unsubscribe terminal')).text).toContain('needs an admin of all projects');
    // An operator of the one, and an admin of the other.
    expect((await world.say('subscribe slack:C1 only merges')).text).toContain('slack:C1 now gets only merges');
    expect((await world.say('unsubscribe team', { role: 'admin' })).text).toContain('now gets no notifications');
    const events = world.log.reads.events(0, 1_000).filter(({ kind }) => kind === 'room.subscribed');
    // It belongs to the project of the room, not to the one in which it was typed.
    expect(events.map(({ project, actor }) => `${project} ${actor}`)).toEqual(['docs test:operator', 'shop test:admin']);
  });

  it('asks for the role in the project of the room, whatever it was made to speak of since', async () => {
    const lobby = roomOf('test', 'lobby', { name: 'lobby', project: 'docs' });
    const roles = { admin: [], operator: ['test:operator'], viewer: ['test:viewer'] };
    const other = makeWorld(desk, {}, [], {
      roles: NOBODY,
      rooms: [lobby],
      projectRoles: [
        { project: 'shop', roles },
        { project: 'docs', roles: { ...NOBODY, viewer: ['test:operator'] } },
      ],
    });
    const payload = { transport: 'test', room: 'lobby' };
    other.log.transaction(
      (tx) => void tx.record({ project: 'shop', item: null, actor: 'test:admin', cause: null, kind: 'room.bound', payload }),
    );
    const refused = await other.say('unsubscribe');
    expect(refused.code).toBe('not-allowed');
    expect(refused.text).toContain('needs an operator of the project docs');
    await other.close();
  });

  it('is refused to viewers, and where the room is in no configuration', async () => {
    expect((await world.say('subscribe', { role: 'viewer' })).code).toBe('not-allowed');
    expect((await world.say('subscribe', { room: 'elsewhere' })).code).toBe('no-such-room');
  });

  it('points at a word that is neither a room nor news', async () => {
    expect((await world.say('subscribe merging')).text).toContain('“merging” is neither a room');
    expect((await world.say('subscribe slack:C9 merges')).text).toContain('There is no room “slack:c9”');
    expect((await world.say('subscribe only')).code).toBe('only-what');
  });

  it('survives a rebuild of the tables', async () => {
    await world.say('subscribe only merges in threads');
    await world.say('unsubscribe team', { role: 'admin' });
    await world.say('subscribe team default', { role: 'admin' });
    expect(verifyAll(databaseOf(world.log)).differences).toEqual([]);
  });

  it('counts no more where the configuration gives the room to another project', async () => {
    await world.say('unsubscribe');
    const moved = makeWorld(desk, {}, [], { rooms: [roomOf('test', 'lobby', { name: 'lobby', project: 'docs' })] });
    for (const event of world.log.reads.events(0, 100))
      if (event.kind === 'room.subscribed') moved.log.transaction((tx) => void tx.record(event));
    expect((await moved.say('rooms')).text).toMatch(/lobby \(here\)\s+docs\s+stages, merges\s+none\s+file/);
    await moved.close();
  });
});

describe('unsubscribe', () => {
  it('takes away what is named, or all', async () => {
    expect((await world.say('unsubscribe stages')).text).toContain('lobby now gets only merges');
    expect((await world.say('unsubscribe')).text).toContain('now gets no notifications');
    expect((await world.say('unsubscribe merges')).code).toBe('unchanged');
  });

  it('says that a merge is a stage too', async () => {
    expect((await world.say('unsubscribe merges')).text).toContain('`unsubscribe stages`');
  });
});

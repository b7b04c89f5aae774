import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { changedKeys } from '../../src/config/read/changes.ts';
import { makeDesk, makeWorld, type Desk, type World } from './harness.ts';

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk);
});
afterEach(() => world.close());

it('a restart and a reload are for who is an admin of every project', async () => {
  const nobody = { admin: [], operator: [], viewer: [] };
  const projectRoles = [
    { project: 'shop', roles: { ...nobody, admin: ['test:ann'] } },
    { project: 'docs', roles: nobody },
  ];
  for (const words of ['restart', 'reload']) expect(await world.say(words)).toMatchObject({ ok: false, code: 'not-allowed' });
  expect(await world.say('reload', { role: 'admin' })).toMatchObject({ ok: false, code: 'unchanged' });
  world = world.restarted({ roles: nobody, projectRoles });
  const ann = { from: { sender: { transport: 'test', id: 'ann', name: 'Ann' } } };
  for (const words of ['restart', 'reload']) expect(await world.say(words, ann)).toMatchObject({ ok: false, code: 'not-allowed' });
  expect(world.log.reads.events(0, 100).map(({ kind }) => kind)).not.toContain('musher.restart_asked');
});

it('what changed in a document is named by its keys, never by their values', () => {
  const before = { name: 'a', roles: { admin: ['x'] }, agent: [{ model: 'm1' }, { model: 'm2' }], slack: { token: 'old-secret' } };
  const after = {
    name: 'a',
    roles: { admin: ['x', 'y'] },
    agent: [{ model: 'm1' }, { model: 'm3' }],
    slack: { token: 'new-secret' },
    quiet: {},
  };
  expect(changedKeys(before, after)).toEqual(['roles.admin', 'agent[2].model', 'slack.token', 'quiet']);
  expect(changedKeys(before, { ...before, agent: [] })).toEqual(['agent']);
  expect(changedKeys(before, structuredClone(before))).toEqual([]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDesk, makeWorld, type Desk } from './harness.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

test('backup copies the log and says where it is; only admins may', async () => {
  const world = makeWorld(desk);
  expect((await world.say('backup', { role: 'operator' })).code).toBe('not-allowed');
  const { ok, text } = await world.say('backup', { role: 'admin' });
  expect([ok, text]).toEqual([true, 'The log is copied to `/backups/one.sqlite` (2 MB).']);
  await world.close();
});

test('health says when the newest backup was made, and when the next comes', async () => {
  const world = makeWorld(desk);
  expect((await world.say('health')).text).toContain('Newest of 2 backups of the log: 13:05, 2 MB; the next is made 15:05.');
  await world.close();
});

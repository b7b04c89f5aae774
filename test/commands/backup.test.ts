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
  expect(ok).toBe(true);
  // The file's name, and nothing of the server's paths.
  expect(text).toContain('`one.sqlite` (2 MB)');
  expect(text).not.toContain('/backups');
  await world.close();
});

test('health says when the newest backup was made, and when the next comes', async () => {
  const world = makeWorld(desk);
  expect((await world.say('health')).text).toMatch(/13:05 \(2 MB\), 2 kept; next 15:05/);
  await world.close();
});

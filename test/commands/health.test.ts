import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NetworkState } from '../../src/bot/capabilities.ts';
import { makeDesk, makeWorld, type Desk } from './harness.ts';

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
    { name: 'console', state: 'online', since: now - 60_000, lastEvent: now - 1_000, problem: null, waiting: 0, oldest: null },
    {
      name: 'slack',
      state: 'offline',
      since: now - 5_000,
      lastEvent: null,
      problem: 'The bot token is not valid.',
      waiting: 3,
      oldest: now - 90_000,
    },
  );
  const { text } = await world.say('health');
  expect(text).toContain('1 of 2 networks online.');
  expect(text).toMatch(/slack\s+offline\s+5 s\s+none\s+3, the oldest for 1(?:\.5)? min/);
  expect(text).toContain('slack: The bot token is not valid.');
  await world.close();
});

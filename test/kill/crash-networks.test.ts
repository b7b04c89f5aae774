import { afterEach, expect, test } from 'vitest';
import { Bench } from '../e2e/harness.ts';
import { figure } from '../figure.ts';
import { endOf, violations } from '../invariants/invariants.ts';
import { spread } from '../invariants/random.ts';
import { Reborn } from '../invariants/reborn.ts';
import { settled, underWay } from '../invariants/settled.ts';
import { ThreeNetworks } from '../invariants/three-networks.ts';
import { OF_CHAT, twice } from './points.ts';

/** Pings until a network's points have killed twice; what comes while no connection stands passes none of them. */
const MOST_PINGS = 30;

let bench: Bench;
let networks: ThreeNetworks;
afterEach(async () => {
  await bench.close();
  await networks.close();
});

test('killed between what a network did and what it keeps of that, Musher loses nothing and says nothing twice, on all three', async () => {
  networks = new ThreeNetworks();
  await networks.open();
  bench = new Bench({});
  // A connection that breaks at the end of the other side, which is told as trouble.
  bench.expectedProblems.push(/"msg":"slack"/, /message \d+ is tried again/);
  bench.append('bot.toml', networks.toml);
  let before = networks.connections;
  const musher = new Reborn(bench, {
    environment(start, died) {
      before = networks.connections;
      // Connected once, so that the rooms are known.
      const armed = start === 0 ? [] : twice(OF_CHAT)(start, died);
      return armed.length === 0 ? {} : { MUSHER_CRASH_AT: armed.join(',') };
    },
    connected: () => networks.isConnectedSince(before),
  });
  const { slack, discord, matrix } = networks.rooms;
  const until = (holds: () => boolean, what: string): Promise<void> =>
    musher.until(
      holds,
      () =>
        `${what}; died at ${musher.died.join(', ')}; connected: ${networks.isConnectedSince(before)}; ${underWay(bench)};\n${networks.shown()}`,
    );
  await until(() => networks.isConnectedSince(before), 'the first connection');
  await musher.kill();
  discord.say('create story Tea');
  await until(() => discord.shown().some(({ text }) => text.includes('Created story #1')), 'the item');
  for (const [room, of] of [
    [slack, 'slack'],
    [discord, 'discord'],
    [matrix, 'matrix'],
  ] as const) {
    const left = (): boolean => twice(OF_CHAT.filter((point) => point.includes(of)))(0, musher.died).length > 0;
    for (let n = 1; left() && n <= MOST_PINGS; n += 1) {
      await until(() => musher.isBack && settled(bench), 'quiet');
      room.say('ping');
      await until(() => room.shown().filter(({ text }) => text.includes('pong')).length === n, `answer ${n} on ${of}`);
    }
  }
  matrix.say('start 1');
  await until(() => endOf(bench, 1, 'shop') === 'done' && settled(bench), 'the end of the item');
  await musher.end();
  expect(await violations(bench, 'shop', { rooms: [slack, discord, matrix], ends: { 1: 'done' } })).toEqual([]);
  expect(twice(OF_CHAT)(0, musher.died)).toEqual([]);
  const { median, longest } = spread(musher.recoveries);
  figure(
    `crash points of the networks: ${musher.deaths} kills, 0 lost, 0 doubled; recovered in ${median} ms (median), ${longest} ms (longest)`,
  );
}, 300_000);

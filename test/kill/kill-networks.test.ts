import { afterEach, expect, test } from 'vitest';
import type { CrashPoint, NetworkCrashPoint } from '../../src/crash-point.ts';
import { Bench } from '../e2e/harness.ts';
import { figure } from '../figure.ts';
import { violations } from '../invariants/invariants.ts';
import { Kills } from '../invariants/kills.ts';
import { repeatedAnswers } from '../invariants/messages.ts';
import { Random, spread, testSeed } from '../invariants/random.ts';
import { Reborn } from '../invariants/reborn.ts';
import { settled, underWay } from '../invariants/settled.ts';
import { ThreeNetworks } from '../invariants/three-networks.ts';
import { OF_CHAT } from './points.ts';
import { misbehave, Traffic } from './traffic.ts';

/** One that is not back by then is killed all the same: far longer than a start takes on a busy machine. */
const LONGEST_START_MS = 20_000;
/** One that is to die at a named point does so before that, or the test fails. */
const LONGEST_WAY_MS = 120_000;
/** Between two messages that lead to a named point: Slack takes one a second. */
const TOWARDS_MS = 1_000;
/** One kill in so many comes at a named point of a message's way, the others at any moment. */
const NAMED = 4;
const POINTS: readonly (CrashPoint | NetworkCrashPoint)[] = [
  'after-inbox-insert',
  'before-answer',
  'after-command-commit',
  'after-outbox-sending',
  'after-send-before-mark',
  'after-mark-sent',
  'before-notification-commit',
  ...OF_CHAT,
];
/** What a network that misbehaves makes Musher note in its log file, and nothing else. */
const TROUBLE = [/message \d+ is tried again/, /"msg":"(?:slack|discord|matrix)/];

let bench: Bench;
let networks: ThreeNetworks;
afterEach(async () => {
  await bench.close();
  await networks.close();
});

test('killed a hundred times under traffic on three networks that misbehave, every command has one effect and one reply, and every room shows each step once', async () => {
  const seed = testSeed();
  const random = new Random(seed);
  networks = new ThreeNetworks({ cards: true });
  await networks.open();
  bench = new Bench({ top: 'max_coders = 2', agents: { a: 'current', b: 'current' } });
  bench.expectedProblems.push(...TROUBLE);
  bench.append('bot.toml', networks.toml);
  const kills = new Kills();
  const traffic = new Traffic(bench, networks, random);
  /** The points that starts were to die at, in order. */
  const armed: (typeof POINTS)[number][] = [];
  let target: (typeof POINTS)[number] | null = null;
  let isOver = false;
  let before = networks.connections;
  const musher = new Reborn(bench, {
    environment(start) {
      before = networks.connections;
      target = isOver || start === 0 || start >= kills.wanted || start % NAMED > 0 ? null : (POINTS[armed.length % POINTS.length] ?? null);
      if (target === null) return {};
      armed.push(target);
      return { MUSHER_CRASH_AT: `${target}:${1 + random.below(2)}` };
    },
    connected: () => networks.isConnectedSince(before),
  });
  const until = (holds: () => boolean, what: string): Promise<void> =>
    musher.until(holds, () => `${what}; ${standing()}; died at ${musher.died.join(', ')}`);

  /** One life of Musher, from its start or its first work to the next kill. Some die while they still connect, the others at work. */
  const live = async (startMs: number): Promise<void> => {
    await musher.look();
    const { deaths } = musher;
    const towards = target;
    const began = performance.now();
    const atWork = random.chance(0.6);
    let end = began + (towards !== null ? LONGEST_WAY_MS : atWork ? LONGEST_START_MS : random.below(startMs));
    let wasBack = false;
    let led = 0;
    // A kill is seen at the next look, which also starts the next one: that one has a life of its own.
    for (let dead = false; musher.deaths === deaths; await pause(), await musher.look()) {
      if (dead) continue;
      const now = performance.now();
      if (random.chance(0.04)) traffic.step();
      if (random.chance(0.03)) misbehave(networks, random);
      if (towards !== null && musher.isBack && now > led + TOWARDS_MS) {
        traffic.towards(towards);
        led = now;
      }
      if (towards === null && atWork && !wasBack && musher.isBack) {
        wasBack = true;
        end = now + random.below(500);
      }
      if (now <= end) continue;
      if (towards !== null) throw new Error(`${towards} was not passed in ${LONGEST_WAY_MS / 1_000} s; ${standing()}`);
      dead = true;
      await musher.kill(random.chance(0.3));
    }
  };

  try {
    const began = performance.now();
    await until(() => networks.isConnectedSince(before), 'the first connection to all three');
    const startMs = performance.now() - began;
    while (!kills.isEnough(musher.deaths)) await live(startMs);
    isOver = true;
    const words = kills.words(musher.deaths);
    // What was asked for and not started yet is started, so that every item comes to its end.
    await until(() => musher.isBack && settled(bench), 'Musher to be back');
    for (const { number, stage, deletedAt } of bench.items()) {
      if (stage.name === 'backlog' && deletedAt === null) networks.rooms.matrix.say(`start ${number}`);
    }
    await until(
      () => settled(bench) && bench.items().every(({ stage, deletedAt }) => deletedAt !== null || stage.name === 'done'),
      'all to come to its end',
    );
    await musher.end();
    // The last one of a loop that was cut short may have come to its end without passing its point.
    expect(musher.died).toEqual(armed.slice(0, musher.died.length));
    expect(musher.died.length).toBeGreaterThanOrEqual(armed.length - 1);
    networks.rooms.discord.settle();
    const { slack, discord, matrix } = networks.rooms;
    const ends = Object.fromEntries(
      bench.items().map(({ number }) => [number, traffic.deleted.has(number) ? ['done', 'deleted'] : 'done']),
    );
    const found = await violations(bench, 'shop', { rooms: [slack, discord, matrix], hasCards: true, ends });
    const titles = bench.items().map(({ title }) => title);
    for (const title of titles) if (titles.filter((one) => one === title).length > 1) found.push(`${title} was made twice`);
    expect(found).toEqual([]);
    const cards = bench.rows('SELECT 1 FROM cards').length;
    expect(cards).toBeGreaterThan(0);
    const said = slack.asked.length + discord.asked.length + matrix.asked.length;
    const shown =
      slack.shown().length + slack.privately().length + discord.shown().length + discord.privately().length + matrix.shown().length;
    const { median, longest } = spread(musher.recoveries);
    figure(
      `kill loop over three networks: ${words} (${musher.died.length} at named points), ${said} messages taken, ${shown} shown, ${titles.length} items`,
    );
    figure(
      `kill loop over three networks: ${cards} cards, none lost, doubled or stale; 0 lost, 0 doubled, ${repeatedAnswers([slack, discord, matrix])} answers for one person given again, which say so; recovered in ${median} ms (median), ${longest} ms (longest); seed ${seed}`,
    );
  } catch (error) {
    throw new Error(`with MUSHER_TEST_SEED=${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}, 480_000);

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 20);
  });

function standing(): string {
  const items = bench
    .items()
    .map(({ number, stage, held, execution }) => `${number} ${stage.name}${held === null ? '' : ' held'} ${execution.state}`);
  return `${items.join(', ')}; ${underWay(bench)}`;
}

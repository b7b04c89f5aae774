import { afterEach, expect, test } from 'vitest';
import type { CrashPoint } from '../../src/crash-point.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { Bench } from '../e2e/harness.ts';
import { figure } from '../figure.ts';
import { violations } from '../invariants/invariants.ts';
import { Kills } from '../invariants/kills.ts';
import { doubtfulAnswers } from '../invariants/messages.ts';
import { Random, spread, testSeed } from '../invariants/random.ts';
import { Reborn } from '../invariants/reborn.ts';
import { settled } from '../invariants/settled.ts';
import { ThreeNetworks } from '../invariants/three-networks.ts';

const MOST_ITEMS = 14;
/** One that is not back by then is killed all the same: far longer than a start takes on a busy machine. */
const LONGEST_START_MS = 20_000;
/** How long one that dies at a named point may take to pass it. */
const LONGEST_WAY_MS = 6_000;
/** One kill in so many comes at a named point of a message's way, the others at any moment. */
const NAMED = 4;
const POINTS: readonly CrashPoint[] = [
  'after-inbox-insert',
  'before-answer',
  'after-command-commit',
  'after-outbox-sending',
  'after-send-before-mark',
  'after-mark-sent',
  'before-notification-commit',
  'before-slack-acknowledged',
  'after-slack-post',
  'before-matrix-token',
  'after-matrix-put',
  'before-discord-session-kept',
  'after-discord-post',
];
/** What a network that misbehaves makes Musher note in its log file, and nothing else. */
const TROUBLE = [/message \d+ is tried again/, /"msg":"(?:slack|discord|matrix)/];

let bench: Bench;
let networks: ThreeNetworks;
afterEach(async () => {
  await bench.close();
  await networks.close();
});

/** People use all three networks at once, in every way there is; what they said is kept by the rooms. */
class Traffic {
  readonly #random: Random;
  readonly #rooms: ThreeNetworks['rooms'];
  readonly titles: string[] = [];
  readonly deleted = new Set<number>();

  constructor(random: Random) {
    this.#random = random;
    this.#rooms = networks.rooms;
  }

  step(): void {
    const random = this.#random;
    const items = bench.hasLog ? bench.items().filter(({ deletedAt }) => deletedAt === null) : [];
    const waiting = items.filter(({ stage }) => stage.name === 'backlog');
    if (this.titles.length < MOST_ITEMS && random.chance(0.25)) return this.#create();
    if (waiting.length > 0 && random.chance(0.4)) return this.#command('start', random.pick(waiting));
    const over = items.filter(({ stage }) => stage.name === 'done');
    if (over.length > 0 && this.deleted.size < 4 && random.chance(0.1)) return this.#delete(random.pick(over));
    if (random.chance(0.15)) return this.#answer();
    if (items.length > 0 && random.chance(0.5)) return this.#command(random.pick(['show', 'why', 'history']), random.pick(items));
    this.#ask();
  }

  #create(): void {
    const title = `Item${this.titles.length + 1}`;
    this.titles.push(title);
    const { slack, discord, matrix } = this.#rooms;
    const text = `create story ${title}`;
    this.#random.pick([
      () => slack.say(text),
      () => slack.slash(text),
      () => discord.say(text),
      () => discord.slash('create', { type: 'story', title }),
      () => matrix.say(text),
    ])();
  }

  #command(words: string, { number }: WorkItem): void {
    const { slack, discord, matrix } = this.#rooms;
    const text = `${words} ${number}`;
    this.#random.pick([
      () => slack.say(text),
      () => slack.slash(text),
      () => discord.say(text),
      () => discord.slash(words, { item: String(number) }),
      () => matrix.say(text),
    ])();
  }

  #delete({ number }: WorkItem): void {
    this.deleted.add(number);
    const { slack, discord, matrix } = this.#rooms;
    this.#random.pick([slack, discord, matrix]).say(`delete ${number}`);
  }

  /** Presses a button that a question has; an old one is refused, which is an answer too. */
  #answer(): void {
    const { slack, discord, matrix } = this.#rooms;
    this.#random.pick([
      () => (slack.shown().some(({ text }) => text.includes('[Yes]')) ? slack.press('Yes') : slack.say('yes')),
      () => discord.press('Yes'),
      () => matrix.react('👍'),
    ])();
  }

  #ask(): void {
    const { slack, discord, matrix } = this.#rooms;
    const words = this.#random.pick(['status', 'ping', 'whoami']);
    this.#random.pick([
      () => slack.say(words),
      () => slack.slash(words),
      () => discord.say(words),
      () => discord.slash(words),
      () => matrix.say(words),
    ])();
  }
}

/** Something that networks do now and then; not again before the last has been met, or a room would never be reached. */
function misbehave(random: Random): void {
  const { slack, discord, matrix } = networks;
  if (slack.troubles + discord.faults + matrix.mishaps.length > 0) return;
  const posting = /^POST \/channels\/\d+\/messages$/;
  random.pick([
    () => slack.trouble('chat.postMessage', { kind: 'reply lost' }),
    () => slack.trouble('chat.postMessage', { kind: 'limited', seconds: 1 }),
    () => slack.trouble('chat.postMessage', { kind: 'broken' }),
    () => slack.sockets.cut(),
    // Where Slack has delivered nothing yet there is nothing to repeat.
    () => void slack.redeliver().catch(() => null),
    () => discord.next(posting, 'drop-reply'),
    () => discord.next(posting, '429', 300),
    () => discord.next(posting, 'unavailable'),
    () => discord.gateway.disconnect(),
    () => discord.redeliver(),
    () => matrix.mishaps.push({ kind: 'drop-reply' }),
    () => matrix.mishaps.push({ kind: 'limit', header: null, ms: 300 }),
    () => matrix.mishaps.push({ kind: 'fail' }),
    () => matrix.redeliver(networks.rooms.matrix.id),
  ])();
}

test('killed a hundred times under traffic on three networks that misbehave, every command has one effect and one reply, and every room shows each step once', async () => {
  const seed = testSeed();
  const random = new Random(seed);
  networks = new ThreeNetworks();
  await networks.open();
  bench = new Bench({ top: 'max_coders = 2', agents: { a: 'current', b: 'current' } });
  bench.expectedProblems.push(...TROUBLE);
  bench.append('bot.toml', networks.toml);
  const kills = new Kills();
  const traffic = new Traffic(random);
  let before = networks.connections;
  let named = 0;
  let isArmed = false;
  const musher = new Reborn(bench, {
    environment(start) {
      before = networks.connections;
      isArmed = start > 0 && start % NAMED === 0 && start <= kills.wanted;
      if (!isArmed) return {};
      return { MUSHER_CRASH_AT: `${POINTS[named++ % POINTS.length]}:${1 + random.below(2)}` };
    },
    connected: () => networks.isConnectedSince(before),
  });
  try {
    const began = performance.now();
    await musher.until(
      () => networks.isConnectedSince(before),
      () => 'the first connection to all three',
    );
    const startMs = performance.now() - began;
    while (!kills.isEnough(musher.deaths)) await live(musher, traffic, random, startMs, () => isArmed);
    const words = kills.words(musher.deaths);
    // What was asked for and not started yet is started, so that every item comes to its end.
    await musher.until(
      () => musher.isBack,
      () => 'Musher to be back',
    );
    await musher.until(
      () => settled(bench),
      () => describe(),
    );
    for (const { number, stage, deletedAt } of bench.items()) {
      if (stage.name === 'backlog' && deletedAt === null) networks.rooms.matrix.say(`start ${number}`);
    }
    await musher.until(
      () => settled(bench) && bench.items().every(({ stage, deletedAt }) => deletedAt !== null || stage.name === 'done'),
      () => describe(),
    );
    await musher.end();
    networks.rooms.discord.settle();
    const { slack, discord, matrix } = networks.rooms;
    const ends = Object.fromEntries(
      bench.items().map(({ number }) => [number, traffic.deleted.has(number) ? ['done', 'deleted'] : 'done']),
    );
    const found = await violations(bench, 'shop', { rooms: [slack, discord, matrix], ends });
    const titles = bench.items().map(({ title }) => title);
    for (const title of titles) if (titles.filter((one) => one === title).length > 1) found.push(`${title} was made twice`);
    expect(found).toEqual([]);
    const said = slack.asked.length + discord.asked.length + matrix.asked.length;
    const shown =
      slack.shown().length + slack.privately().length + discord.shown().length + discord.privately().length + matrix.shown().length;
    const { median, longest } = spread(musher.recoveries);
    figure(
      `kill loop over three networks: ${words} (${musher.died.length} at named points), ${said} messages taken, ${shown} shown, ${titles.length} items`,
    );
    figure(
      `kill loop over three networks: 0 lost, 0 doubled, ${doubtfulAnswers(bench)} answers for one person in doubt; recovered in ${median} ms (median), ${longest} ms (longest); seed ${seed}`,
    );
  } catch (error) {
    throw new Error(`with MUSHER_TEST_SEED=${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}, 900_000);

/** One life of Musher, from its start or its first work to the next kill. */
async function live(musher: Reborn, traffic: Traffic, random: Random, startMs: number, isArmed: () => boolean): Promise<void> {
  // Some die while they still connect, the others at work.
  await musher.look();
  const deaths = musher.deaths;
  const atWork = isArmed() || random.chance(0.6);
  const began = performance.now();
  let end = began + (atWork ? LONGEST_START_MS : random.below(startMs));
  let wasBack = false;
  while (musher.deaths === deaths) {
    await musher.look();
    // Slack takes a message a second.
    if (random.chance(0.04)) traffic.step();
    if (random.chance(0.03)) misbehave(random);
    if (atWork && !wasBack && musher.isBack) {
      wasBack = true;
      end = performance.now() + (isArmed() ? LONGEST_WAY_MS : random.below(500));
    }
    if (performance.now() > end) await musher.kill(random.chance(0.3));
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

function describe(): string {
  const items = bench
    .items()
    .map(({ number, stage, held, execution }) => `${number} ${stage.name}${held === null ? '' : ' held'} ${execution.state}`);
  const open = bench.rows("SELECT id, transport, message_id, state FROM inbox WHERE state <> 'done'");
  const out = bench.rows("SELECT id, transport, kind, state, attempts FROM outbox WHERE state IN ('pending', 'sending')");
  const runs = bench.rows('SELECT project, item FROM runs WHERE open = 1');
  const told = bench.rows("SELECT seq, (SELECT max(seq) FROM events) AS last FROM cursors WHERE subscriber = 'notify'");
  return `all to come to its end: ${items.join(', ')}; in ${JSON.stringify(open)}; out ${JSON.stringify(out)}; runs ${JSON.stringify(runs)}; told ${JSON.stringify(told)}`;
}

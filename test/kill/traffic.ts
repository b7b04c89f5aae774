import type { CrashPoint, NetworkCrashPoint } from '../../src/crash-point.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { Bench } from '../e2e/harness.ts';
import type { Random } from '../invariants/random.ts';
import type { ThreeNetworks } from '../invariants/three-networks.ts';

/** Items that traffic makes by itself. */
const MOST_ITEMS = 14;

/** People use all three networks at once, in every way there is; what they said is kept by the rooms. */
export class Traffic {
  readonly #bench: Bench;
  readonly #random: Random;
  readonly #rooms: ThreeNetworks['rooms'];
  readonly titles: string[] = [];
  readonly deleted = new Set<number>();

  constructor(bench: Bench, networks: ThreeNetworks, random: Random) {
    this.#bench = bench;
    this.#random = random;
    this.#rooms = networks.rooms;
  }

  get #items(): WorkItem[] {
    return this.#bench.hasLog ? this.#bench.items().filter(({ deletedAt }) => deletedAt === null) : [];
  }

  /** Says what leads past a crash point. */
  towards(point: CrashPoint | NetworkCrashPoint): void {
    const { slack, discord, matrix } = this.#rooms;
    if (point === 'before-notification-commit' || point === 'after-command-commit') {
      // A start changes something, and rooms are told of it; without an item that waits for one there has to be one first.
      const waiting = this.#items.find(({ stage, queued }) => stage.name === 'backlog' && !queued);
      return waiting === undefined ? this.#create() : this.#command('start', waiting);
    }
    const room = [slack, discord, matrix].find(({ transport }) => point.includes(transport));
    (room ?? this.#random.pick([slack, discord, matrix])).say('ping');
  }

  step(): void {
    const random = this.#random;
    const items = this.#items;
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
export function misbehave(networks: ThreeNetworks, random: Random): void {
  const { slack, discord, matrix } = networks;
  if (slack.troubles + discord.faults + matrix.mishaps.length > 0) return;
  const editing = /^PATCH \/channels\/\d+\/messages\/\d+$/;
  const posting = /^POST \/channels\/\d+\/messages$/;
  random.pick([
    () => slack.trouble('chat.postMessage', { kind: 'reply lost' }),
    () => slack.trouble('chat.postMessage', { kind: 'limited', seconds: 1 }),
    () => slack.trouble('chat.postMessage', { kind: 'broken' }),
    () => slack.sockets.cut(),
    // Where Slack has delivered nothing yet there is nothing to repeat.
    () => void slack.redeliver().catch(() => null),
    () => discord.next(posting, 'drop-reply'),
    () => discord.next(editing, 'drop-reply'),
    () => slack.trouble('chat.update', { kind: 'reply lost' }),
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

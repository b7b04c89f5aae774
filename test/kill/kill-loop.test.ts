import { afterEach, expect, test } from 'vitest';
import { figure } from '../figure.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { Bench } from '../e2e/harness.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { endOf, violations } from '../invariants/invariants.ts';
import { Kills } from '../invariants/kills.ts';
import { matrixToml, MatrixRoom } from '../invariants/matrix-room.ts';
import { Random, spread, testSeed } from '../invariants/random.ts';
import { Reborn } from '../invariants/reborn.ts';
import { settled } from '../invariants/settled.ts';

/** Items under way at once, and in all. Each costs some seconds of the machine, also after the last kill. */
const MOST_OPEN = 8;
const MOST = 60;
/** No new ones are begun for the last kills, which then fall on what is left. */
const LAST_KILLS = 10;
/** One that is not back by then is killed all the same: far longer than a start takes on a busy machine. */
const LONGEST_START_MS = 20_000;
const ROOM = '!one:example.org';
/** Lines that an agent prints while Musher comes and goes; the end of them stands in the next attempt's prompt. */
const LINES = 150;

/** A sort of item: what its agent does, what people do with it, and where it ends. */
interface Sort {
  /** Of the n-th item, made in that round of all sorts. */
  readonly directives: (n: number, round: number) => readonly string[];
  readonly people?: 'stop' | 'delete' | 'purge' | 'decline';
  readonly end: string;
}
const SORTS: readonly Sort[] = [
  { directives: (n) => [`coder: write tea-${n}.txt a; commit; usage 100 10 0.01; success`], end: 'done' },
  {
    directives: (n) => [
      `coder: write junk.txt x; append tea-${n}.txt a; usage 5 5 0.001; commit; write rest.txt y; usage 50 5 0.005; success`,
    ],
    end: 'done',
  },
  {
    directives: (n) => [
      `coder@1: usage 7 1 0.001; count ${LINES}; exit 3`,
      `coder@2: write b-${n}.txt b; commit; usage 9 9 0.001; success`,
    ],
    end: 'done',
  },
  { directives: () => ['coder: usage 3 1 0.001; exit 4'], end: 'blocked' },
  { directives: () => ['coder: say nothing at all'], end: 'blocked' },
  { directives: () => ['coder: write broken.txt x; commit; usage 2 2 0.001; success'], end: 'blocked' },
  // These two conflict, each with the other of its round alone: who loses to more than one has no attempts left, with or without a kill.
  { directives: (n, round) => [`coder: write list-${round}.txt ${n}; commit; count 20; usage 8 2 0.001; success`], end: 'done' },
  { directives: (n, round) => [`coder: write list-${round}.txt other ${n}; commit; count 20; usage 8 2 0.001; success`], end: 'done' },
  { directives: (n) => [`coder: usage 11 1 0.001; write draft-${n}.txt half; hang`], people: 'stop', end: 'held' },
  { directives: (n) => [`coder: usage 12 1 0.001; write draft-${n}.txt half; hang`], people: 'delete', end: 'deleted' },
  { directives: (n) => [`coder: usage 13 1 0.001; write draft-${n}.txt half; hang`], people: 'purge', end: 'purged' },
  { directives: (n) => [`coder: usage 14 1 0.001; write c-${n}.txt c; commit; count 30; success`], people: 'decline', end: 'done' },
];

let bench: Bench;
let server: FakeHomeserver;
let room: MatrixRoom;
afterEach(async () => {
  await bench.close();
  await server.close();
});

/** One item on its way: says what a person would say next, once what was said before has come true. */
class Errand {
  readonly title: string;
  readonly sort: Sort;
  #said: 'nothing' | 'start' | 'stop' | 'asked' | 'answered' = 'nothing';
  /** How many messages the room showed when something was said last; of their text edits take parts away again. */
  #before = 0;

  constructor(n: number, round: number, sort: Sort) {
    this.title = `Item${n}`;
    this.sort = sort;
    room.say([`create story ${this.title}`, ...sort.directives(n, round).map((one) => `do ${one}`)].join('\n'));
  }

  get item(): WorkItem | null {
    // A purged item has lost its title.
    return bench.items().find(({ title, number }) => title === this.title || number === this.#number) ?? null;
  }
  #number = 0;

  get isOver(): boolean {
    return this.#number > 0 && endOf(bench, this.#number, 'shop') === this.sort.end && this.#said !== 'asked';
  }

  #say(text: string): void {
    this.#before = room.shown().length;
    room.say(text);
  }

  /** `mayAsk`: no other question of this person is open in the room. */
  step(mayAsk: boolean): void {
    const item = this.item;
    if (item === null) return;
    this.#number = item.number;
    const { people } = this.sort;
    if (this.#said === 'nothing') {
      this.#said = 'start';
      this.#say(`start ${item.number}`);
    } else if (this.#said === 'start' && item.execution.state === 'running' && people === 'stop') {
      this.#said = 'stop';
      this.#say(`stop ${item.number}`);
    } else if (this.#said === 'start' && item.execution.state === 'running' && people !== undefined && people !== 'stop' && mayAsk) {
      this.#said = 'asked';
      this.#say(`delete ${item.number}${people === 'purge' ? ' --purge' : ''}`);
    } else if (this.#said === 'asked' && this.#hears(new RegExp(`Delete #${item.number} .*\\?`))) {
      this.#said = 'answered';
      this.#say(people === 'decline' ? 'no' : 'yes');
    } else if (this.#said === 'asked' && this.#hears(/Musher restarted while working on this/)) {
      // There was no question, then: it is asked again where it still matters.
      this.#said = 'start';
    } else if (
      this.#said === 'answered' &&
      people !== 'decline' &&
      this.#hears(/changed after the question was asked|question expired|no question for you/)
    ) {
      this.#said = 'start';
    }
  }

  get hasQuestion(): boolean {
    if (this.isOver || this.#said !== 'answered') return this.#said === 'asked';
    // A Musher that died over the answer says that it goes on.
    return !this.#hears(/[Nn]othing was done|is deleted|already deleted|was deleted|is saved and continues/);
  }

  #hears(what: RegExp): boolean {
    return room
      .shown()
      .slice(this.#before)
      .some(({ text }) => what.test(text));
  }
}

test('killed a hundred times at any moment, items of all sorts end where they should, and nothing is lost, doubled or left behind', async () => {
  const seed = testSeed();
  const random = new Random(seed);
  server = new FakeHomeserver();
  await server.listen();
  bench = new Bench({
    top: 'max_retries = 1\nmax_coders = 4',
    gates: { test: 'test ! -f broken.txt' },
    agents: { a: 'current', b: 'current', c: 'current', d: 'current', m: 'merge' },
    sections: '[[component]]\nname = "app"\nsetup = ["true"]\nteardown = ["true"]\n',
  });
  bench.append('bot.toml', `\n[flood]\nburst = 10000\nwaiting = 10000\n${matrixToml(server, [ROOM])}`);
  room = new MatrixRoom(server, ROOM);
  const syncs = (): number => server.requests.filter((request) => request.includes('/sync')).length;
  let syncsAtStart = 0;
  const connected = (): boolean => syncs() > syncsAtStart + 1;
  const musher = new Reborn(bench, {
    environment() {
      syncsAtStart = syncs();
      return {};
    },
    connected,
  });
  const kills = new Kills();
  const errands: Errand[] = [];
  const toCome: Sort[] = [];
  const open = (): Errand[] => errands.filter((errand) => !errand.isOver);
  const begin = (): void => {
    if (open().length >= MOST_OPEN || errands.length >= MOST || musher.deaths > kills.wanted - LAST_KILLS) return;
    // Every sort before any comes again, so that each is there.
    if (toCome.length === 0) toCome.push(...random.shuffled(SORTS));
    const sort = toCome.shift();
    if (sort !== undefined) errands.push(new Errand(errands.length + 1, Math.floor(errands.length / SORTS.length), sort));
  };
  const advance = (): void => {
    for (const errand of open()) errand.step(!errands.some((one) => one.hasQuestion));
  };
  const standing = (): string =>
    `all to come to its end (seed ${seed}): ${open()
      .map(
        ({ title, sort, item }) =>
          `${title} to be ${sort.end}: ${JSON.stringify(item?.stage)} ${JSON.stringify(item?.execution)}\n${historyOf(item)}`,
      )
      .join('\n')}; room:\n${room.text.slice(-3000)}`;
  try {
    const began = performance.now();
    await musher.until(connected, () => 'the first connection');
    const startMs = performance.now() - began;
    while (!kills.isEnough(musher.deaths)) {
      await musher.look();
      const deaths = musher.deaths;
      // Some die while they still come back, the others at work.
      const atWork = random.chance(0.6);
      let end = performance.now() + (atWork ? LONGEST_START_MS : random.below(startMs));
      let wasBack = false;
      while (performance.now() < end && musher.deaths === deaths) {
        begin();
        advance();
        await musher.look();
        if (atWork && !wasBack && (musher.isBack || deaths === 0)) {
          wasBack = true;
          end = performance.now() + random.below(1_200);
        }
        await new Promise((resolve) => {
          setTimeout(resolve, 25);
        });
      }
      // With git and what else it has just started, as the end of a service does, or alone.
      await musher.kill(random.chance(0.5));
      await musher.look();
    }
    const words = kills.words(musher.deaths);
    const endedBefore = errands.length - open().length;
    await musher.until(() => {
      advance();
      return open().length === 0 && settled(bench);
    }, standing);
    await musher.end();
    const ends = Object.fromEntries(errands.map((errand) => [errand.item?.number ?? 0, errand.sort.end]));
    const found = await violations(bench, 'shop', { rooms: [room], ends });
    expect(bench.items()).toHaveLength(errands.length);
    for (const errand of errands.filter(({ sort }) => sort === SORTS[2])) found.push(...lineViolations(errand.item?.number ?? 0));
    expect(found).toEqual([]);
    const { median, longest } = spread(musher.recoveries);
    figure(
      `kill loop of the pipeline: ${words}, ${errands.length} items of ${new Set(errands.map(({ sort }) => sort)).size} sorts (${endedBefore} at their end by then), ${room.asked.length} messages taken, ${room.shown().length} shown, 0 lost, 0 doubled; recovered in ${median} ms (median), ${longest} ms (longest); seed ${seed}`,
    );
  } catch (error) {
    throw new Error(`with MUSHER_TEST_SEED=${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}, 600_000);

/** What the log says of an item that has not come to its end. */
function historyOf(item: WorkItem | null): string {
  if (item === null) return 'nothing of it in the log';
  const events = bench.events(item.number).filter(({ kind }) => kind !== 'run.heartbeat' && kind !== 'command.handled');
  return events
    .map(({ at, kind, payload }) => `  ${new Date(at).toISOString().slice(11, 23)} ${kind} ${JSON.stringify(payload).slice(0, 300)}`)
    .join('\n');
}

/** The lines that an agent printed while Musher died and came back: read to the last, each once, in order. */
function lineViolations(number: number): string[] {
  const [first] = bench.runs(number);
  // Its evidence stands in the prompt of the run after it; of the lines the last are kept.
  const read = Array.from(bench.prompt(number, 2).matchAll(/^line (\d+)$/gm), ([, n]) => Number(n));
  const wanted = Array.from({ length: read.length }, (_, i) => LINES - read.length + 1 + i);
  if (first?.exitCode !== 3) return [`run 1 of item ${number} ended as ${first?.reason} (${JSON.stringify(first?.summary)})`];
  return read.length > 0 && read.join() === wanted.join() ? [] : [`of the ${LINES} lines of item ${number} were read: ${read.join()}`];
}

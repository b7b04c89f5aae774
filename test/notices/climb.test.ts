import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { plainText } from '../../src/message/plain.ts';
import { climb } from '../../src/notices/climb/climb.ts';
import type { ClimbStep } from '../../src/config/settings.ts';
import type { NotifiedRoom } from '../../src/notices/notify.ts';
import { afterQuietHours } from '../../src/notices/quiet-hours.ts';
import { makeDesk, makeWorld, moveTo, projectSettings, seeWork, startRun, type Desk, type World } from '../commands/harness.ts';

const MINUTE = 60_000;
const STEPS = [
  { afterMs: 10 * MINUTE, to: 'here' },
  { afterMs: 20 * MINUTE, to: 'leads' },
  { afterMs: 40 * MINUTE, to: 'night' },
];
/** 22:00 to 07:00 in Berlin, where the tests begin at 14:05. */
const NIGHT = { from: 22 * 60, to: 7 * 60 };
const room = (id: string, quiet: typeof NIGHT | null = null): NotifiedRoom => ({
  to: { transport: 'net', room: id, thread: null },
  project: id === 'leads' ? 'docs' : 'shop',
  notify: id === 'team' ? ['approvals'] : [],
  style: 'messages',
  buttons: true,
  pressable: true,
  notBefore: (now) => afterQuietHours(now, quiet, 'Europe/Berlin'),
});

let desk: Desk;
let world: World;
let stop = (): void => undefined;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  open = async (person) => room(`with ${person}`);
  world = makeWorld(desk);
});
afterEach(async () => {
  stop();
  await world.close();
});

/** What becomes of opening the conversation with a person. */
let open = async (person: string): Promise<NotifiedRoom | null> => room(`with ${person}`);
/** Begins to look, as a start of Musher does. */
function start(
  rooms: readonly NotifiedRoom[] = [room('team'), room('leads'), room('night')],
  steps: readonly ClimbStep[] = STEPS,
  onProblem = (_what: string, error: unknown): void => {
    throw error;
  },
): void {
  stop();
  const running = climb({
    log: world.log,
    clock: world.clock,
    steps,
    projects: () => [projectSettings('shop', '/shop')],
    roomsOf: () => rooms,
    openDirect: open,
    roomNamed: (name) => rooms.find(({ to }) => to.room === name) ?? null,
    timezone: 'Europe/Berlin',
    onProblem,
  });
  stop = () => running.stop();
}

/** Time passes in looks. */
function pass(minutes: number): void {
  for (let n = 0; n < minutes * 2; n += 1) world.clock.move(MINUTE / 2);
}
const told = (id: string): string[] => world.log.outbox.open('net', id, 100).map(({ body }) => plainText(body, { width: 300 }));
const counts = (): number[] => ['team', 'leads', 'night'].map((id) => told(id).length);
const climbed = () => world.log.reads.events(0, 10_000).flatMap((event) => (event.kind === 'item.climbed' ? [event.payload.step] : []));

/** An agent asks which database; gives its number. */
function askQuestion(): number {
  const number = world.make();
  moveTo(world, number, { name: 'current' });
  const run = startRun(world, number);
  const request = world.log.reads.requests.last() + 1;
  const ask = { kind: 'question', text: 'Which database?', choices: ['SQLite'], fallback: 'SQLite' } as const;
  const expiresAt = world.clock.now() + 10 * 60 * MINUTE;
  world.record(number, 'request.opened', { run, request, agent: 'coder-1', ask, brief: 'which', call: 'c', role: 'operator', expiresAt });
  return request;
}
function waitForReview(): number {
  const number = world.make();
  moveTo(world, number, { name: 'current' });
  seeWork(world, number);
  moveTo(world, number, { name: 'qa' });
  return number;
}

test.each([
  ['a question', askQuestion, 'then “SQLite” is used'],
  ['a review', waitForReview, 'Without an answer it stays in qa'],
])('%s that nobody answers is put to more people, each step once, and says what happens without an answer', (_, ask, end) => {
  ask();
  start();
  pass(9);
  expect(counts()).toEqual([0, 0, 0]);
  pass(2);
  expect(counts()).toEqual([1, 0, 0]);
  expect(told('team')[0]).toContain('no answer for 10 min');
  expect(told('team')[0]).toContain(end);
  pass(10);
  expect(counts()).toEqual([1, 1, 0]);
  // A room of another project reads whose number it is.
  expect(told('leads')[0]).toContain('shop#1');
  pass(200);
  expect(counts()).toEqual([1, 1, 1]);
  expect(climbed()).toEqual([0, 1, 2]);
});

test.each([
  ['an answer', () => answer()],
  ['an approval', () => moveTo(world, waiting, { name: 'current' })],
])('%s ends it', (what, end) => {
  if (what === 'an answer') askQuestion();
  else waiting = waitForReview();
  start();
  pass(11);
  end();
  pass(60);
  expect(counts()).toEqual([1, 0, 0]);
});
let waiting = 0;
function answer(): void {
  world.record(1, 'request.closed', { run: 1, request: 1, end: 'answered', text: 'SQLite' });
}

test('a restart between two steps forgets none and repeats none', () => {
  askQuestion();
  for (let n = 0; n < 25; n += 1) {
    start();
    pass(1);
  }
  expect(counts()).toEqual([1, 1, 0]);
});

test.each([0, 1, 2])('a crash within step %i leaves nothing of it, and the next start takes it once', (step) => {
  askQuestion();
  let crashes = true;
  // Its message comes after the event in the same transaction, which sees it already.
  const notBefore = (now: number): number => {
    if (crashes && climbed().length > step) throw new Error('crash');
    return now;
  };
  const rooms = ['team', 'leads', 'night'].map((id): NotifiedRoom => Object.assign(room(id), { notBefore }));
  start(rooms);
  expect(() => pass(60)).toThrow('crash');
  const before = [0, 1, 2].map((n) => (n < step ? 1 : 0));
  expect([counts(), climbed().length]).toEqual([before, step]);
  crashes = false;
  start(rooms);
  expect([counts(), climbed().length]).toEqual([before.map((n, index) => (index === step ? 1 : n)), step + 1]);
  pass(60);
  expect(counts()).toEqual([1, 1, 1]);
});

test('steps that came due while Musher was off are taken at its start, each room once', () => {
  askQuestion();
  world.clock.move(5 * 60 * MINUTE);
  start([room('team'), room('leads'), room('night')], [...STEPS, { afterMs: 60 * MINUTE, to: 'leads' }]);
  expect(counts()).toEqual([1, 1, 1]);
  expect(climbed()).toEqual([0, 1, 2, 3]);
});

test('a step waits for the end of the quiet hours of its room, and those behind it wait too', () => {
  // 21:55 in Berlin.
  world.clock.move(7 * 60 * MINUTE + 50 * MINUTE);
  askQuestion();
  start([room('team'), room('leads', NIGHT), room('night')]);
  pass(60);
  expect(counts()).toEqual([1, 0, 0]);
  pass(8 * 60 + 10);
  expect(counts()).toEqual([1, 1, 1]);
});

test('the time in which nobody could see it does not count', () => {
  // 23:05 in Berlin.
  world.clock.move(9 * 60 * MINUTE);
  askQuestion();
  start([room('team', NIGHT), room('leads'), room('night')]);
  pass(8 * 60);
  expect(counts()).toEqual([0, 0, 0]);
});

test('a step to a room of another project is left out', () => {
  askQuestion();
  start([room('team'), room('night')]);
  pass(60);
  expect(climbed()).toEqual([0, 2]);
});

const DIRECT = [
  { afterMs: 10 * MINUTE, to: '@Anna' },
  { afterMs: 20 * MINUTE, to: 'leads' },
];
/** What is awaited has happened. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a step writes to a person alone, once, also over restarts and while a conversation is opened', async () => {
  askQuestion();
  let opened = 0;
  open = async (person) => {
    opened += 1;
    return room(`with ${person}`);
  };
  start(undefined, DIRECT);
  pass(11);
  await settle();
  expect([told('with Anna').length, told('team').length, opened]).toEqual([1, 0, 1]);
  expect(told('with Anna')[0]).toContain('no answer for 11 min');
  start(undefined, DIRECT);
  pass(3);
  await settle();
  expect([told('with Anna').length, climbed()]).toEqual([1, [0]]);
  pass(10);
  expect([told('with Anna').length, ...counts()]).toEqual([1, 0, 1, 0]);
});

test('a person who can never be written to leaves their turn to the next step at once, and the first rooms are told', async () => {
  askQuestion();
  open = async () => null;
  start(undefined, DIRECT);
  pass(11);
  await settle();
  expect(counts()).toEqual([1, 1, 0]);
  expect(told('team')[0]).toMatch(/#1.*Anna could not be reached by direct message. Room leads is next/s);
  pass(60);
  await settle();
  expect([counts(), climbed()]).toEqual([
    [1, 1, 0],
    [0, 1],
  ]);
});

test('a network that is away for a moment is waited for, but not for long', async () => {
  askQuestion();
  let isAway = true;
  const problems: string[] = [];
  open = async (person) => {
    if (isAway) throw new Error('away');
    return room(`with ${person}`);
  };
  start(undefined, DIRECT, (what) => problems.push(what));
  pass(11);
  await settle();
  isAway = false;
  pass(1);
  await settle();
  expect([told('with Anna').length, counts(), problems]).toEqual([1, [0, 0, 0], []]);
  isAway = true;
  askQuestion();
  start(undefined, DIRECT, (what) => problems.push(what));
  for (let n = 0; n < 28; n += 1) {
    pass(0.5);
    await settle();
  }
  expect(told('with Anna')).toHaveLength(1);
  expect(told('team').at(-1)).toContain('#2');
  expect(problems).toEqual(['the conversation with Anna']);
});

test('a message that the network refuses for good counts as not sent', async () => {
  askQuestion();
  start(undefined, DIRECT);
  pass(11);
  await settle();
  const [sent] = world.log.outbox.open('net', 'with Anna', 10);
  world.log.outbox.mark(sent?.id ?? 0, 'dead', 1, 0);
  pass(1);
  expect(counts()).toEqual([1, 1, 0]);
  pass(60);
  expect([counts(), climbed()]).toEqual([
    [1, 1, 0],
    [0, 0, 1],
  ]);
});

test.each([
  [0, [0, 0]],
  [1, [1, 0]],
])('a crash within step %i to a person leaves nothing of it, and the next start takes it once', async (step, before) => {
  askQuestion();
  const people = ['Anna', 'Ben'];
  const steps = people.map((person, index) => ({ afterMs: (index + 1) * 10 * MINUTE, to: `@${person}` }));
  let crashes = true;
  const reached = (): number[] => people.map((person) => told(`with ${person}`).length);
  open = async (person) =>
    Object.assign(room(`with ${person}`), {
      notBefore(now: number) {
        // The second look is within the transaction that holds the message.
        if (crashes && person === people[step]) throw new Error('crash');
        return now;
      },
    });
  const problems: unknown[] = [];
  start(undefined, steps, (_what, error) => problems.push(error));
  for (let n = 0; n < 30; n += 1) {
    pass(1);
    await settle();
  }
  expect([reached(), climbed().length]).toEqual([before, step]);
  expect(problems.length).toBeGreaterThan(0);
  crashes = false;
  start(undefined, steps);
  await settle();
  await settle();
  pass(60);
  await settle();
  expect([reached(), climbed()]).toEqual([
    [1, 1],
    [0, 1],
  ]);
});

test('a step to the thread of the item goes to rooms with threads alone, and into the thread alone', () => {
  askQuestion();
  const threaded: NotifiedRoom = { ...room('team'), style: 'threads' };
  start([threaded, { ...room('leads'), notify: ['approvals'] }], [{ afterMs: 10 * MINUTE, to: 'thread' }]);
  pass(11);
  expect(counts()).toEqual([1, 0, 0]);
  expect(world.log.outbox.open('net', 'team', 10)[0]).toMatchObject({ inThread: 'within' });
});

test('an item that is held for review climbs too, with what accepts it', () => {
  const number = waitForReview();
  moveTo(world, number, { name: 'archived', archivedAt: world.clock.now(), reason: { kind: 'reviewHeld', reason: 'a secret' } });
  start();
  pass(11);
  expect(told('team')[0]).toMatch(/held for review · no answer.*accept 1/s);
  pass(60);
  expect(counts()).toEqual([1, 1, 1]);
});

test('a command that waits for a second person climbs too, not to whoever typed it, until somebody answers or it expires', async () => {
  const asker = { transport: 'net', room: 'team', sender: 'anna', name: 'Anna', ingress: 'message', direct: false } as const;
  const now = world.clock.now();
  const ask = { asker, person: 'Anna', project: 'shop', words: 'budget', text: 'budget all +20usd', items: [] };
  const id = world.log.transaction((tx) => tx.twoPerson.put({ ...ask, askedAt: now, expiresAt: now + 60 * MINUTE }, 0));
  start(undefined, [...DIRECT, { afterMs: 30 * MINUTE, to: '@Ben' }, { afterMs: 40 * MINUTE, to: 'night' }]);
  for (let n = 0; n < 35; n += 1) {
    pass(1);
    await settle();
  }
  expect([told('with Anna').length, told('with Ben').length, counts()]).toEqual([0, 1, [0, 1, 0]]);
  expect(told('leads')[0]).toMatch(/Anna wants to run.*budget all \+20usd.*yes q1/s);
  world.log.transaction((tx) => tx.twoPerson.close(id));
  pass(60);
  expect(counts()).toEqual([0, 1, 0]);
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { plainText } from '../../src/message/plain.ts';
import { climb } from '../../src/notices/climb.ts';
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
  world = makeWorld(desk);
});
afterEach(async () => {
  stop();
  await world.close();
});

/** Begins to look, as a start of Musher does. */
function start(rooms: readonly NotifiedRoom[] = [room('team'), room('leads'), room('night')], steps: typeof STEPS = STEPS): void {
  stop();
  const running = climb({
    log: world.log,
    clock: world.clock,
    steps,
    projects: () => [projectSettings('shop', '/shop')],
    roomsOf: () => rooms,
    roomNamed: (name) => rooms.find(({ to }) => to.room === name) ?? null,
    timezone: 'Europe/Berlin',
    onProblem: (_what, error) => {
      throw error;
    },
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

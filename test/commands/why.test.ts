import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  abandonedStage,
  blockedStage,
  doneStage,
  failAttempt,
  makeDesk,
  makeWorld,
  mergeStage,
  moveTo,
  sha,
  startRun,
  type Desk,
  type World,
} from './harness.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

type Way = (world: World) => void;
const current: Way = (world) => moveTo(world, 1, { name: 'current' });
const qa: Way = (world) => {
  current(world);
  moveTo(world, 1, { name: 'qa' });
};
const merge: Way = (world) => {
  current(world);
  moveTo(world, 1, mergeStage);
};
const done: Way = (world) => {
  merge(world);
  moveTo(world, 1, doneStage);
};
const ended = { exitCode: 0, summary: 'said goodbye', turns: 1, verdict: null } as const;

const STAGES: readonly (readonly [stage: string, way: Way])[] = [
  ['backlog', () => {}],
  ['current', current],
  ['qa', qa],
  ['merge', merge],
  ['done', done],
  ['archived as blocked', (world) => moveTo(world, 1, blockedStage())],
  ['archived as held by review', (world) => moveTo(world, 1, blockedStage('reviewHeld'))],
  ['archived as abandoned', (world) => moveTo(world, 1, abandonedStage)],
];
const RUNS: readonly (readonly [execution: string, way: Way])[] = [
  ['pending', (world) => startRun(world, 1)],
  ['running', (world) => startRun(world, 1)],
  [
    'rate-limited',
    (world) => {
      const run = startRun(world, 1);
      world.record(1, 'run.ended', { run, reason: 'rate-limited', resumeAt: world.clock.now() + 3_600_000, ...ended });
    },
  ],
  [
    'completed',
    (world) => {
      const run = startRun(world, 1);
      world.record(1, 'run.ended', { run, reason: 'finished', resumeAt: null, ...ended });
    },
  ],
  ['failed', (world) => failAttempt(world, 1, { cause: 'gate', summary: 'lint failed', evidence: '' })],
  ['stopped', (world) => world.record(1, 'item.held', { why: '' })],
];
const cases = [
  ...STAGES.map(([stage, way]) => [stage, way, () => {}] as const),
  ...(['current', 'qa', 'merge'] as const).flatMap((stage) =>
    RUNS.map(([execution, run]) => [`${stage}, ${execution}`, STAGES.find(([name]) => name === stage)?.[1] ?? current, run] as const),
  ),
];

describe('why', () => {
  it.each(cases)('says of an item in %s why it stands there, what comes next, since when, and by whom', async (_, way, run) => {
    const world = makeWorld(desk);
    world.make();
    way(world);
    run(world);
    // Thousands of signs of life hide nothing.
    for (let i = 0; i < 30; i++) world.record(1, 'item.work_seen', { work: { branch: 'b', head: sha('2'), commitsAhead: 1 } });
    world.clock.move(90_000);
    const { text } = await world.say('why 1');
    expect(text).toMatch(/^#1 Fix the login (?:has been in \w+|was \w+) .*1 min 30 s/);
    expect(text).toMatch(/14:05, 1 min 30 s ago: (?:Musher|admin) \w+/);
    const outlook = text.split('\n\n')[1] ?? '';
    expect(outlook).toMatch(/^(?:[A-Z]|[a-z]+-\d ).{5,}\.$/s);
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    await world.close();
  });

  it('tells nothing of a start that was undone', async () => {
    const world = makeWorld(desk);
    world.make();
    world.clock.move(60_000);
    await world.say('start 1');
    await world.say('undo 1');
    expect(world.kinds(1)).toEqual(['item.moved', 'item.undone', 'item.put_back']);
    world.clock.move(90_000);
    const { text } = await world.say('why 1');
    expect(text).toMatch(/has been in backlog/);
    expect(text).toMatch(/14:06, 1 min 30 s ago: operator /);
    expect(text.match(/ ago: /g)).toHaveLength(1);
    expect(text).not.toContain('current');
    await world.close();
  });
});

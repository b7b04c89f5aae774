import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { STAGES, type ArchiveReason, type StageName } from '../../src/pipeline/types.ts';
import { abandonedStage, blockedStage, doneStage, makeDesk, makeWorld, moveTo, seeWork, SHA, type Desk, type World } from './harness.ts';

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk);
});
afterEach(() => world.close());

const archive = (reason: ArchiveReason) => ({ name: 'archived', archivedAt: 1, reason }) as const;
const current = (n: number): void => moveTo(world, n, { name: 'current' });
function merge(n: number): void {
  current(n);
  seeWork(world, n);
  moveTo(world, n, { name: 'merge', branch: desk.branch, commitsAhead: 1 as never });
}
function done(n: number): void {
  merge(n);
  world.record(n, 'merge.attempted', { commit: SHA, base: SHA, head: SHA, outcome: 'clean', files: [] });
  moveTo(world, n, doneStage);
}

/** How an item comes to each place. */
const PLACES = {
  backlog: () => undefined,
  current: (n) => (current(n), seeWork(world, n)),
  qa: (n) => (current(n), seeWork(world, n), moveTo(world, n, { name: 'qa' })),
  merge,
  done,
  abandoned: (n) => (current(n), moveTo(world, n, abandonedStage)),
  superseded: (n) => (current(n), moveTo(world, n, archive({ kind: 'superseded', by: n as never }))),
  blocked: (n) => (current(n), seeWork(world, n), moveTo(world, n, blockedStage())),
  held: (n) => (merge(n), moveTo(world, n, archive({ kind: 'reviewHeld', reason: 'no' }))),
  completed: (n) => (done(n), moveTo(world, n, archive({ kind: 'completed' }))),
} satisfies Record<string, (n: number) => void>;

/** What `move` does from each place to each stage: it moves, asks first, or refuses with this code. */
const NO = 'invalid-move';
const BY_MERGE = 'done-by-merge';
const MOVES: Record<keyof typeof PLACES, Record<StageName, 'moves' | 'asks' | typeof NO | typeof BY_MERGE>> = {
  backlog: { backlog: NO, current: 'moves', qa: NO, merge: NO, done: BY_MERGE, archived: 'moves' },
  current: { backlog: 'moves', current: NO, qa: 'moves', merge: 'moves', done: BY_MERGE, archived: 'moves' },
  qa: { backlog: 'moves', current: 'moves', qa: NO, merge: 'moves', done: BY_MERGE, archived: 'moves' },
  merge: { backlog: 'moves', current: 'moves', qa: 'moves', merge: NO, done: BY_MERGE, archived: 'moves' },
  done: { backlog: NO, current: 'asks', qa: NO, merge: NO, done: NO, archived: 'moves' },
  abandoned: { backlog: 'moves', current: NO, qa: NO, merge: NO, done: BY_MERGE, archived: NO },
  superseded: { backlog: 'moves', current: NO, qa: NO, merge: NO, done: BY_MERGE, archived: NO },
  blocked: { backlog: 'moves', current: 'moves', qa: NO, merge: NO, done: BY_MERGE, archived: 'moves' },
  held: { backlog: 'moves', current: NO, qa: NO, merge: 'moves', done: BY_MERGE, archived: 'moves' },
  completed: { backlog: NO, current: NO, qa: NO, merge: NO, done: NO, archived: NO },
};
const pairs = (Object.keys(PLACES) as (keyof typeof PLACES)[]).flatMap((from) => STAGES.map((to) => ({ from, to, how: MOVES[from][to] })));

const isMerged = (from: string): boolean => from === 'done' || from === 'completed';

it.each(pairs.filter(({ how }) => how === 'moves'))(
  'move goes from $from to $to, and starts nothing that nobody started',
  async ({ from, to }) => {
    const n = world.make();
    PLACES[from](n);
    const answer = await world.say(`move ${n} ${to}`);
    expect(answer).toMatchObject({ ok: true });
    expect(world.item(n)).toMatchObject({ stage: { name: to }, queued: false });
    expect(answer.text).toContain(to === 'backlog' ? `Not started. \`start ${n}\` to begin.` : `to ${to} by operator`);
  },
);

it.each(pairs.filter(({ how, from }) => how === 'moves' && !isMerged(from)))(
  'undo takes the move from $from to $to back',
  async ({ from, to }) => {
    const n = world.make();
    PLACES[from](n);
    const before = world.item(n);
    await world.say(`move ${n} ${to}`);
    expect(await world.say('undo')).toMatchObject({ ok: true });
    expect(world.item(n).stage).toEqual(before.stage);
  },
);

it.each(pairs.filter(({ how }) => how === 'asks'))('move from $from to $to asks first and offers the revert', async ({ from, to }) => {
  const n = world.make();
  PLACES[from](n);
  const before = world.item(n);
  expect((await world.say(`move ${n} ${to}`)).text).toContain(`\`undo ${n}\` reverts it instead`);
  expect(world.item(n).stage).toEqual(before.stage);
  expect(await world.say('yes')).toMatchObject({ ok: true });
  expect(world.item(n).stage.name).toBe(to);
});

it.each(pairs.filter(({ how }) => how === NO || how === BY_MERGE))(
  'move refuses to go from $from to $to, and says what goes',
  async ({ from, to, how }) => {
    const n = world.make();
    PLACES[from](n);
    const before = world.item(n);
    const answer = await world.say(`move ${n} ${to}`);
    expect(answer).toMatchObject({ ok: false, code: how });
    expect(world.item(n)).toEqual(before);
    const says = how === NO || before.stage.name === 'archived' ? 'It can move to ' : 'once it is merged';
    expect(answer.text).toContain(isMerged(from) ? `\`undo ${n}\` reverts it` : says);
  },
);

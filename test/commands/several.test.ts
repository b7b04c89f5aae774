import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  blockedStage,
  doneStage,
  endRun,
  makeDesk,
  makeWorld,
  mergeStage,
  moveTo,
  seeWork,
  startRun,
  when,
  type Desk,
  type World,
} from './harness.ts';

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

const titled = (title: string): number => world.make({ title });
function inCurrent(title = 'Fix the login'): number {
  const n = titled(title);
  moveTo(world, n, { name: 'current' });
  return n;
}
function inQa(title = 'Fix the login'): number {
  const n = inCurrent(title);
  seeWork(world, n);
  moveTo(world, n, { name: 'qa' });
  return n;
}
function inDone(): number {
  const n = inQa();
  moveTo(world, n, mergeStage);
  moveTo(world, n, doneStage);
  return n;
}
const stageOf = (n: number): string => world.item(n).stage.name;

describe('a command on several items', () => {
  it('does all it can, in one reply with a line for each, and names what it could not do', async () => {
    const [first, second, running] = [titled('One'), titled('Two'), inCurrent('Three')];
    const { ok, text } = await world.say(`start ${first} ${second}, ${running} 97-99`);
    expect(ok).toBe(true);
    expect([first, second].map(stageOf)).toEqual(['current', 'current']);
    expect(text).toContain('Done for 2 of 6 items.');
    expect(text).toContain('#1 One: started by operator');
    expect(text).toContain('#2 Two: started by operator');
    expect(text).toContain('✗ #3 Three is already in current.');
    expect(text).toContain('✗ There are no items #97, #98, #99.');
  });

  it('looks as always for one, and is refused as always', async () => {
    const only = titled('One');
    expect((await world.say(`start ${only}, ${only}`)).text).toMatch(/^#1 One: started by operator/);
    expect(await world.say(`start ${only}`)).toMatchObject({ ok: false, code: 'already-started' });
  });

  it('changes nothing and says so where it fits none', async () => {
    const [a, b] = [titled('One'), titled('Two')];
    const before = world.log.reads.lastSeq();
    const { ok, code, text } = await world.say(`approve ${a} ${b}`);
    expect({ ok, code }).toEqual({ ok: false, code: 'not-in-qa' });
    expect(text).toContain('Nothing was done.');
    expect(text).toContain('✗ #1 One is in backlog');
    expect(world.log.reads.events(before, 100).map(({ kind }) => kind)).toEqual(['command.handled']);
  });

  it('does for each what it does for one, and leaves no trace where it refuses', async () => {
    const held = inQa('Held');
    moveTo(world, held, blockedStage('reviewHeld'));
    const backlog = titled('New');
    const { text } = await world.say(`reject ${held}, ${backlog} It lacks a test.`);
    expect(text).toContain('Done for 1 of 2 items.');
    expect(world.item(held)).toMatchObject({ stage: { name: 'current' }, failure: { evidence: 'It lacks a test.' } });
    expect(world.kinds(backlog)).toEqual([]);
  });

  it('understands words for all of a kind, and says when there is none', async () => {
    const [a, b, fine] = [inCurrent('A'), inCurrent('B'), inCurrent('C')];
    for (const n of [a, b]) moveTo(world, n, blockedStage());
    expect((await world.say('retry blocked')).ok).toBe(true);
    expect([a, b, fine].map(stageOf)).toEqual(['current', 'current', 'current']);
    expect(world.kinds(fine)).toEqual(['item.moved']);
    expect(await world.say('retry blocked')).toMatchObject({
      ok: false,
      code: 'none-called',
      text: expect.stringContaining('“blocked”') as string,
    });
    const done = [inDone(), inDone()];
    await world.say('accept done');
    expect(done.map(stageOf)).toEqual(['archived', 'archived']);
    const waiting = [inQa(), inQa()];
    await world.say('approve waiting');
    expect(waiting.map(stageOf)).toEqual(['merge', 'merge']);
    const review = inQa();
    moveTo(world, review, blockedStage('reviewHeld'));
    // What is held for review waits for somebody to look at it: no word for many releases it.
    expect(await world.say('unblock blocked')).toMatchObject({ code: 'none-called' });
  });

  it('stops everything that goes on, and waits for all of it together', async () => {
    const [a, b] = [inCurrent('A'), inCurrent('B')];
    const idle = titled('Idle');
    const runs = [startRun(world, a, 'coder-1'), startRun(world, b, 'coder-2')];
    const answer = world.say('stop all');
    await when(world.log, () => [a, b].every((n) => world.item(n).held !== null));
    endRun(world, b, runs[1] ?? 0, 'stopped');
    endRun(world, a, runs[0] ?? 0, 'stopped');
    const { text } = await answer;
    expect(text).toContain('#1 A: stopped by operator. Run 1 by coder-1 ended (stopped)');
    expect(text).toContain('#2 B: stopped by operator. Run 1 by coder-2 ended (stopped)');
    expect(world.kinds(idle)).toEqual([]);
    expect((await world.say('start stopped')).ok).toBe(true);
    expect([a, b].map((n) => world.item(n).held)).toEqual([null, null]);
  });

  it('is one command for `undo`', async () => {
    const [a, b] = [titled('A'), titled('B')];
    await world.say(`start ${a} ${b}`);
    const { ok, text } = await world.say('undo');
    expect(ok).toBe(true);
    expect(text).toContain('#1 A');
    expect(text).toContain('#2 B');
    expect([a, b].map(stageOf)).toEqual(['backlog', 'backlog']);
  });

  it('is undone for all items that work has not continued on, and the others are named', async () => {
    const [a, b] = [titled('A'), titled('B')];
    await world.say(`start ${a} ${b}`);
    const run = startRun(world, a);
    const { ok, text } = await world.say('undo');
    expect(ok).toBe(true);
    expect(text).toContain('for 1 of 2 items');
    expect(text).toMatch(/✗ Can’t undo start .* on #1 A: work has continued since/);
    expect([a, b].map(stageOf)).toEqual(['current', 'backlog']);
    // Of the item that was left nothing is noted as undone: its last change is still the start.
    endRun(world, a, run, 'stopped');
    expect(await world.say(`undo ${a}`)).toMatchObject({ ok: false, code: 'overtaken' });
  });

  it('needs the role in every project that it names, and does nothing without', async () => {
    await world.close();
    world = makeWorld(desk, {}, [], {
      roles: { admin: [], operator: [], viewer: ['test:operator'] },
      projectRoles: [{ project: 'shop', roles: { admin: [], operator: ['test:operator'], viewer: [] } }],
    });
    const here = titled('Here');
    world.make({ title: 'There' }, 'docs');
    expect(await world.say(`start ${here} docs#1`)).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(stageOf(here)).toBe('backlog');
  });

  it('runs in a timer on the timer’s own item alone', async () => {
    const [a, b] = [titled('A'), titled('B')];
    expect((await world.say(`timer ${a} 14:30 start`)).ok).toBe(true);
    expect(await world.say(`timer ${a} 14:30 start ${b}`)).toMatchObject({ ok: false, code: 'not-in-timer' });
    expect(await world.say(`timer ${a} 14:30 retry blocked`)).toMatchObject({ ok: false, code: 'not-in-timer' });
  });
});

describe('delete of several items', () => {
  it('asks one question for all and deletes exactly those', async () => {
    const [a, b] = [titled('A'), titled('B')];
    const { text } = await world.say(`delete ${a}-9`);
    expect(text).toContain('Delete these 2 items?');
    expect(text).toContain('#1 A is in backlog');
    expect(text).toContain('✗ There are no items #3, #4, #5');
    // Made between the question and the answer: nobody was asked about it.
    const later = titled('Later');
    const answer = world.say('yes');
    await when(world.log, () => [a, b].every((n) => world.item(n).deletedAt !== null));
    for (const n of [a, b]) world.record(n, 'item.removed', { done: [], left: [] });
    expect((await answer).text).toContain('#2 B is deleted.');
    expect(world.item(later).deletedAt).toBeNull();
  });

  it('is void once one of them has changed', async () => {
    const [a, b] = [titled('A'), titled('B')];
    await world.say(`delete ${a} ${b}`);
    await world.say(`start ${b}`, { role: 'admin' });
    expect(await world.say('yes')).toMatchObject({ ok: false, code: 'confirmation-stale' });
    expect([a, b].map((n) => world.item(n).deletedAt)).toEqual([null, null]);
  });

  it('leaves no title of a purged one in its question', async () => {
    const [a, b] = [titled('A'), titled('Kraken')];
    const room = { transport: 'test', room: 'lobby', thread: null };
    await world.say(`delete ${a} ${b}`, { from: { at: room } });
    world.record(b, 'item.deleted', { purge: true });
    world.record(b, 'item.removed', { done: [], left: [] });
    world.record(b, 'item.purged', {});
    expect(JSON.stringify(world.log.buttons.inState('closing', Number.MAX_SAFE_INTEGER))).not.toContain('Kraken');
    expect(JSON.stringify(world.log.buttons.inState('open', Number.MAX_SAFE_INTEGER))).not.toContain('Kraken');
    expect(world.log.confirmations.of('test', 'lobby', 'operator')).toBeNull();
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  abandonedStage,
  blockedStage,
  doneStage,
  endRun,
  makeDesk,
  makeWorld,
  mergeStage,
  moveTo,
  seeWork,
  START,
  startRun,
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

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function inCurrent(title: string, project = 'shop'): number {
  const n = world.make({ title }, project);
  world.record(n, 'item.moved', { to: { name: 'current' }, why: 'for the test', failure: null }, project);
  return n;
}
function merged(title: string, mergedAt = world.clock.now()): number {
  const n = inCurrent(title);
  seeWork(world, n);
  moveTo(world, n, mergeStage);
  moveTo(world, n, { ...doneStage, mergedAt });
  return n;
}
function inReview(title: string): number {
  const n = inCurrent(title);
  seeWork(world, n);
  endRun(world, n, startRun(world, n), 'finished');
  moveTo(world, n, { name: 'qa' });
  return n;
}

describe('mine', () => {
  it('lists what the sender made or moved forward last, in every project, and nothing of others', async () => {
    world.make({ title: 'Made by the admin' });
    await world.say('create story Made by the operator');
    await world.say('create bug "Somebody else"', { role: 'admin' });
    await world.say('start 3');
    await world.say('project docs');
    await world.say('create story In the other project');
    await world.say('project shop');
    const { text } = await world.say('mine');
    expect(text).toContain('#2 Made by the operator (story)');
    expect(text).toContain('#3 Somebody else · ');
    expect(text).toContain('docs#1 In the other project (story)');
    expect(text).not.toContain('Made by the admin');
  });

  it('shows what needs the sender first, then what is in progress, merged, and nothing that is over', async () => {
    const review = inReview('To review');
    const running = inCurrent('Running');
    startRun(world, running, 'coder-2');
    const stuck = inCurrent('Stuck');
    moveTo(world, stuck, blockedStage());
    const done = merged('Shipped');
    moveTo(world, inCurrent('Given up'), abandonedStage);
    const { text } = await world.say('mine', { role: 'admin' });
    const at = [`! #${review} To review`, `✗ #${stuck} Stuck`, `… #${running} Running`, `✓ #${done} Shipped`].map((one) =>
      text.indexOf(one),
    );
    expect(at).not.toContain(-1);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(text).not.toContain('Given up');
    expect((await world.say('mine', { role: 'viewer' })).text).toContain('You have no open items');
  });
});

describe('blocked', () => {
  it('lists what is blocked with the reason, of the room’s project or of all', async () => {
    const stuck = inCurrent('Stuck');
    moveTo(world, stuck, blockedStage());
    const other = inCurrent('Also stuck', 'docs');
    world.record(other, 'item.moved', { to: blockedStage(), why: 'for the test', failure: null }, 'docs');
    expect((await world.say('blocked', { role: 'viewer' })).text).toBe(
      `Blocked (1)\n- ✗ #${stuck} Stuck · blocked: the gate test failed. \`retry ${stuck}\` tries again, \`unblock ${stuck}\` moves it back to current.`,
    );
    expect((await world.say('blocked docs')).text).toContain(`✗ docs#${other} Also stuck`);
    expect((await world.say('blocked all')).text).toContain('`retry blocked` tries them all again');
    moveTo(world, stuck, { name: 'current' });
    expect((await world.say('blocked')).text).toBe('Nothing is blocked in shop.');
  });
});

describe('waiting', () => {
  it('puts what needs a person first, and then what continues on its own', async () => {
    const review = inReview('To review');
    const stopped = inCurrent('Stopped');
    await world.say(`stop ${stopped}`);
    startRun(world, inCurrent('One'));
    startRun(world, inCurrent('Two'), 'coder-2');
    const queued = inCurrent('Queued');
    world.make({ title: 'Untouched' });
    const { text } = await world.say('waiting', { role: 'viewer' });
    const [people, others] = text.split('Continues on its own');
    expect(people).toContain(`! #${review} To review · waiting for review`);
    expect(people).toContain(`! #${stopped} Stopped · stopped by`);
    expect(others).toContain(`… #${queued} Queued · queued: all 2 coder slots are busy`);
    expect(text).not.toContain('Untouched');
    expect(text).not.toContain('One ·');
  });

  it('says that nothing waits', async () => {
    world.make();
    expect((await world.say('waiting all')).text).toBe('Nothing is waiting in shop, docs.');
  });
});

describe('today', () => {
  it('counts what was merged, blocked, made and spent since midnight, and leaves yesterday out', async () => {
    merged('Yesterday', START - DAY);
    world.clock.move(DAY);
    const done = merged('Shipped');
    const stuck = inCurrent('Stuck');
    moveTo(world, stuck, blockedStage());
    const running = inCurrent('Running');
    const run = startRun(world, running);
    const usage = { inputTokens: 900, outputTokens: 100, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 420_000 };
    world.record(running, 'run.usage', { run, agent: 'coder-1', model: 'small', usage });
    const { text } = await world.say('today', { role: 'viewer' });
    expect(text).toContain('1 merged · 1 blocked · 1 running · 3 new · $0.42, 1k tokens');
    expect(text).toContain(`✓ #${done} Shipped merged`);
    expect(text).toContain(`✗ #${stuck} Stuck`);
    expect(text).toContain(`… #${running} Running · coder-1 running in current`);
    expect(text).not.toContain('Yesterday');
  });

  it('says that nothing happened', async () => {
    expect((await world.say('today')).text).toContain('Nothing happened yet. $0.00, 0 tokens.');
  });
});

describe('status of other projects', () => {
  it('shows the board of a project by its name, with items as they are typed here', async () => {
    world.make({ title: 'Here' });
    world.make({ title: 'There' }, 'docs');
    const { text } = await world.say('status docs', { role: 'viewer' });
    expect(text).toContain('docs');
    expect(text).toContain('`start docs#1` to begin');
    expect(await world.say('status nowhere')).toMatchObject({ ok: false });
  });

  it('shows all projects in short, with what runs and what needs a person', async () => {
    startRun(world, inCurrent('Running'));
    const stuck = inCurrent('Stuck', 'docs');
    world.record(stuck, 'item.moved', { to: blockedStage(), why: 'for the test', failure: null }, 'docs');
    const { text } = await world.say('status all', { role: 'viewer' });
    expect(text).toContain('backlog 0 · current 1 · qa 0 · merge 0 · done 0 · archived 0 · today $0.00, 0 tokens');
    expect(text).toContain('#1 Running · coder-1 running');
    expect(text).toContain(`✗ docs#${stuck} Stuck`);
  });

  it('shows nothing of a project that the sender may not see', async () => {
    world.make({ title: 'A secret plan' }, 'docs');
    const roles = { admin: [], operator: [], viewer: ['test:viewer'] };
    const none = { admin: [], operator: [], viewer: [] };
    const closed = world.restarted({
      roles: none,
      projectRoles: [
        { project: 'shop', roles },
        { project: 'docs', roles: none },
      ],
    });
    for (const line of ['status all', 'waiting all', 'blocked all', 'today all', 'agents all', 'accounts', 'mine'])
      expect((await closed.say(line, { role: 'viewer' })).text).not.toMatch(/docs|secret/);
    for (const line of ['status docs', 'waiting docs', 'blocked docs', 'today docs', 'agents docs'])
      expect(await closed.say(line, { role: 'viewer' })).toMatchObject({ ok: false });
    await closed.stop();
  });
});

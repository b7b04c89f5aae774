import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDesk, makeWorld, moveTo, START, startRun, type Desk, type World } from './harness.ts';

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

const MINUTE = 60_000;

function spend(n: number, run: number, microUsd: number, agent = 'coder-1', model = 'small'): void {
  const usage = { inputTokens: 12_000, outputTokens: 300, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd };
  world.record(n, 'run.usage', { run, agent, model, usage });
}
function inCurrent(title = 'Fix the login'): number {
  const n = world.make({ title });
  moveTo(world, n, { name: 'current' });
  return n;
}

describe('cost', () => {
  it('sums today, the week and all time in the configured zone', async () => {
    const n = inCurrent('Costly');
    const run = startRun(world, n);
    world.clock.move(-6 * 24 * 60 * MINUTE);
    spend(n, run, 1_000_000);
    world.clock.move(5 * 24 * 60 * MINUTE);
    spend(n, run, 500_000, 'qa', 'large');
    world.clock.move(24 * 60 * MINUTE);
    expect(world.clock.now()).toBe(START);
    spend(n, run, 1);
    const overview = await world.say('cost', { role: 'viewer' });
    expect(overview.text).toMatch(/shop\s+\$0\.000001, 12\.3k tokens\s+\$0\.50, 24\.6k tokens\s+\$1\.50, 36\.9k tokens/);
    expect(overview.text).toMatch(/docs\s+\$0\.00, 0 tokens/);
    expect((await world.say('cost today')).text).toContain('shop today: $0.000001, 12.3k tokens.');
    const week = await world.say('cost week');
    expect(week.text).toContain('shop this week: $0.50');
    expect(week.text).toContain(`#${n} Costly`);
    expect((await world.say('cost by agent')).text).toMatch(/coder-1\s+24\.6k\s+\$1\.00\n\s*qa\s+12\.3k\s+\$0\.50/);
    expect((await world.say('cost by model')).text).toMatch(/small\s+24\.6k/);
    const one = await world.say(`cost ${n}`);
    expect(one.text).toContain('$1.50, 36.9k tokens, 1 run.');
    expect(one.text).toContain('running');
  });

  it('says so where nothing was spent, and refuses a number that is not there', async () => {
    expect((await world.say('cost by model')).text).toContain('No agent of shop has used any tokens yet.');
    expect((await world.say('cost today')).text).toContain('shop today: $0.00, 0 tokens.');
    expect(await world.say('cost 99')).toMatchObject({ ok: false, code: 'no-such-item' });
    expect(await world.say('cost month')).toMatchObject({ ok: false, code: 'bad-argument' });
  });
});

describe('git', () => {
  it('shows the base branch and the checkout', async () => {
    const { text } = await world.say('git', { role: 'viewer' });
    expect(text).toContain(`main at ${desk.owner.git(['rev-parse', '--short=8', 'main'])}`);
    expect(text).toContain('first');
    expect(text).toMatch(/Checkout\s+on main, clean/);
    expect(text).not.toContain(desk.owner.repository);
  });
});

describe('htop', () => {
  it('looks once a second and ends with a last look', async () => {
    const answer = world.say('htop 3', { role: 'viewer' });
    for (let second = 1; second <= 3; second++) {
      await expect.poll(() => world.clock.waiting()).toBe(1);
      world.clock.move(1_000);
    }
    const { ok, text, live } = await answer;
    expect(ok).toBe(true);
    expect(text).toContain('after 3 s');
    expect(text).toMatch(/Musher\s+4242\s+25 %\s+80 MB\s+1/);
    // Each look once, and the last one is the answer.
    expect(live.map((one) => /(\d) s left/.exec(one)?.[1])).toEqual(['3', '2', '1']);
    expect(text).toContain('Machine: load 0.5 on 2 cores · memory 3.1 GB of 16 GB · disk 20 GB of 100 GB free');
  });

  it('ends when another one begins in the same room, and says how long it really looked', async () => {
    let elsewhere = 'goes on';
    const other = world.say('htop 60', { role: 'viewer', room: 'attic' }).then(() => (elsewhere = 'ended'));
    const first = world.say('htop 60', { role: 'viewer' });
    const second = world.say('htop 60', { role: 'viewer' });
    // No time passes: it is the other one that ends it.
    expect((await first).text).toContain('after 0 s');
    expect(elsewhere).toBe('goes on');
    await world.stop();
    expect((await second).text).toContain('after 0 s');
    await other;
  });

  it('refuses more than two minutes', async () => {
    expect(await world.say('htop 121')).toMatchObject({ ok: false, code: 'bad-argument' });
  });
});

describe('the small ones', () => {
  it('ping says how long the message waited', async () => {
    expect((await world.say('ping', { role: 'viewer' })).text).toBe('pong (0 ms)');
  });

  it('version says which Musher runs since when', async () => {
    const { text } = await world.say('version', { role: 'viewer' });
    expect(text).toContain(`Musher 1.2.3 on Node ${process.versions.node}, up 1 h (since 13:05)`);
  });

  it('project lists, switches one room and leaves the others', async () => {
    expect((await world.say('project')).text).toContain('shop: 0 in the backlog, 0 in progress (this room)');
    expect((await world.say('project docs')).text).toContain('This room is now on docs');
    await world.say('create story In docs');
    expect(world.item(1, 'docs').title).toBe('In docs');
    await world.say('create story In shop', { room: 'other' });
    expect(world.item(1).title).toBe('In shop');
    expect(await world.say('project docs')).toMatchObject({ ok: false, code: 'unchanged' });
    expect(await world.say('project nowhere')).toMatchObject({ ok: false, code: 'bad-argument' });
    expect(await world.say('project shop', { role: 'viewer' })).toMatchObject({ ok: false, code: 'not-allowed' });
  });
});

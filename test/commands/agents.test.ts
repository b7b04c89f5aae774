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

const HOUR = 3_600_000;

function limit(account: string, until: number, signIn?: string): void {
  const payload = { account, until, times: 1, news: true, others: [], earliest: null, ...(signIn === undefined ? {} : { signIn }) };
  world.log.transaction((tx) => {
    tx.record({ project: 'shop', item: null, actor: 'musher', cause: null, kind: 'account.limited', payload });
  });
}

describe('agents', () => {
  it('says what each is working on and since when, its model and what it cost today', async () => {
    const n = world.make({ title: 'Login' });
    moveTo(world, n, { name: 'current' });
    const run = startRun(world, n);
    const usage = { inputTokens: 900, outputTokens: 100, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 420_000 };
    world.record(n, 'run.usage', { run, agent: 'coder-1', model: 'small', usage });
    world.clock.move(3 * 60_000);
    const { text } = await world.say('agents', { role: 'viewer' });
    expect(text).toContain(`- … coder-1 #${n} Login · 3 min · small · $0.42 today`);
    expect(text).toContain('- ✓ coder-2 free (codes)');
    expect(text).toContain('- ✓ qa free (reviews)');
  });

  it('says that the project is paused, for free agents take nothing then', async () => {
    await world.say('pause we deploy');
    expect((await world.say('agents')).text).toMatch(/Agents of shop\n+‖ Paused by operator: we deploy\. `resume` lets work continue\./);
  });

  it('shows an agent that works and is no longer configured', async () => {
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    startRun(world, n, 'gone-1');
    expect((await world.say('team')).text).toContain(`… gone-1 #${n} Fix the login`);
  });

  it('says of a limited or signed-out agent why it can’t work, and until when', async () => {
    limit('shop/coder-1', START + HOUR);
    expect((await world.say('agents')).text).toContain('! coder-1 rate-limited until 15:05 (codes)');
    limit('shop/coder-1', START + HOUR, 'claude login');
    expect((await world.say('agents')).text).toContain('! coder-1 signed out of account shop/coder-1');
  });
});

describe('accounts', () => {
  it('says which account works, which is limited and until when, and how to sign in', async () => {
    const before = (await world.say('accounts', { role: 'viewer' })).text;
    expect(before).toContain('✓ shop/coder-1 works · command · coder-1');
    limit('shop/coder-1', START + HOUR);
    expect((await world.say('accounts')).text).toContain('! shop/coder-1 rate-limited until 15:05, in 1 h');
    world.clock.move(HOUR);
    expect((await world.say('accounts')).text).toContain('… shop/coder-1 is tested by the next run, its limit is over');
    limit('shop/coder-1', START + 9 * HOUR, 'claude login');
    expect((await world.say('accounts')).text).toMatch(/! shop\/coder-1 signed out .* run `claude login`\./);
  });
});

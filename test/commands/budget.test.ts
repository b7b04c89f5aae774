import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UNLIMITED } from '../../src/config/sections/budget.ts';
import type { BudgetSettings } from '../../src/config/settings.ts';
import { dayBudget } from '../../src/decide/budgets.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { endRun, makeDesk, makeWorld, moveTo, startRun, type Desk, type World } from './harness.ts';
import { databaseOf } from '../log/database-of.ts';

const HOUR = 3_600_000;
const BUDGET: BudgetSettings = {
  ...UNLIMITED,
  item: { tokens: 50_000, microUsd: null },
  day: { tokens: null, microUsd: 5_000_000 },
  bot: { tokens: null, microUsd: 20_000_000 },
  people: [{ actor: 'person:anna', caps: { tokens: null, microUsd: 2_000_000 }, setIn: { tokens: 'everyone', microUsd: 'person' } }],
  timezone: 'Europe/Berlin',
};
let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk, { budget: BUDGET });
});
afterEach(async () => {
  const { differences } = verifyAll(databaseOf(world.log));
  await world.close();
  if (differences.length > 0) throw new Error(differences.join('\n'));
});

/** An item whose one run has used that much and ended. */
function spent(tokens: number, microUsd: number): number {
  const n = world.make();
  moveTo(world, n, { name: 'current' });
  const run = startRun(world, n);
  const usage = { inputTokens: tokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd };
  world.record(n, 'run.usage', { run, agent: 'coder-1', model: 'small', usage });
  endRun(world, n, run, 'over-budget');
  return n;
}

describe('budget', () => {
  it('shows the day of all, of each project and person, with what is reserved, left, and when the day ends', async () => {
    spent(1_000, 1_200_000);
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    const reserved = { tokens: null, microUsd: { cap: 3_000_000, by: 'project' }, person: 'person:anna' } as const;
    world.record(n, 'run.pending', { run: 1, agent: 'coder-2', role: 'coder', stage: 'current', attempt: 1, reserved });
    const { text } = await world.say('budget', { role: 'viewer' });
    expect(text).toMatch(/all projects together today\s+\$20\.00\s+\$1\.20\s+\$3\.00\s+\$15\.80/);
    expect(text).toMatch(/shop today\s+\$5\.00\s+\$1\.20\s+\$3\.00\s+\$0\.80/);
    expect(text).toMatch(/anna today\s+\$2\.00\s+\$0\.00\s+\$3\.00\s+\$0\.00/);
    expect(text).toContain('The day ends at 00:00 Europe/Berlin, in 9 h 55 min.');
    expect(text).toContain('50k tokens in total');
  });

  it('of an item says what it waits for', async () => {
    const n = spent(51_200, 0);
    const { text } = await world.say(`budget ${n}`);
    expect(text).toMatch(new RegExp(`#${n}\\s+50k\\s+51\\.2k\\s+0\\s+0`));
    expect(text).toContain(`#${n} has used 51.2k of its 50k tokens. \`budget ${n} +50k\``);
    expect((await world.say(`why ${n}`)).text).toContain('has used 51.2k of its 50k tokens');
    expect((await world.say('status')).text).toContain('has used 51.2k of its 50k tokens');
  });

  it('adds to an item only after a second step, for an operator, and it continues', async () => {
    const n = spent(51_200, 0);
    const asked = await world.say(`budget ${n} +50k`);
    expect(asked.text).toContain(`Add 50k tokens to the budget of #${n}?`);
    expect(asked.text).toContain(`#${n} has used 51.2k of its 50k tokens. New cap: 100k tokens.`);
    expect(world.item(n).toppedUp).toEqual({ tokens: 0, microUsd: 0 });
    const done = await world.say('yes');
    expect(done.text).toBe(`Added 50k tokens to the budget of #${n}: 48.8k tokens left. Queued for the next free agent.`);
    expect(world.last(n)).toMatchObject({ kind: 'item.budget_raised', actor: 'test:operator', payload: { tokens: 50_000, microUsd: 0 } });
    // The same yes adds nothing more.
    expect(await world.say('yes')).toMatchObject({ ok: false, code: 'nothing-to-confirm' });
  });

  it('security 8: raising is refused to who may not, in another room, by another, after five minutes, and when the item has changed', async () => {
    const n = spent(51_200, 0);
    expect(await world.say(`budget ${n} +50k`, { role: 'viewer' })).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(await world.say('budget today +5usd')).toMatchObject({ ok: false, code: 'not-allowed' });
    await world.say(`budget ${n} +50k`);
    expect(await world.say('yes', { role: 'admin' })).toMatchObject({ code: 'nothing-to-confirm' });
    expect(await world.say('yes', { room: 'elsewhere' })).toMatchObject({ code: 'nothing-to-confirm' });
    world.record(n, 'item.attempts_reset', { why: 'meanwhile' });
    expect(await world.say('yes')).toMatchObject({ code: 'confirmation-stale' });
    await world.say(`budget ${n} +50k`);
    world.clock.move(5 * 60_000);
    expect(await world.say('yes')).toMatchObject({ code: 'confirmation-expired' });
    expect(world.item(n).toppedUp).toEqual({ tokens: 0, microUsd: 0 });
  });

  it('adds to a day for an admin, and what was added ends with the day', async () => {
    const n = spent(10, 5_020_000);
    expect((await world.say(`why ${n}`)).text).toContain('shop has used $5.02 of its $5.00 for today, until 2026-11-22 00:00');
    const asked = await world.say('budget today +5usd', { role: 'admin' });
    expect(asked.text).toContain('Add $5.00 to today’s budget of shop?');
    expect(asked.text).toContain('The raise ends with the day, at 00:00 Europe/Berlin, in 9 h 55 min.');
    expect((await world.say('yes', { role: 'admin' })).text).toContain('Added $5.00 to today’s budget of shop: $4.98 left.');
    expect((await world.say(`why ${n}`)).text).toContain('Queued for the next free agent');
    const of = (): ReturnType<typeof dayBudget> =>
      dayBudget(world.log.reads, { scope: 'project', name: 'shop' }, BUDGET, world.clock.now());
    expect(of()).toMatchObject({ caps: { microUsd: 10_000_000 }, used: { microUsd: 5_020_000 } });
    world.clock.move(9 * HOUR + 54 * 60_000);
    expect(of()).toMatchObject({ caps: { microUsd: 10_000_000 } });
    world.clock.move(60_000);
    expect(of()).toMatchObject({ caps: { microUsd: 5_000_000 }, used: { microUsd: 0 } });
    // With the new day it needs no top-up to go on.
    expect((await world.say(`why ${n}`)).text).toContain('Queued for the next free agent');
  });

  it('adds to a person and to all, and refuses what has no cap, no name or no owner', async () => {
    await world.say('budget anna +1usd', { role: 'admin' });
    expect((await world.say('yes', { role: 'admin' })).text).toContain('Added $1.00 to today’s budget of anna: $3.00 left.');
    expect((await world.say('budget anna')).text).toMatch(/anna today\s+\$3\.00/);
    const n = world.make();
    expect(await world.say(`budget ${n} +5usd`)).toMatchObject({ code: 'no-cap' });
    expect(await world.say('budget +5usd')).toMatchObject({ ok: false });
    expect(await world.say('budget ana')).toMatchObject({ code: 'no-such-budget' });
    expect((await world.say('budget ana')).text).toContain('Did you mean `budget anna`?');
    expect(await world.say('budget 99 +5k')).toMatchObject({ code: 'no-such-item' });
  });

  it('of a deleted item counts on in the day, and survives a purge', async () => {
    const n = spent(40, 1_500_000);
    world.record(n, 'item.deleted', { purge: true });
    world.record(n, 'item.removed', { done: [], left: [] });
    world.record(n, 'item.purged', {});
    expect((await world.say('budget today')).text).toMatch(/shop today\s+\$5\.00\s+\$1\.50\s+\$0\.00\s+\$3\.50/);
    expect((await world.say('cost today')).text).toContain('shop today: $1.50');
  });
});

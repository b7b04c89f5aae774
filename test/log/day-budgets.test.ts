import { expect, it } from 'vitest';
import { UNLIMITED } from '../../src/config/sections/budget.ts';
import { dayBudget } from '../../src/decide/budgets.ts';
import { Log } from '../../src/log/log.ts';
import type { Budget } from '../../src/pipeline/budget/budget.ts';
import { CREATION, num } from '../pipeline/samples.ts';

const HOUR = 3_600_000;

/** A log whose clock the test sets, also backwards, and the day of its project in a zone. */
function place(start: string, timezone: string) {
  let now = Date.parse(start);
  const log = Log.inMemory({ now: () => now, at: () => () => undefined });
  const about = { project: 'shop', item: num(1), actor: 'agent:coder-1', cause: null } as const;
  log.transaction((tx) => void tx.record({ ...about, kind: 'item.created', payload: CREATION }));
  const settings = { ...UNLIMITED, timezone, day: { tokens: 1_000, microUsd: null } };
  return {
    at: (time: string) => (now = Date.parse(time)),
    move: (ms: number) => (now += ms),
    today: (): Budget => dayBudget(log.reads, { scope: 'project', name: 'shop' }, settings, now),
    spend(tokens: number) {
      const usage = { inputTokens: tokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 0 };
      log.transaction((tx) => void tx.record({ ...about, kind: 'run.usage', payload: { run: 1, agent: 'coder-1', model: 'm', usage } }));
    },
    raise(tokens: number) {
      const { until } = dayBudget(log.reads, { scope: 'project', name: 'shop' }, settings, now);
      const payload = { scope: 'project', name: 'shop', until: until ?? 0, tokens, microUsd: 0 } as const;
      log.transaction((tx) => void tx.record({ ...about, item: null, kind: 'budget.raised', payload }));
    },
  };
}

it('what was used and added while the clock was a year ahead counts on no day until then', () => {
  const shop = place('2026-11-21T12:00:00Z', 'Europe/Berlin');
  shop.spend(100);
  shop.raise(50);
  shop.at('2027-11-21T12:00:00Z');
  shop.spend(900);
  shop.raise(5_000);
  expect(shop.today()).toMatchObject({ used: { tokens: 900 }, caps: { tokens: 6_000 } });
  shop.at('2026-11-21T12:05:00Z');
  // And the day is not forgotten by the way there and back.
  expect(shop.today()).toMatchObject({ used: { tokens: 100 }, caps: { tokens: 1_050 } });
  shop.at('2026-11-22T12:00:00Z');
  expect(shop.today()).toMatchObject({ used: { tokens: 0 }, caps: { tokens: 1_000 } });
});

it('a clock that is set back over midnight counts for the day that it shows', () => {
  const shop = place('2026-11-21T23:30:00Z', 'UTC');
  shop.spend(100);
  shop.move(HOUR);
  shop.spend(10);
  expect(shop.today().used.tokens).toBe(10);
  shop.move(-HOUR);
  expect(shop.today().used.tokens).toBe(100);
});

it.each([
  ['of 25 hours', '2026-10-24T22:00:00Z', 25],
  ['of 23 hours', '2026-03-28T23:00:00Z', 23],
])('a day %s is one day for what is used and what is added in its first hour', (_, start, hours) => {
  const shop = place(start, 'Europe/Berlin');
  shop.spend(7);
  shop.raise(50);
  shop.move((hours - 1) * HOUR);
  expect(shop.today()).toMatchObject({ used: { tokens: 7 }, caps: { tokens: 1_050 } });
  shop.move(HOUR);
  expect(shop.today()).toMatchObject({ used: { tokens: 0 }, caps: { tokens: 1_000 } });
});

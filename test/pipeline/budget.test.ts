import { actorName } from '../../src/pipeline/actor.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crossings,
  extended,
  left,
  NO_CAPS,
  NOTHING,
  outstanding,
  plus,
  reserve,
  shortage,
  topped,
  UNITS,
  type Amount,
  type Budget,
  type Reservation,
} from '../../src/pipeline/budget/budget.ts';
import { topUp, usedOf } from '../../src/words/budget.ts';
import { amount, budget, caps } from './random-budgets.ts';
import { T0 } from './samples.ts';

const item: Budget = {
  scope: 'item',
  name: '42',
  base: { tokens: 50_000, microUsd: null },
  caps: { tokens: 50_000, microUsd: null },
  used: { tokens: 48_000, microUsd: 0 },
  reserved: NOTHING,
  until: null,
};
const day: Budget = {
  scope: 'project',
  name: 'shop',
  base: { tokens: null, microUsd: 5_000_000 },
  caps: { tokens: null, microUsd: 5_000_000 },
  used: { tokens: 0, microUsd: 1_000_000 },
  reserved: { tokens: 0, microUsd: 3_000_000 },
  until: T0 + 1,
};

describe('what a run is given', () => {
  it('is what the tightest budget has left, or its own limits, and says which it is', () => {
    expect(reserve([item, day], NO_CAPS, 'console:ann')).toEqual({
      tokens: { cap: 2_000, by: 'item' },
      microUsd: { cap: 1_000_000, by: 'project' },
      person: 'console:ann',
    });
    expect(reserve([item, day], { tokens: 500, microUsd: 2_000_000 }, null)).toMatchObject({
      tokens: { cap: 500, by: 'run' },
      microUsd: { cap: 1_000_000, by: 'project' },
    });
    expect(reserve([], NO_CAPS, null)).toEqual({ tokens: null, microUsd: null, person: null });
  });

  it('never exceeds any budget together with what others hold, however many begin and end in whatever order', () => {
    const act = fc.record({ run: fc.nat({ max: 5 }), uses: amount, ends: fc.boolean(), own: caps });
    const kept = fc.property(fc.array(caps, { minLength: 1, maxLength: 4 }), fc.array(act, { maxLength: 40 }), (limits, acts) => {
      let used: Amount = NOTHING;
      const open = new Map<number, { reserved: Reservation; used: Amount }>();
      const held = (): Amount => [...open.values()].map((run) => outstanding(run.reserved, run.used)).reduce(plus, NOTHING);
      const now = (): Budget[] => limits.map((limit) => ({ ...day, base: limit, caps: limit, used, reserved: held() }));
      for (const { run, uses, ends, own } of acts) {
        const going = open.get(run);
        if (going === undefined && shortage(now()) !== null) continue;
        if (going === undefined) open.set(run, { reserved: reserve(now(), own, null), used: NOTHING });
        else {
          // What a run is held to: it uses what it was given at most, as if no call were under way at the line.
          const room = outstanding(going.reserved, going.used);
          const spends = { tokens: Math.min(uses.tokens, room.tokens), microUsd: Math.min(uses.microUsd, room.microUsd) };
          used = plus(used, spends);
          if (ends) open.delete(run);
          else open.set(run, { ...going, used: plus(going.used, spends) });
        }
        const sum = plus(used, held());
        if (limits.some((limit) => UNITS.some((unit) => sum[unit] > (limit[unit] ?? Number.POSITIVE_INFINITY)))) return false;
      }
      return true;
    });
    expect(fc.check(kept, { numRuns: 500 }).counterexample).toBeNull();
  });

  it('is more than nothing of each capped unit whenever no budget is short', () => {
    fc.assert(
      fc.property(fc.array(budget, { maxLength: 4 }), (budgets) => {
        if (shortage(budgets) !== null) return;
        const given = reserve(budgets, NO_CAPS, null);
        for (const unit of UNITS) expect(given[unit]?.cap ?? 1).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a shortage', () => {
  it('names what is used up before what is only held, and the command that helps', () => {
    const used = { ...item, used: { tokens: 51_200, microUsd: 0 } };
    const held = { ...day, reserved: { tokens: 0, microUsd: 4_000_000 } };
    expect(shortage([item, day])).toBeNull();
    expect(shortage([held, used])).toMatchObject({ budget: { scope: 'item' }, held: false });
    expect(shortage([held])).toMatchObject({ budget: { scope: 'project' }, unit: 'microUsd', held: true });
    expect(usedOf(used, 'tokens', actorName)).toContain('#42 has used 51.2k of its 50k tokens');
    expect(topUp(used, 'tokens')).toBe('budget 42 +50k');
    expect(usedOf({ ...day, used: { tokens: 0, microUsd: 5_020_000 } }, 'microUsd', actorName)).toContain('$5.02 of its $5.00');
    expect(topUp(day, 'microUsd')).toBe('budget shop +5usd');
  });

  it('is there exactly where a capped unit has nothing left, and a top-up of enough ends it', () => {
    fc.assert(
      fc.property(fc.array(budget, { maxLength: 4 }), (budgets) => {
        const empty = budgets.some((one) => UNITS.some((unit) => left(one, unit) === 0));
        expect(shortage(budgets) !== null).toBe(empty);
        const more = { tokens: 10_000_000, microUsd: 10_000_000 };
        expect(shortage(budgets.map((one) => Object.assign({}, one, { caps: topped(one.caps, more) })))).toBeNull();
      }),
    );
  });
});

describe('a run that has reached its line', () => {
  const given: Reservation = { tokens: { cap: 2_000, by: 'item' }, microUsd: { cap: 1_000_000, by: 'project' }, person: null };
  const used: Amount = { tokens: 2_100, microUsd: 0 };
  const after = { ...item, used: { tokens: 50_100, microUsd: 0 } };
  const more = { ...after, caps: { tokens: 60_000, microUsd: null } };

  it('continues to what its budgets have by now, and no further than its own limits; what it has not reached stays', () => {
    expect(extended(given, [after, day], NO_CAPS, used)).toBe(null);
    expect(extended(given, [more, day], NO_CAPS, used)).toEqual({ ...given, tokens: { cap: 12_000, by: 'item' } });
    expect(extended(given, [more, day], { tokens: 3_000, microUsd: null }, used)).toEqual({ ...given, tokens: { cap: 3_000, by: 'run' } });
    expect(extended(given, [more, day], NO_CAPS, { tokens: 1_999, microUsd: 0 })).toBe(null);
  });

  it('that is its own limit does not continue', () => {
    expect(extended({ ...given, tokens: { cap: 2_000, by: 'run' } }, [more, day], NO_CAPS, used)).toBe(null);
    expect(extended(given, [more, day], { tokens: 2_000, microUsd: null }, used)).toBe(null);
  });
});

describe('the lines that people are told of', () => {
  it('are each crossed once, however the usage is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30_000 }), { maxLength: 30 }), (pieces) => {
        let used = 0;
        const told: number[] = [];
        for (const more of pieces) {
          used += more;
          const after = { ...item, used: { tokens: used, microUsd: 0 } };
          told.push(...crossings([after], { tokens: more, microUsd: 0 }).map(({ percent }) => percent));
        }
        expect(new Set(told).size).toBe(told.length);
        expect(told.includes(100)).toBe(used >= 50_000);
        expect(told.length > 0).toBe(used >= 40_000);
      }),
    );
  });

  it('count again for a budget that was topped up', () => {
    const more = { ...item, caps: { tokens: 100_000, microUsd: null } };
    expect(crossings([{ ...more, used: { tokens: 60_000, microUsd: 0 } }], { tokens: 20_000, microUsd: 0 })).toEqual([]);
    expect(crossings([{ ...more, used: { tokens: 81_000, microUsd: 0 } }], { tokens: 2_000, microUsd: 0 })).toMatchObject([
      { percent: 80 },
    ]);
  });
});

it('a top-up is typed so that it reads back as the same amount', () => {
  expect(topUp({ ...item, base: { tokens: 1_500_000, microUsd: null } }, 'tokens')).toBe('budget 42 +1500k');
  expect(topUp({ ...item, base: { tokens: 50, microUsd: 250_000 } }, 'tokens')).toBe('budget 42 +50tokens');
  expect(topUp({ ...day, scope: 'person', name: 'person:anna', base: { tokens: 0, microUsd: 250_000 } }, 'microUsd')).toBe(
    'budget anna +0.25usd',
  );
  expect(topUp({ ...day, scope: 'bot', name: '' }, 'microUsd')).toBe('budget all +5usd');
});

import * as fc from 'fast-check';
import type { Amount, Budget, Caps, Reservation, Scope } from '../../src/pipeline/budget/budget.ts';
import { T0 } from './samples.ts';

const count = fc.nat({ max: 1_000_000 });
const cap = fc.option(fc.oneof(count, fc.constant(0)), { freq: 3 });
export const amount: fc.Arbitrary<Amount> = fc.record({ tokens: count, microUsd: count });
export const caps: fc.Arbitrary<Caps> = fc.record({ tokens: cap, microUsd: cap });
const scope = fc.constantFrom<Scope>('item', 'project', 'person', 'bot');
const lineOf = fc.option(fc.record({ cap: count, by: fc.constantFrom<Scope | 'run'>('item', 'project', 'person', 'bot', 'run') }));
const person = fc.option(fc.constantFrom('console:ann', 'person:ben'));

export const reservation: fc.Arbitrary<Reservation> = fc.record({ tokens: lineOf, microUsd: lineOf, person });
export const budget: fc.Arbitrary<Budget> = fc
  .record({ scope, base: caps, added: amount, used: amount, reserved: amount })
  .map(({ scope: of, base, added, used, reserved }) => ({
    scope: of,
    name: of === 'item' ? '7' : of === 'bot' ? '' : 'shop',
    base,
    caps: {
      tokens: base.tokens === null ? null : base.tokens + added.tokens,
      microUsd: base.microUsd === null ? null : base.microUsd + added.microUsd,
    },
    used,
    reserved,
    until: of === 'item' ? null : T0 + 3_600_000,
  }));

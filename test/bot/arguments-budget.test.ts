import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amount, budgetOwner } from '../../src/bot/parse/arguments-budget.ts';
import { wordReader } from '../../src/bot/parse/word-reader.ts';
import { typed } from '../../src/words/budget.ts';

const context = { currentProject: 'shop', projects: ['shop', 'docs'] };
const read = (text: string): unknown => {
  const result = amount().parse(wordReader(text, 0, new Set()), context);
  return result.ok ? result.value : result.error.message;
};
const owner = (text: string): unknown => {
  const result = budgetOwner().parse(wordReader(text, 0, new Set()), context);
  return result.ok ? result.value : result.error.message;
};

describe('an amount', () => {
  it.each([
    ['+50k', { tokens: 50_000, microUsd: 0 }],
    ['1.5M', { tokens: 1_500_000, microUsd: 0 }],
    ['50k tokens', { tokens: 50_000, microUsd: 0 }],
    ['800 tokens', { tokens: 800, microUsd: 0 }],
    ['+800tokens', { tokens: 800, microUsd: 0 }],
    ['1_500k', { tokens: 1_500_000, microUsd: 0 }],
    ['$5', { tokens: 0, microUsd: 5_000_000 }],
    ['+$5', { tokens: 0, microUsd: 5_000_000 }],
    ['5usd', { tokens: 0, microUsd: 5_000_000 }],
    ['5 USD', { tokens: 0, microUsd: 5_000_000 }],
    ['+0.25usd', { tokens: 0, microUsd: 250_000 }],
    ['+50k +2usd', { tokens: 50_000, microUsd: 2_000_000 }],
  ])('%s', (text, value) => expect(read(text)).toEqual(value));

  it.each([
    ['5', /of what\? Write 5k or 5tokens for tokens, 5usd for money\./],
    ['-5usd', /can only be raised/],
    ['0k', /out of range/],
    ['0usd', /out of range/],
    ['9999999M', /out of range/],
    ['$5k', /is not an amount/],
    ['five', /is not an amount/],
    ['1,5usd', /is not an amount/],
    ['50kk', /is not an amount/],
    ['1e9usd', /is not an amount/],
    ['NaNusd', /is not an amount/],
  ])('refuses %s', (text, message) => expect(read(text)).toMatch(message));

  it('reads back what a button says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.constantFrom('tokens' as const, 'microUsd' as const), (value, unit) => {
        expect(read(`+${typed(value, unit)}`)).toEqual({ tokens: 0, microUsd: 0, [unit]: value });
      }),
    );
  });

  it('reads any text as a whole number of each, or says what is wrong with it', () => {
    const fits = (value: unknown): boolean =>
      typeof value === 'string' || Object.values(value as object).every((n) => Number.isSafeInteger(n) && n >= 0);
    expect(fc.check(fc.property(fc.string({ maxLength: 60 }), (text) => fits(read(text)))).failed).toBe(false);
  });
});

describe('whose budget', () => {
  it.each([
    ['42', { kind: 'item', ref: { project: 'shop', number: 42 } }],
    ['docs#7', { kind: 'item', ref: { project: 'docs', number: 7 } }],
    ['Today', { kind: 'today' }],
    ['all', { kind: 'all' }],
    ['anna', { kind: 'named', name: 'anna' }],
  ])('%s', (text, value) => expect(owner(text)).toEqual(value));

  it('is asked for where only an amount was typed', () => {
    expect(owner('+50k')).toMatch(/Which budget/);
    expect(owner('5usd')).toMatch(/Which budget/);
  });
});

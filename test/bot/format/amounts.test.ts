import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, counted, money, tokens } from '../../../src/words/amounts.ts';

describe('money', () => {
  it.each([
    [0, '$0.00'],
    [1, '$0.000001'],
    [99, '$0.000099'],
    [11_400, '$0.0114'],
    [500_000, '$0.50'],
    [120_000, '$0.12'],
    [999_999, '$1.00'],
    [1_000_000, '$1.00'],
    [12_345_678, '$12.35'],
    [1_234_500_000, '$1,234.50'],
    [-20_000, '-$0.02'],
  ])('writes %d millionths as %s', (amount, text) => {
    expect(money(amount)).toBe(text);
  });

  it('never reads as nothing where something was spent, and is right to a half cent', () => {
    assert(
      property(integer({ min: 1, max: 10 ** 12 }), (amount) => {
        const text = money(amount);
        const value = Number(text.replace(/[$,]/g, ''));
        expect(value).toBeGreaterThan(0);
        expect(Math.abs(value * 1e6 - amount)).toBeLessThanOrEqual(5_000);
        expect(text).toMatch(/^\$[\d,]+\.\d{2,6}$/);
      }),
    );
  });
});

describe('tokens', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1k'],
    [12_345, '12.3k'],
    [999_949, '999.9k'],
    [999_960, '1M'],
    [4_100_000, '4.1M'],
    [7_000_000_000, '7G'],
  ])('writes %d as %s', (count, text) => {
    expect(tokens(count)).toBe(text);
  });

  it('is never off by more than a twentieth', () => {
    assert(
      property(integer({ min: 0, max: 10 ** 13 }), (count) => {
        const text = tokens(count);
        const unit = { k: 1e3, M: 1e6, G: 1e9 }[text.at(-1) ?? ''] ?? 1;
        expect(Math.abs(Number.parseFloat(text) * unit - count)).toBeLessThanOrEqual(count * 0.05 + 0.001);
      }),
    );
  });
});

describe('other amounts', () => {
  it('writes bytes and counts', () => {
    expect([512, 24_000, 80_000_000, 1_250_000_000].map(bytes)).toEqual(['512 B', '24 kB', '80 MB', '1.3 GB']);
    expect([counted(0, 'run'), counted(1, 'run'), counted(2, 'run'), counted(2, 'criterion', 'criteria')]).toEqual([
      'no runs',
      '1 run',
      '2 runs',
      '2 criteria',
    ]);
  });
});

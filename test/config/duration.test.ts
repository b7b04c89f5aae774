import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/config/duration.ts';

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['500ms', 500],
    ['1h30m', 5_400_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '10', 'm', '10 m', '1.5h', '-1m', '0s', '10M', '1w', '10m ', '99999999999s'])('refuses "%s"', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it('sums the parts of any sum', () => {
    const part = fc.tuple(
      fc.nat({ max: 10 ** 6 }),
      fc.constantFrom<[string, number]>(['ms', 1], ['s', 1000], ['m', 60_000], ['h', 3_600_000]),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const total = parts.reduce((sum, [amount, [, ms]]) => sum + amount * ms, 0);
        expect(parseDuration(parts.map(([amount, [unit]]) => `${amount}${unit}`).join(''))).toBe(total === 0 ? null : total);
      }),
    );
  });
});

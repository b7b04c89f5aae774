import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfDay, localDate, localTime, startOfDay } from '../../src/pipeline/budget/day.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);

describe('a day of a zone', () => {
  it.each([
    ['an ordinary day', '2026-11-21T13:05:00Z', 'Europe/Berlin', '2026-11-20T23:00:00Z', 24],
    ['the day on which clocks go forward', '2026-03-29T12:00:00Z', 'Europe/Berlin', '2026-03-28T23:00:00Z', 23],
    ['the day on which clocks go back', '2026-10-25T12:00:00Z', 'Europe/Berlin', '2026-10-24T22:00:00Z', 25],
    ['a zone that is three quarters of an hour off', '2026-11-21T13:05:00Z', 'Asia/Kathmandu', '2026-11-20T18:15:00Z', 24],
    ['a day that begins at 1 o’clock', '2026-04-24T12:00:00Z', 'Africa/Cairo', '2026-04-23T22:00:00Z', 23],
  ])('%s', (_, now, zone, start, hours) => {
    expect(startOfDay(at(now), zone)).toBe(at(start));
    expect(endOfDay(at(now), zone)).toBe(at(start) + hours * HOUR);
  });

  it('follows without a gap on the one before, at any time of any year', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
    fc.assert(
      fc.property(fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') }), zone, (now, name) => {
        const end = endOfDay(now, name);
        expect(startOfDay(now, name)).toBeLessThanOrEqual(now);
        expect(end).toBeGreaterThan(now);
        expect(startOfDay(end, name)).toBe(end);
        expect(localDate(end - 1, name)).toBe(localDate(now, name));
        expect(localTime(end, name).date).not.toBe(localDate(now, name));
      }),
      { numRuns: 300 },
    );
  });
});

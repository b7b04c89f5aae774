import type { Inline } from '../../../src/message/document.ts';
import { plainText } from '../../../src/message/plain.ts';
import { assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, localDate, moment, startOfDay, startOfWeek } from '../../../src/words/time.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

describe('duration', () => {
  it.each([
    [-5, '0 s'],
    [0, '0 s'],
    [420, '0.4 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_600, '1 min'],
    [192_000, '3 min 12 s'],
    [3_599_700, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000, '1 d'],
    [3 * 86_400_000 + 4 * 3_600_000, '3 d 4 h'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

const words = (inline: Inline): string => plainText({ blocks: [{ kind: 'paragraph', content: [inline] }] }, { width: 80 });

describe('moment', () => {
  it('leaves the date out on the same day of the zone, not of UTC', () => {
    expect(words(moment(Date.UTC(2026, 10, 21, 13, 5), NOON, 'Europe/Berlin'))).toBe('14:05');
    expect(words(moment(Date.UTC(2026, 10, 20, 23, 30), NOON, 'Europe/Berlin'))).toBe('00:30');
    expect(words(moment(Date.UTC(2026, 10, 20, 22, 30), NOON, 'Europe/Berlin'))).toBe('2026-11-20 23:30');
    expect(words(moment(Date.UTC(2026, 10, 20, 23, 30), NOON, 'UTC'))).toBe('2026-11-20 23:30');
  });
});

describe('the start of a day', () => {
  it.each([
    ['Europe/Berlin', NOON, Date.UTC(2026, 10, 20, 23)],
    ['UTC', Date.UTC(2026, 10, 21), Date.UTC(2026, 10, 21)],
    // The clock went forward at 2:00 that day, and back on the other.
    ['Europe/Berlin', Date.UTC(2026, 2, 29, 20), Date.UTC(2026, 2, 28, 23)],
    ['Europe/Berlin', Date.UTC(2026, 9, 25, 22, 30), Date.UTC(2026, 9, 24, 22)],
    // Midnight itself was skipped: the day began at 1:00.
    ['Africa/Cairo', Date.UTC(2026, 3, 24, 12), Date.UTC(2026, 3, 23, 22)],
    ['Asia/Kathmandu', NOON, Date.UTC(2026, 10, 20, 18, 15)],
  ])('is right in %s at %d', (zone, now, start) => {
    expect(startOfDay(now, zone)).toBe(start);
  });

  it('is the first quarter of an hour of that date, in every zone', () => {
    const zones = constantFrom('Europe/Berlin', 'America/St_Johns', 'Africa/Cairo', 'Pacific/Apia', 'Australia/Lord_Howe', 'UTC');
    assert(
      property(zones, integer({ min: Date.UTC(2015, 0), max: Date.UTC(2035, 0) }), (zone, now) => {
        const start = startOfDay(now, zone);
        expect(start).toBeLessThanOrEqual(now);
        expect(localDate(start, zone)).toBe(localDate(now, zone));
        expect(localDate(start - 1, zone)).not.toBe(localDate(now, zone));
      }),
    );
  });

  it('begins the week on Monday, over a change of the clock too', () => {
    expect(startOfWeek(NOON, 'Europe/Berlin')).toBe(Date.UTC(2026, 10, 15, 23));
    expect(startOfWeek(Date.UTC(2026, 10, 16, 12), 'Europe/Berlin')).toBe(Date.UTC(2026, 10, 15, 23));
    // A Sunday, and the clock went back that night.
    expect(startOfWeek(Date.UTC(2026, 9, 25, 12), 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 18, 22));
  });
});

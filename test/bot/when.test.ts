import * as fc from 'fast-check';
import { badTime } from '../../src/words/bot/parsing.ts';
import { describe, expect, it } from 'vitest';
import { momentOf, wallTimeAt } from '../../src/bot/parse/local-time.ts';
import { resolveWhen, when } from '../../src/bot/parse/when.ts';
import { wordReader } from '../../src/bot/parse/word-reader.ts';

/** A Saturday, 14:05 in Berlin. */
const NOW = Date.UTC(2026, 10, 21, 13, 5);
const CONTEXT = { currentProject: 'shop', projects: ['shop'] };

function said(text: string, now = NOW, timezone = 'Europe/Berlin'): string {
  const reader = wordReader(text, 0, new Set());
  const parsed = when().parse(reader, CONTEXT);
  if (!parsed.ok) return parsed.error.message;
  const found = resolveWhen(parsed.value, now, timezone);
  return found.ok ? `${new Date(found.value.at).toISOString().slice(0, 16)} ${found.value.note ?? ''}`.trim() : found.error;
}

describe('a time as people say it', () => {
  it.each([
    ['14:30', '2026-11-21T13:30'],
    ['14:05', '2026-11-22T13:05'],
    ['9:00', '2026-11-22T08:00'],
    ['today 23:59', '2026-11-21T22:59'],
    ['Tomorrow 09:00', '2026-11-22T08:00'],
    ['2026-12-01 14:30', '2026-12-01T13:30'],
    ['2027-07-01T14:30', '2027-07-01T12:30'],
    ['in 2h', '2026-11-21T15:05'],
    ['in 1h30m', '2026-11-21T14:35'],
    ['today 14:00', badTime.past],
    ['2026-11-20 14:30', badTime.past],
    ['2028-01-01 00:00', badTime.tooFar],
    ['2027-02-30 10:00', badTime.noSuchDay],
  ])('%s is %s', (text, expected) => {
    expect(said(text)).toBe(expected);
  });

  it.each(['24:00', '14:60', '14', 'in', 'in soon', 'tomorrow', 'yesterday 10:00', '2026-12-01', 'in 0s'])('%s is none', (text) => {
    expect(said(text)).toMatch(/is not a time, like 14:30/);
  });

  it('that the clock skips is the one after the gap, and one that comes twice the first', () => {
    const march = Date.UTC(2027, 2, 27, 12);
    expect(said('tomorrow 02:30', march)).toBe('2027-03-28T01:30 skipped');
    expect(said('tomorrow 03:00', march)).toBe('2027-03-28T01:00');
    const october = Date.UTC(2027, 9, 30, 12);
    expect(said('tomorrow 02:30', october)).toBe('2027-10-31T00:30 twice');
    expect(said('tomorrow 03:00', october)).toBe('2027-10-31T02:00');
    // Half an hour only, and on the other half of the globe.
    expect(said('2027-04-04 01:45', Date.UTC(2027, 2, 1), 'Australia/Lord_Howe')).toBe('2027-04-03T14:45 twice');
  });

  it('is a length of real time with “in”, also over a night with 23 or 25 hours', () => {
    expect(said('in 24h', Date.UTC(2027, 2, 27, 12))).toBe('2027-03-28T12:00');
  });
});

it('every minute has a wall time that leads back to it, or to its twin', () => {
  const zone = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Cairo', 'UTC');
  const minute = fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2036, 0, 1) / 60_000 });
  fc.assert(
    fc.property(zone, minute, (timezone, n) => {
      const at = n * 60_000;
      const found = momentOf(wallTimeAt(at, timezone), timezone);
      const leadsBack = found !== null && (found.at === at || (found.note === 'twice' && found.at < at && at - found.at <= 7_200_000));
      expect(leadsBack).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

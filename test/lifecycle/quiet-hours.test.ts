import { expect, test } from 'vitest';
import { afterQuietHours } from '../../src/lifecycle/quiet-hours.ts';

const at = (text: string): number => Date.parse(text);
const NIGHT = { from: 22 * 60, to: 7 * 60 };

test.each([
  ['before the quiet hours', '2026-11-21T20:59:59Z', '2026-11-21T20:59:59Z'],
  ['at their begin', '2026-11-21T21:00:00Z', '2026-11-22T06:00:00Z'],
  ['after midnight', '2026-11-22T01:30:15Z', '2026-11-22T06:00:00Z'],
  ['in their last minute', '2026-11-22T05:59:59Z', '2026-11-22T06:00:00Z'],
  ['at their end', '2026-11-22T06:00:00Z', '2026-11-22T06:00:00Z'],
])('a notification %s is shown when the room is awake', (_when, now, shown) => {
  expect(new Date(afterQuietHours(at(now), NIGHT, 'Europe/Berlin')).toISOString()).toBe(new Date(at(shown)).toISOString());
});

test('a span within one day and a room without quiet hours', () => {
  const noon = at('2026-11-21T12:10:00Z');
  expect(afterQuietHours(noon, { from: 12 * 60, to: 13 * 60 }, 'UTC')).toBe(at('2026-11-21T13:00:00Z'));
  expect(afterQuietHours(noon, { from: 13 * 60, to: 14 * 60 }, 'UTC')).toBe(noon);
  expect(afterQuietHours(noon, null, 'UTC')).toBe(noon);
});

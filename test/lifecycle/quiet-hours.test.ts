import { expect, test } from 'vitest';
import { afterQuietHours } from '../../src/notices/quiet-hours.ts';
import type { RoomSettings } from '../../src/config/settings.ts';
import { Log } from '../../src/log/log.ts';
import { seenFrom } from '../../src/app/rooms.ts';
import { testClock } from '../commands/harness.ts';

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

test.each([
  ['spring, when the clock skips an hour', '2026-03-28T22:00:00Z', '2026-03-29T05:00:00Z'],
  ['autumn, when an hour comes twice', '2026-10-24T21:00:00Z', '2026-10-25T06:00:00Z'],
  ['the first of the two hours', '2026-10-25T00:30:00Z', '2026-10-25T06:00:00Z'],
])('in a night of %s they end at the time that the clock shows', (_when, now, shown) => {
  expect(new Date(afterQuietHours(at(now), NIGHT, 'Europe/Berlin')).toISOString()).toBe(new Date(at(shown)).toISOString());
});

test('an end that the clock skips comes right after the gap', () => {
  const shown = afterQuietHours(at('2026-03-28T22:00:00Z'), { from: 22 * 60, to: 2 * 60 + 30 }, 'Europe/Berlin');
  expect(new Date(shown).toISOString()).toBe('2026-03-29T01:30:00.000Z');
});

test('a span within one day and a room without quiet hours', () => {
  const noon = at('2026-11-21T12:10:00Z');
  expect(afterQuietHours(noon, { from: 12 * 60, to: 13 * 60 }, 'UTC')).toBe(at('2026-11-21T13:00:00Z'));
  expect(afterQuietHours(noon, { from: 13 * 60, to: 14 * 60 }, 'UTC')).toBe(noon);
  expect(afterQuietHours(noon, null, 'UTC')).toBe(noon);
});

test('what is asked in the night is seen when the first room that is told of it wakes up', () => {
  const log = Log.inMemory(testClock());
  const room = (id: string, more: Partial<RoomSettings>): RoomSettings =>
    ({
      transport: 'slack',
      id,
      name: null,
      project: 'shop',
      notify: ['approvals'],
      notifyStyle: 'messages',
      quietHours: null,
      ...more,
    }) as RoomSettings;
  const night = at('2026-11-21T23:00:00Z');
  const seen = (...rooms: RoomSettings[]): string =>
    new Date(seenFrom({ rooms, timezone: 'Europe/Berlin' }, log.reads, 'shop', night)).toISOString().slice(5, 16);
  const late = room('C2', { quietHours: { from: 20 * 60, to: 9 * 60 } });
  expect(seen(room('C1', { quietHours: NIGHT }), late)).toBe('11-22T06:00');
  expect(seen(late, room('C3', {}))).toBe('11-21T23:00');
  // Rooms that are not told of it see nothing, and where none is, nothing is waited for.
  expect(seen(late, room('C3', { notify: ['merges'] }), room('C4', { project: 'docs' }))).toBe('11-22T08:00');
  expect(seen()).toBe('11-21T23:00');
  // What chat has said about a room counts.
  const payload = { transport: 'slack', room: 'C2', notify: ['stages'], style: null } as const;
  log.transaction(
    (tx) => void tx.record({ project: 'shop', item: null, actor: 'slack:U1', cause: null, kind: 'room.subscribed', payload }),
  );
  expect(seen(late)).toBe('11-21T23:00');
});

import { actorName } from '../../src/pipeline/actor.ts';
import { afterEach, expect, it, test } from 'vitest';
import { digestRooms } from '../../src/app/rooms.ts';
import { parseTimeOfDay } from '../../src/config/quiet-hours.ts';
import type { RoomSettings } from '../../src/config/settings.ts';
import { nextDigest, sendDigests } from '../../src/notices/digests.ts';
import { projectSettings } from '../commands/harness.ts';
import { CardRoom } from './card-room.ts';

let room: CardRoom | null = null;
let stop = (): void => undefined;
afterEach(() => {
  stop();
  room?.close();
  room = null;
});

const HOUR = 60 * 60_000;
const iso = (at: number): string => new Date(at).toISOString();

test.each([
  ['later that day', '2026-11-21T09:00:00Z', '2026-11-21T17:00:00Z'],
  ['the next day', '2026-11-21T17:00:00Z', '2026-11-22T17:00:00Z'],
  ['also when the clock was set back in between', '2026-10-24T16:00:00Z', '2026-10-25T17:00:00Z'],
])('a digest comes at its time of day, %s', (_when, last, next) => {
  expect(iso(nextDigest(Date.parse(last), 18 * 60, 'Europe/Berlin'))).toBe(iso(Date.parse(next)));
});

it('is sent once a day, with what came since the one before, also by a Musher that was started again; of nothing it is not sent', async () => {
  // 13:05 in UTC.
  room = new CardRoom({ notify: ['none'] });
  const { log, clock } = room;
  const start = (): void => {
    stop();
    const digests = sendDigests({
      log,
      clock,
      rooms: () => [{ transport: 'net', id: 'here', project: 'shop', at: 18 * 60 }],
      settingsOf: (name) => projectSettings(name, '/shop'),
      timezone: 'UTC',
      nameOf: actorName,
      onProblem: (_what, error) => {
        throw error;
      },
    });
    stop = () => digests.stop();
  };
  start();
  room.make(1, 'Login');
  room.toCurrent(1);
  room.begin(1);
  room.finish(1);
  room.toMerge(1);
  room.merged(1);
  room.make(2, 'Two');
  room.toCurrent(2);
  room.begin(2);
  room.fail(2);
  room.blocked(2);
  await room.settle(4 * HOUR);
  expect(room.texts).toEqual([]);
  start();
  await room.settle(HOUR);
  expect(room.texts).toHaveLength(1);
  expect(room.texts[0]).toMatch(/^shop since 13:05: 1 merged · 1 blocked ·\s+0 waiting for you · 0 running/);
  expect(room.texts[0]).toMatch(/Merged\n+- ✓ #1 Login[^]*Blocked\n+- ✗ #2 Two · blocked/);
  start();
  await room.settle(HOUR);
  expect(room.texts).toHaveLength(1);
  // The block is still there the next day, and the merge is no news any more.
  await room.settle(23 * HOUR);
  expect(room.texts).toHaveLength(2);
  expect(room.texts[1]).toMatch(/0 merged\s·\s1\sblocked/);
  room.record(2, 'item.deleted', { purge: false });
  await room.settle(24 * HOUR);
  expect(room.texts).toHaveLength(2);
});

test('a room names a time of day, or the end of its quiet hours', () => {
  expect([parseTimeOfDay('18:00'), parseTimeOfDay('9:05'), parseTimeOfDay('24:00'), parseTimeOfDay('soon')]).toEqual([
    1_080,
    545,
    null,
    null,
  ]);
  const rooms = (digest: RoomSettings['digest'], quietHours: RoomSettings['quietHours']): unknown =>
    digestRooms({ rooms: [{ transport: 'net', id: 'here', project: 'shop', digest, quietHours } as RoomSettings] }).map(({ at }) => at);
  const night = { from: 22 * 60, to: 7 * 60 };
  expect([rooms(1_080, night), rooms(null, night), rooms('after quiet hours', night), rooms('after quiet hours', null)]).toEqual([
    [1_080],
    [],
    [420],
    [],
  ]);
});

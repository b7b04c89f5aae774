import { expect, it } from 'vitest';
import { plainText } from '../../src/message/plain.ts';
import type { OtherEvents } from '../../src/pipeline/events.ts';
import { recoveryAnnouncement } from '../../src/notices/announce-recovery.ts';

const NOTHING: OtherEvents['musher.recovered'] = {
  version: '0.1.0',
  downMs: 3 * 3_600_000,
  brokeOff: false,
  told: true,
  untold: 0,
  running: 0,
  ended: 0,
  strays: 0,
  late: 0,
  quarantined: [],
  mended: [],
  odd: [],
  differences: [],
  copy: null,
};

function told(found: Partial<OtherEvents['musher.recovered']>): string | null {
  const body = recoveryAnnouncement({ ...NOTHING, ...found }, 'Europe/Berlin');
  return body === null ? null : plainText(body, { width: 500 }).trim();
}

it('tells in one line what a start found, in numbers that read as words', () => {
  expect(told({ running: 2, ended: 1, late: 4 })).toBe(
    'Musher 0.1.0 is back after 3 h: 2 agents are still at work, 1 run ended meanwhile and is settled now, 4 messages are answered late; verify sees no difference.',
  );
  expect(told({ brokeOff: true, downMs: 4_000 })).toBe(
    'Musher 0.1.0 is back after 4 s; the one before ended without a farewell: all is as it was; verify sees no difference.',
  );
});

it('says after a loop of crashes how many starts were only counted, and says nothing of those themselves', () => {
  expect(told({ brokeOff: true, untold: 12, downMs: null })).toContain(', and 12 more starts since this was last told: ');
  expect(told({ told: false })).toBeNull();
});

it('names what was found, and how to look closer at a difference', () => {
  const text = told({ quarantined: ['a', 'b', 'c'], odd: ['d'], differences: ['items shop 3: differs', 'more'] }) ?? '';
  expect(text).toContain('verify sees 2 differences: `dump` writes down what there is, and `musher verify` looks at all of it.');
  expect(text.split('\n').filter((line) => line.startsWith('- '))).toEqual([
    '- a',
    '- b',
    '- c',
    '- d',
    '- items shop 3: differs',
    '- and 1 more',
  ]);
});

it('says of a log that was put back from where it comes, and what the base branches say of its items', () => {
  const copy = {
    from: 'backup',
    file: '/backups/musher-20261120T020000Z.sqlite',
    until: Date.UTC(2026, 10, 20, 1, 58),
    merged: ['4', '7'],
    undone: ['5'],
    unknown: ['12'],
    timers: 1,
  } as const;
  expect(told({ copy, downMs: null })).toBe(
    'Musher 0.1.0 is back, from a backup whose last entry is of 2026-11-20 02:58 (musher-20261120T020000Z.sqlite): ' +
      '2 items were merged since and are done (4, 7), 1 merge was taken back since, and its item is in current again, stopped (5), ' +
      '1 merge is of an item that this log does not know (12), 1 timer whose time has passed was cancelled; ' +
      'verify sees no difference. `why 4` and `dump` tell more.',
  );
  const many = Array.from({ length: 25 }, (_, i) => String(i + 1));
  expect(told({ copy: { ...copy, merged: many } })).toContain('19, 20 and 5 more)');
  expect(told({ copy: { ...copy, from: 'export', file: null, until: null, merged: [], undone: [], unknown: [], timers: 0 } })).toBe(
    'Musher 0.1.0 is back, from an export: all is as it was; verify sees no difference.',
  );
});

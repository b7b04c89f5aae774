import { expect, it } from 'vitest';
import { plainText } from '../../src/message/plain.ts';
import type { OtherEvents } from '../../src/pipeline/events.ts';
import { recoveryAnnouncement } from '../../src/subscribers/announce-recovery.ts';

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
};

function told(found: Partial<OtherEvents['musher.recovered']>): string | null {
  const body = recoveryAnnouncement({ ...NOTHING, ...found });
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

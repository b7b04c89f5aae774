import { expect, it } from 'vitest';
import { plainText } from '../../src/message/plain.ts';
import type { OtherEvents } from '../../src/pipeline/events.ts';
import { numbered, sha } from '../commands/harness.ts';
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
  expect(told({ running: 2, ended: 1, late: 4 })).toMatch(
    /^Musher 0\.1\.0 is back after 3 h: 2 agents .*1 run .*4 messages .*no differences\.$/,
  );
  expect(told({ brokeOff: true, downMs: 4_000 })).toMatch(/^Musher 0\.1\.0 is back after 4 s .*unexpectedly\): .*no differences\.$/);
});

it('says after a loop of crashes how many starts were only counted, and says nothing of those themselves', () => {
  expect(told({ brokeOff: true, untold: 12, downMs: null })).toContain('(12 more starts ');
  expect(told({ told: false })).toBeNull();
});

it('names what was found, and how to look closer at a difference', () => {
  const text = told({ quarantined: ['a', 'b', 'c'], odd: ['d'], differences: ['items shop 3: differs', 'more'] }) ?? '';
  expect(text).toMatch(/2 differences: `dump` .*`musher verify`/);
  expect(text.split('\n').filter((line) => line.startsWith('- '))).toEqual([
    '- a',
    '- b',
    '- c',
    '- d',
    '- items shop 3: differs',
    '- and 1 more',
  ]);
});

it('names the project of an item, shortens its commit and shows no path of the server', () => {
  const text = told({ mended: [{ kind: 'branch-restored', project: 'shop', item: numbered(3), head: sha('1') }] }) ?? '';
  expect(text).toMatch(/shop#3.*`1{8}`/);
});

it('says of a log that was restored from where it comes, and what the base branches say of its items', () => {
  const copy = {
    from: 'backup',
    file: '/backups/musher-20261120T020000Z.sqlite',
    until: Date.UTC(2026, 10, 20, 1, 58),
    merged: ['4', '7'],
    undone: ['5'],
    unknown: ['12'],
    timers: 1,
  } as const;
  expect(told({ copy, downMs: null })).toMatch(
    /from a backup .*2026-11-20 02:58 \(musher-20261120T020000Z\.sqlite\): 2 items .*\(4, 7\), 1 merge .*\(5\), 1 merge .*\(12\), 1 timer .*`why 4`/,
  );
  const many = Array.from({ length: 25 }, (_, i) => String(i + 1));
  expect(told({ copy: { ...copy, merged: many } })).toContain('19, 20 and 5 more)');
  expect(told({ copy: { ...copy, from: 'export', file: null, until: null, merged: [], undone: [], unknown: [], timers: 0 } })).toBe(
    'Musher 0.1.0 is back from an export: nothing was lost; the log check found no differences.',
  );
});

import { expect, test } from 'vitest';
import { exportedLines, importLines } from '../../src/log/copies/export.ts';
import { keepOldUntil, oldUntil, projectMark } from '../../src/log/identity.ts';
import { Log } from '../../src/log/log.ts';
import type { ItemNumber } from '../../src/pipeline/values.ts';
import { fixedClock } from '../git/owner.ts';
import { databaseOf } from './database-of.ts';

function born(): Log {
  const log = Log.inMemory(fixedClock());
  log.transaction((tx) => {
    const payload = { type: 'story', title: 'One', description: '', criteria: [], dependsOn: [], qaMode: null } as const;
    tx.record({ project: 'shop', item: 1 as ItemNumber, actor: 'console:ann', cause: null, kind: 'item.created', payload });
  });
  return log;
}

async function* lines(all: Iterable<string>): AsyncIterable<string> {
  yield* all;
}

test('two logs have different marks, also with the same events at the same time, and so have two projects of one', () => {
  const [one, other] = [born(), born()];
  const marks = [projectMark(one.reads, 'shop'), projectMark(one.reads, 'docs'), projectMark(other.reads, 'shop')];
  expect(new Set(marks).size).toBe(3);
  for (const mark of marks) expect(mark).toMatch(/^[0-9a-f]{8}$/);
  expect(projectMark(Log.inMemory(fixedClock()).reads, 'shop')).toBeNull();
});

test('an export has the mark of its log, says which items are old, and all of one without that is', async () => {
  const log = born();
  keepOldUntil(databaseOf(log), 5);
  const written = [...exportedLines(databaseOf(log), '1.0.0')];
  const copy = Log.inMemory(fixedClock());
  await importLines(databaseOf(copy), lines(written));
  expect([projectMark(copy.reads, 'shop'), oldUntil(databaseOf(copy))]).toEqual([projectMark(log.reads, 'shop'), 5]);

  const [header = '', ...events] = written;
  const { oldUntil: _, ...before } = JSON.parse(header) as Record<string, unknown>;
  const old = Log.inMemory(fixedClock());
  await importLines(databaseOf(old), lines([JSON.stringify(before), ...events]));
  expect(oldUntil(databaseOf(old))).toBe(fixedClock().now());
});

test('a purge of the first item leaves the mark as it is', () => {
  const log = born();
  const mark = projectMark(log.reads, 'shop');
  log.transaction((tx) => {
    tx.record({
      project: 'shop',
      item: 1 as ItemNumber,
      actor: 'console:ann',
      cause: null,
      kind: 'item.deleted',
      payload: { purge: true },
    });
    tx.purge({ project: 'shop', item: 1 as ItemNumber, actor: 'musher', cause: null, kind: 'item.purged', payload: {} });
  });
  expect(projectMark(log.reads, 'shop')).toBe(mark);
});

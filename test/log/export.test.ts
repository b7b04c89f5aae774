import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { exportedLines, importLines } from '../../src/log/copies/export.ts';
import { Log } from '../../src/log/log.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { history, play, tickingClock } from './random-history.ts';
import { databaseOf } from './database-of.ts';

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
  await Promise.resolve();
}

function filled(): { log: Log; lines: string[] } {
  const log = Log.inMemory(tickingClock());
  for (const room of ['a', 'b', 'c'])
    log.transaction((tx) =>
      tx.record({
        project: 'shop',
        item: null,
        actor: 'console:ann',
        cause: null,
        kind: 'room.bound',
        payload: { transport: 'console', room },
      }),
    );
  return { log, lines: [...exportedLines(databaseOf(log), '1.0.0')] };
}

async function refusal(lines: readonly string[]): Promise<string> {
  const log = Log.inMemory(tickingClock());
  const message = await importLines(databaseOf(log), each(lines)).then(
    () => 'imported',
    (error: unknown) => (error as Error).message,
  );
  const taken = log.reads.lastSeq();
  log.close();
  // All or nothing.
  expect(taken).toBe(message === 'imported' ? lines.length - 1 : 0);
  return message;
}

test('any history comes out and goes in again as it was, to the last hash', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (works) => {
      const log = Log.inMemory(tickingClock());
      play(log, works);
      const lines = [...exportedLines(databaseOf(log), '1.0.0')];
      const other = Log.inMemory(tickingClock());
      expect(await importLines(databaseOf(other), each(lines))).toBe(log.reads.lastSeq());
      expect([...exportedLines(databaseOf(other), '1.0.0')]).toEqual(lines);
      expect(verifyAll(databaseOf(other)).differences).toEqual([]);
      log.close();
      other.close();
    }),
    { numRuns: 50 },
  );
});

test('an import refuses what was changed, cut, mixed up, or is something else, and takes nothing of it', async () => {
  const { log, lines } = filled();
  log.close();
  const [header = '', first = '', second = '', third = ''] = lines;
  expect(await refusal([header, first, second.replace('"b"', '"x"'), third])).toContain('Line 3: event 2 was changed');
  expect(await refusal([header, first, second])).toContain('it ends after 2 of 3 events');
  expect(await refusal([header, first, third])).toContain('event 2 is missing');
  expect(await refusal([header, second, first, third])).toContain('event 1 is missing');
  expect(await refusal(['hello'])).toContain('this is not an export of a log');
  expect(await refusal([])).toContain('it is empty');
  expect(await refusal([header.replace('"form":1', '"form":2'), first])).toContain('format 2');
  expect(await refusal(lines)).toBe('imported');
});

test('an import goes into an empty log only', async () => {
  const { log, lines } = filled();
  await expect(importLines(databaseOf(log), each(lines))).rejects.toThrow('This data directory already has a log.');
  log.close();
});

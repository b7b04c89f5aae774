import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Log } from '../../src/log/log.ts';
import { PROJECTIONS } from '../../src/log/projections/tables.ts';
import { verifyOpen } from '../../src/log/open-log.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { dataDir } from './data-dir.ts';
import { history, play, tickingClock } from './random-history.ts';
import { databaseOf } from './database-of.ts';

/** Every row of every table, so that two states can be compared as wholes. */
export function dump(log: Log): Record<string, unknown[]> {
  const tables = ['events', 'cursors', 'inbox', 'outbox', 'confirmations', ...PROJECTIONS.map(({ table }) => table)];
  // A purge that is not scrubbed out of the file yet is noted among the cursors, and done by the next start.
  const where = (table: string): string => (table === 'cursors' ? " WHERE subscriber <> 'scrub-due'" : '');
  return Object.fromEntries(
    tables.map((table) => [
      table,
      databaseOf(log)
        .prepare(`SELECT * FROM ${table}${where(table)}`)
        .all(),
    ]),
  );
}

describe('a random history', () => {
  it('replays to exactly its projections, also after the log was closed and opened again', () => {
    const root = dataDir();
    let run = 0;
    fc.assert(
      fc.property(history, history, (before, after) => {
        const dir = join(root, String(run++));
        mkdirSync(dir);
        const clock = tickingClock();
        const first = Log.open(dir, clock);
        const taken = play(first, before);
        const left = dump(first);
        first.close();

        const second = Log.open(dir, clock);
        expect(dump(second)).toEqual(left);
        expect(verifyAll(databaseOf(second))).toEqual({ events: taken, differences: [] });
        const more = play(second, after);
        expect(verifyAll(databaseOf(second))).toEqual({ events: taken + more, differences: [] });
        expect(verifyOpen(second, ['shop', 'site']).differences).toEqual([]);
        second.close();
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('leaves nothing of a transaction that failed', () => {
    const log = Log.inMemory(tickingClock());
    fc.assert(
      fc.property(history, history, (before, failing) => {
        play(log, before);
        const state = dump(log);
        expect(
          play(
            log,
            failing.map((work) => ({ ...work, fails: true })),
          ),
        ).toBe(0);
        expect(dump(log)).toEqual(state);
      }),
      { numRuns: 30, endOnFailure: true },
    );
    log.close();
  });

  it('adds up: spend by item, agent, model and time is the sum of what runs reported', () => {
    fc.assert(
      fc.property(history, (works) => {
        const log = Log.inMemory(tickingClock());
        play(log, works);
        for (const project of ['shop', 'site']) {
          const used = log.reads
            .events(0, 10_000)
            .flatMap((event) => (event.kind === 'run.usage' && event.project === project ? [event.payload.usage.microUsd] : []));
          const total = used.reduce((sum, one) => sum + one, 0);
          const sum = (rows: readonly { usage: { microUsd: number } }[]): number => rows.reduce((all, row) => all + row.usage.microUsd, 0);
          const items = Array.from({ length: log.reads.lastNumber(project) }, (_, i) => ({
            usage: log.reads.spend.ofItem(project, i + 1),
          }));
          const { reads } = log;
          expect([
            sum(items),
            sum(reads.spend.totals(project, 'agent')),
            sum(reads.spend.totals(project, 'model')),
            sum(reads.spend.sinceBy(project, 'item', 0)),
            sum(reads.spend.sinceBy(project, 'agent', 0)),
            reads.spend.since(project, 0).microUsd,
          ]).toEqual([total, total, total, total, total, total]);
        }
        log.close();
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('never gives a number twice', () => {
    fc.assert(
      fc.property(history, (works) => {
        const log = Log.inMemory(tickingClock());
        play(log, works);
        const numbers = log.reads
          .events(0, 10_000)
          .flatMap((event) => (event.kind === 'item.created' ? [`${event.project}#${event.item}`] : []));
        expect(new Set(numbers).size).toBe(numbers.length);
        log.close();
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });
});

describe('spend', () => {
  it('is listed with the largest first', () => {
    const log = Log.inMemory(tickingClock());
    log.transaction((tx) => {
      const about = { project: 'shop', actor: 'musher', cause: null } as const;
      const item = tx.nextNumber('shop');
      tx.record({
        ...about,
        item,
        kind: 'item.created',
        payload: { type: 'bug', title: 't', description: '', criteria: [], dependsOn: [], qaMode: null },
      });
      const usage = { inputTokens: 1, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
      for (const [agent, microUsd] of [
        ['a', 1],
        ['b', 9],
        ['c', 5],
        ['a', 2],
      ] as const)
        tx.record({ ...about, item, kind: 'run.usage', payload: { run: 1, agent, model: 'm', usage: { ...usage, microUsd } } });
    });
    expect(log.reads.spend.sinceBy('shop', 'agent', 0).map((row) => [row.key, row.usage.microUsd])).toEqual([
      ['b', 9],
      ['c', 5],
      ['a', 3],
    ]);
    expect(log.reads.spend.totals('shop', 'agent').map((row) => row.key)).toEqual(['b', 'c', 'a']);
    log.close();
  });
});

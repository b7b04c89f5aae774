import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Log } from '../../src/log/log.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { PastBoards } from '../../src/pages/past/boards.ts';
import { history, play, tickingClock } from '../log/random-history.ts';

const PROJECTS = ['shop', 'site'];

describe('a board of the past', () => {
  it('is what the board was at each moment, forwards and backwards', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (works) => {
        const log = Log.inMemory(tickingClock());
        const then = new Map<number, Record<string, WorkItem>>([[0, {}]]);
        for (const work of works) {
          play(log, [work]);
          // What a purge takes away is taken from the past too.
          if (log.reads.events(0, 10_000).some(({ kind }) => kind === 'item.purged')) break;
          then.set(log.reads.lastSeq(), items(log));
        }
        const past = new PastBoards(log.reads, { kept: 4, apart: 3 });
        const moments = [...then.keys()];
        for (const seq of [...moments, ...moments.toReversed()]) {
          const board = await past.at(seq);
          expect(board.event).toBe(seq);
          expect(Object.fromEntries(board.items)).toEqual(then.get(seq));
        }
        log.close();
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('has nothing any more of what was purged since', async () => {
    const log = Log.inMemory(tickingClock());
    const who = { project: 'shop', actor: 'console:ann', cause: null } as const;
    log.transaction((tx) => {
      const item = tx.nextNumber('shop');
      const payload = { type: 'story', title: 'Secret plan', description: '', criteria: [], dependsOn: [], qaMode: null } as const;
      tx.record({ ...who, item, kind: 'item.created', payload });
    });
    const past = new PastBoards(log.reads, { kept: 4, apart: 1 });
    expect(JSON.stringify([...(await past.at(1)).items])).toContain('Secret plan');
    const item = log.reads.item('shop', 1)?.number;
    if (item === undefined) throw new Error('the item is there');
    log.transaction((tx) => {
      tx.record({ ...who, item, kind: 'item.deleted', payload: { purge: true } });
      tx.purge({ ...who, item, kind: 'item.purged', payload: {} });
    });
    expect(JSON.stringify([...(await past.at(1)).items])).not.toContain('Secret plan');
    log.close();
  });
});

function items(log: Log): Record<string, WorkItem> {
  return Object.fromEntries(
    PROJECTS.flatMap((project) =>
      Array.from({ length: log.reads.lastNumber(project) }, (_, i) => log.reads.item(project, i + 1)).flatMap((item) =>
        item === null ? [] : [[`${project}#${item.number}`, item] as const],
      ),
    ),
  );
}

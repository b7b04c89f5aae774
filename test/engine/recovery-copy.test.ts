import { expect, it } from 'vitest';
import { keepCopyMark, markCopy, readCopyMark } from '../../src/log/copies/copy-mark.ts';
import { Log } from '../../src/log/log.ts';
import { compareCopy } from '../../src/engine/recovery/copy.ts';
import type { EngineParts } from '../../src/engine/parts.ts';
import type { PastMerge } from '../../src/git/base/merge-history.ts';
import { testClock } from '../commands/harness.ts';
import { CREATION, num, sha } from '../pipeline/samples.ts';
import { databaseOf } from '../log/database-of.ts';

const FROM = { at: { transport: 'console', room: 'lobby', thread: null }, senderId: 'ann', ingress: 'terminal', direct: false };

/** A log with an item and a timer of each project, put back from a copy. */
function restored() {
  const clock = testClock();
  const log = Log.inMemory(clock);
  for (const [i, project] of ['shop', 'docs'].entries())
    log.transaction((tx) => {
      const about = { project, item: num(1), actor: 'console:ann', cause: null } as const;
      tx.record({ ...about, kind: 'item.created', payload: CREATION });
      const timer = { timer: 1, due: clock.now() + (i + 1) * 60_000, command: 'start 1', from: FROM };
      tx.record({ ...about, kind: 'timer.set', payload: timer });
    });
  markCopy(databaseOf(log), { from: 'backup', file: '/b/one.sqlite', until: 5 }, ['shop', 'docs']);
  clock.move(60_000);
  return { log, clock };
}

function partsOf(log: Log, mergeHistory: Readonly<Record<string, () => Promise<PastMerge[]>>>, problems: string[] = []): EngineParts {
  const projects = Object.entries(mergeHistory).map(([name, look]) => [
    name,
    { settings: { name, baseBranch: 'main' }, git: { baseHead: () => Promise.resolve(sha('b')), mergeHistory: look } },
  ]);
  return { log, projects: new Map(projects as never), onProblem: (what: string) => void problems.push(what) } as unknown as EngineParts;
}

it('a timer whose time came since is cancelled and not run a second time', async () => {
  const { log } = restored();
  const mark = await compareCopy(partsOf(log, { shop: () => Promise.resolve([]), docs: () => Promise.resolve([]) }));
  expect(mark?.found.timers).toBe(1);
  expect(log.reads.timers.ofProject('shop')).toEqual([]);
  expect(log.reads.timers.ofProject('docs')).toHaveLength(1);
  keepCopyMark(log, null);
  expect(await compareCopy(partsOf(log, {}))).toBeNull();
});

it("a project that can't be looked at, or is not configured, is compared by a later start", async () => {
  const { log } = restored();
  const merged: PastMerge = { number: num(1), kind: 'merged', commit: sha('d'), merge: null, at: 7 };
  const problems: string[] = [];
  const first = await compareCopy(partsOf(log, { shop: () => Promise.reject(new Error('no such disk')) }, problems));
  expect([first?.projects, first?.found.merged, problems]).toEqual([
    ['shop', 'docs'],
    [],
    ['comparing shop with its base branch after a restore'],
  ]);
  const look = (): Promise<PastMerge[]> => Promise.resolve([merged]);
  const second = await compareCopy(partsOf(log, { shop: look, docs: look }));
  expect([second?.projects, second?.found.merged]).toEqual([[], ['shop#1', 'docs#1']]);
  expect(log.reads.item('docs', 1)?.stage).toEqual({ name: 'done', mergeCommit: sha('d'), mergedAt: 7 });
  expect(readCopyMark(log)?.projects).toEqual([]);
});

it('an item that is over or deleted is left as it is', async () => {
  const { log } = restored();
  log.transaction(
    (tx) =>
      void tx.record({ project: 'shop', item: num(1), actor: 'console:ann', cause: null, kind: 'item.deleted', payload: { purge: false } }),
  );
  const mergeHistory = [
    { number: num(1), kind: 'merged', commit: sha('d'), merge: null, at: 7 },
    { number: num(9), kind: 'undone', commit: sha('e'), merge: null, at: 8 },
  ] as const;
  const mark = await compareCopy(partsOf(log, { shop: () => Promise.resolve([...mergeHistory]) }));
  expect(mark?.found).toMatchObject({ merged: [], undone: [], unknown: [] });
});

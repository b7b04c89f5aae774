import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCycle, isMet, unmetDependencies } from '../../src/pipeline/next/dependencies.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { ItemNumber } from '../../src/pipeline/values.ts';
import { archivedStage, LIVE_NAMES, num, REASON_NAMES, STAGE, standing, T0 } from './samples.ts';

describe('a dependency', () => {
  it('is met by what is merged or archived as completed, and by nothing else', () => {
    const met = [
      ...LIVE_NAMES.filter((name) => isMet(STAGE[name])),
      ...REASON_NAMES.filter((reason) => isMet(archivedStage(reason, 'done'))),
    ];
    expect(met).toEqual(['done', 'completed']);
  });

  it('stays met when the item that was merged is deleted: its work is there', () => {
    const item = standing(STAGE.backlog, 'idle', { dependsOn: [num(1)] });
    const find = (): WorkItem => standing(STAGE.done, 'idle', { deletedAt: T0 });
    expect(unmetDependencies(item, find)).toEqual([]);
  });

  it('that is not met says where it stands and whether waiting helps', () => {
    const items = new Map<number, WorkItem>([
      [1, standing(STAGE.done)],
      [2, standing(STAGE.qa)],
      [3, standing(archivedStage('abandoned', 'qa'))],
      [4, standing(archivedStage('superseded', 'qa'))],
      [5, standing(archivedStage('blocked', 'qa'))],
      [6, standing(STAGE.current, 'idle', { deletedAt: T0 })],
      [7, standing(archivedStage('completed', 'done'))],
    ]);
    const item = standing(STAGE.backlog, 'idle', { dependsOn: [1, 2, 3, 4, 5, 6, 7, 8].map(num) });
    expect(unmetDependencies(item, (number) => items.get(number) ?? null)).toEqual([
      { number: 2, stage: 'qa', never: null },
      { number: 3, stage: 'archived', never: { kind: 'abandoned' } },
      { number: 4, stage: 'archived', never: { kind: 'superseded', by: 9 } },
      { number: 5, stage: 'archived', never: null },
      { number: 6, stage: 'current', never: { kind: 'deleted' } },
      { number: 8, stage: 'archived', never: { kind: 'missing' } },
    ]);
  });
});

const NODES = 9;
const number = fc.integer({ min: 1, max: NODES }).map(num);
/** Each item depends on some of the others; cycles among them happen too, and must not hang the search. */
const graph = fc.array(fc.uniqueArray(number, { maxLength: 3 }), { minLength: NODES + 1, maxLength: NODES + 1 });

/** Whether `to` can be reached from `from`, in the plainest way. */
function reaches(
  from: ItemNumber,
  to: ItemNumber,
  edges: (at: ItemNumber) => readonly ItemNumber[],
  seen = new Set<ItemNumber>(),
): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return edges(from).some((next) => reaches(next, to, edges, seen));
}

describe('findCycle', () => {
  it('finds a cycle exactly where new dependencies would close one', () => {
    fc.assert(
      fc.property(number, fc.uniqueArray(number, { maxLength: 4 }), graph, (item, added, dependsOn) => {
        const edges = (at: ItemNumber): readonly ItemNumber[] => dependsOn[at] ?? [];
        expect(findCycle(item, added, edges) !== null).toBe(added.some((next) => reaches(next, item, edges)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the path from the item back to itself, along dependencies that are there', () => {
    fc.assert(
      fc.property(number, fc.uniqueArray(number, { maxLength: 4 }), graph, (item, added, dependsOn) => {
        const path = findCycle(item, added, (at) => dependsOn[at] ?? []);
        fc.pre(path !== null);
        expect([path[0], path.at(-1)]).toEqual([item, item]);
        const steps = path.slice(1).map((next, i) => (i === 0 ? added : (dependsOn[path[i] ?? 0] ?? [])).includes(next));
        expect(steps).not.toContain(false);
        expect(new Set(path.slice(1)).size).toBe(path.length - 1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('names the cycle of an item that would depend on itself', () => {
    expect(findCycle(num(4), [num(4)], () => [])).toEqual([4, 4]);
  });

  it('follows a chain of 100,000 items', () => {
    const next = (at: ItemNumber): ItemNumber[] => (at < 100_000 ? [num(at + 1)] : []);
    expect(findCycle(num(100_000), [num(1)], next)).toHaveLength(100_001);
  });
});

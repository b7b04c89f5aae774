import type { Stage, WorkItem } from '../types.ts';
import type { ItemNumber } from '../values.ts';

/** A dependency is met only by work that is there: an abandoned or superseded item never counts. What was merged stays merged, whatever becomes of its item. */
export function isMet(stage: Stage): boolean {
  return stage.name === 'done' || (stage.name === 'archived' && stage.reason.kind === 'completed');
}

/** Why a dependency will not be met by waiting. */
export type NeverMet = { readonly kind: 'missing' | 'deleted' | 'abandoned' } | { readonly kind: 'superseded'; readonly by: ItemNumber };

/** A dependency that an item still waits for, and whether waiting can ever help. */
export interface Unmet {
  readonly number: ItemNumber;
  readonly stage: Stage['name'];
  /** Null where it may be met by waiting. */
  readonly never: NeverMet | null;
}

/** The dependencies of an item that are not met. `find` gives null for a number that does not exist. */
export function unmetDependencies(item: WorkItem, find: (number: ItemNumber) => WorkItem | null): Unmet[] {
  const unmet: Unmet[] = [];
  for (const number of item.dependsOn) {
    const other = find(number);
    if (other === null) unmet.push({ number, stage: 'archived', never: { kind: 'missing' } });
    else if (isMet(other.stage)) continue;
    else if (other.deletedAt !== null) unmet.push({ number, stage: other.stage.name, never: { kind: 'deleted' } });
    else unmet.push({ number, stage: other.stage.name, never: neverMet(other.stage) });
  }
  return unmet;
}

function neverMet(stage: Stage): NeverMet | null {
  if (stage.name !== 'archived') return null;
  const { reason } = stage;
  if (reason.kind === 'abandoned') return { kind: 'abandoned' };
  return reason.kind === 'superseded' ? { kind: 'superseded', by: reason.by } : null;
}

/**
 * The cycle that new dependencies of an item would close, as the path from the item back to itself; null where there
 * is none. `dependsOn` gives what a number depends on now. Iterative, so that long chains can't exhaust the stack.
 */
export function findCycle(
  item: ItemNumber,
  added: readonly ItemNumber[],
  dependsOn: (number: ItemNumber) => readonly ItemNumber[],
): ItemNumber[] | null {
  const cameFrom = new Map<ItemNumber, ItemNumber>();
  const queue: ItemNumber[] = [];
  for (const next of added) {
    if (next === item) return [item, item];
    if (!cameFrom.has(next)) {
      cameFrom.set(next, item);
      queue.push(next);
    }
  }
  for (const at of queue) {
    for (const next of dependsOn(at)) {
      if (next === item) return pathTo(at, item, cameFrom);
      if (!cameFrom.has(next)) {
        cameFrom.set(next, at);
        queue.push(next);
      }
    }
  }
  return null;
}

function pathTo(last: ItemNumber, item: ItemNumber, cameFrom: ReadonlyMap<ItemNumber, ItemNumber>): ItemNumber[] {
  const path = [item];
  for (let at: ItemNumber | undefined = last; at !== undefined && at !== item; at = cameFrom.get(at)) path.unshift(at);
  return [item, ...path];
}

import type { Priority, WorkItem } from '../types.ts';

const RANKS: { readonly [P in Priority]: number } = { high: 1, normal: 2, low: 3 };
/** Before everything: its commit is on its way to the base branch, and whoever overtook it would wait for it anyway. */
const LANDING = 0;

/** What people chose, or the usual. */
export function priorityOf({ priority }: Pick<WorkItem, 'priority'>): Priority {
  return priority ?? 'normal';
}

/**
 * An item's place among those that wait for the same: the lower comes first, and equal ones in the order in which they came.
 * What is over waits for nothing and is listed by time alone.
 */
export function rankOf({ stage, landing, priority }: Pick<WorkItem, 'stage' | 'landing' | 'priority'>): number {
  if (stage.name === 'done' || stage.name === 'archived') return RANKS.normal;
  return landing !== null && landing !== undefined ? LANDING : RANKS[priority ?? 'normal'];
}

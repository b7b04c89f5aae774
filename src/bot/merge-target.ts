import type { Merge, WorkItem } from '../pipeline/types.ts';
import { positiveInt } from '../pipeline/values.ts';
import { itemName, itemTitle } from '../words/item/item.ts';
import { nothingToMerge } from '../words/bot/finding.ts';
import type { Reply } from '../words/reply.ts';

/** The merge stage for an item's own commits, or the refusal if it has none. */
export function mergeTarget(item: WorkItem, current: string): Merge | Reply {
  const { work } = item;
  const commitsAhead = positiveInt(work?.commitsAhead ?? 0);
  if (work !== null && commitsAhead !== null) return { name: 'merge', branch: work.branch, commitsAhead };
  return nothingToMerge(itemTitle(item, current), itemName(item, current));
}

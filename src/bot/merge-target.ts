import { code } from '../message/build.ts';
import type { Merge, WorkItem } from '../pipeline/types.ts';
import { positiveInt } from '../pipeline/values.ts';
import type { Reply } from './command.ts';
import { itemName, itemTitle } from '../words/item.ts';
import { refused } from '../words/replies.ts';

/** The merge stage for an item's own commits, or the refusal: a merge of nothing does not exist. */
export function mergeTarget(item: WorkItem, current: string): Merge | Reply {
  const { work } = item;
  const commitsAhead = positiveInt(work?.commitsAhead ?? 0);
  if (work !== null && commitsAhead !== null) return { name: 'merge', branch: work.branch, commitsAhead };
  return refused(
    'nothing-to-merge',
    `There is nothing to merge: the branch of ${itemTitle(item, current)} has no commits of its own. `,
    code(`show ${itemName(item, current)}`),
    ' shows its runs.',
  );
}

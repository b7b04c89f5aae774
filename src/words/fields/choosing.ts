import type { Step } from '../../pipeline/next/step.ts';
import type { Priority, WorkItem } from '../../pipeline/types.ts';
import { inStage, itemTitle } from '../item/item.ts';
import { outlook } from '../item/step.ts';
import { done, refused } from '../replies.ts';
import type { Reader } from '../reader.ts';
import type { Reply } from '../reply.ts';

/** Replies about what people choose for an item: its priority, model, agent and labels. */

export function prioritySet(item: WorkItem, step: Step, reader: Reader): Reply {
  return done(`${itemTitle(item, reader.current)} now has ${item.priority ?? 'normal'} priority. `, ...outlook(item, step, reader));
}

export function priorityUnchanged(item: WorkItem, current: string, priority: Priority): Reply {
  return refused('unchanged', `${itemTitle(item, current)} already has ${priority} priority.`);
}

/** Nothing of the item will run or wait any more. */
export function overAlready(item: WorkItem, current: string, what: 'priority' | 'model'): Reply {
  return refused('over', `${itemTitle(item, current)} is ${inStage(item.stage)}, so a ${what} would change nothing.`);
}

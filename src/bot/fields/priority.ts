import { priorityOf } from '../../pipeline/next/priority.ts';
import type { Priority, WorkItem } from '../../pipeline/types.ts';
import { overAlready, prioritySet, priorityUnchanged } from '../../words/fields/choosing.ts';
import { readerOf } from '../../words/reader.ts';
import type { Reply } from '../../words/reply.ts';
import type { CommandTx } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';

/** Puts an item before or behind others, and says where it stands now. */
export function setPriority(context: CommandContext, tx: CommandTx, item: WorkItem, wanted: Priority): Reply {
  const reader = readerOf(context);
  const prior = priorityOf(item);
  if (isOver(item)) return tx.refuse(overAlready(item, reader.current, 'priority'));
  if (prior === wanted) return tx.refuse(priorityUnchanged(item, reader.current, wanted));
  const after = tx.append(item, 'item.edited', { field: 'priority', value: wanted, prior });
  return prioritySet(after, tx.step(after), reader);
}

/** Nothing of it will ever wait again unless somebody reopens it. */
export function isOver({ stage }: WorkItem): boolean {
  return stage.name === 'done' || (stage.name === 'archived' && !('reason' in stage.reason));
}

import { PRIORITIES, type WorkItem } from '../../pipeline/types.ts';
import { unknownPriority } from '../../words/fields/choosing.ts';
import type { Reply } from '../../words/reply.ts';
import type { CommandTx } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';
import { setAgent } from './agent.ts';
import { setLabels } from './labels.ts';
import { setModel } from './model.ts';
import { setPriority } from './priority.ts';

/** Sets a field that has a command of its own, as that command does; null: it is none of those. */
export function setField(context: CommandContext, tx: CommandTx, item: WorkItem, field: string, typed: string): Reply | null {
  const value = typed.trim();
  switch (field.toLowerCase()) {
    case 'agent':
    case 'assignee':
      return setAgent(context, tx, item, value);
    case 'model':
      return setModel(context, tx, item, value);
    case 'priority':
    case 'prio': {
      const wanted = PRIORITIES.find((one) => one === value.toLowerCase());
      return wanted === undefined ? tx.refuse(unknownPriority(value, PRIORITIES)) : setPriority(context, tx, item, wanted);
    }
    case 'label':
    case 'labels':
      return setLabels(context, tx, item, value);
    default:
      return null;
  }
}

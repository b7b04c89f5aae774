import { isDeepStrictEqual } from 'node:util';
import { isLabel, labelsIn, LONGEST_LABEL, MOST_LABELS } from '../../pipeline/labels.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { badLabel, labelsSet, labelsUnchanged, notLabelled, tooManyLabels } from '../../words/fields/choosing.ts';
import { readerOf } from '../../words/reader.ts';
import type { Reply } from '../../words/reply.ts';
import type { CommandTx } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';

/** Adds labels to an item. */
export function addLabels(context: CommandContext, tx: CommandTx, item: WorkItem, typed: string): Reply {
  return put(context, tx, item, [...(item.labels ?? []), ...labelsIn(typed)]);
}

/** Gives an item these labels and no others; `nothing`: none. */
export function setLabels(context: CommandContext, tx: CommandTx, item: WorkItem, typed: string): Reply {
  return put(context, tx, item, typed.trim().toLowerCase() === 'nothing' ? [] : labelsIn(typed));
}

/** Takes labels off an item; `all` takes off every one. */
export function removeLabels(context: CommandContext, tx: CommandTx, item: WorkItem, typed: string): Reply {
  const { labels = [] } = item;
  const named = labelsIn(typed);
  const off = named.length === 1 && named[0] === 'all' && !labels.includes('all') ? labels : named;
  const left = labels.filter((label) => !off.includes(label));
  return left.length === labels.length ? tx.refuse(notLabelled(item, readerOf(context).current, named)) : put(context, tx, item, left);
}

function put(context: CommandContext, tx: CommandTx, item: WorkItem, wanted: readonly string[]): Reply {
  const { current } = readerOf(context);
  const prior = item.labels ?? [];
  const value = [...new Set(wanted)];
  const bad = value.find((label) => !isLabel(label));
  if (bad !== undefined) return tx.refuse(badLabel(bad, LONGEST_LABEL));
  if (value.length > MOST_LABELS) return tx.refuse(tooManyLabels(MOST_LABELS));
  if (isDeepStrictEqual(value, prior)) return tx.refuse(labelsUnchanged(item, current));
  return labelsSet(tx.append(item, 'item.edited', { field: 'labels', value, prior }), current);
}

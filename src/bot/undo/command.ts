import type { Content } from '../../message/build.ts';
import type { ItemEvent } from '../../pipeline/events.ts';
import type { CommandContext } from '../command.ts';
import type { CommandTx } from '../capabilities.ts';
import { cannotUndo, commandOf, deletedSince, undone } from '../../words/bot/undoing.ts';
import { itemTitle } from '../../words/item/item.ts';
import { outlook } from '../../words/item/step.ts';
import { compensate } from './compensate.ts';
import type { Change } from './last-command.ts';
import type { Reply } from '../../words/reply.ts';
import { readerOf } from '../../words/reader.ts';

/**
 * Undoes a command: everything that it changed of an item, or nothing. Of several items, what can't be undone stops no other;
 * where nothing can, the first reason is the reply.
 */
export function undoCommand(context: CommandContext, change: Change): Reply {
  return context.change((tx) => {
    const what = commandOf(change, context);
    const parts = byItem(change.events).map(([key, events]) => tx.attempt(() => ofItem(tx, context, { key, events, change, what })));
    const lines = parts.flatMap((part) => (part.ok ? [part.value] : []));
    const refusals = parts.flatMap((part) => (part.ok ? [] : [part.error]));
    const [first] = refusals;
    return first !== undefined && lines.length === 0 ? tx.refuse(first) : undone(what, lines, refusals);
  });
}

/** Undoes what a command changed of one item; the line that says so. */
function ofItem(
  tx: CommandTx,
  context: CommandContext,
  about: { readonly key: Key; readonly events: readonly ItemEvent[]; readonly change: Change; readonly what: readonly Content[] },
): Content[] {
  const { key, events, change, what } = about;
  const item = tx.reads.item(key.project, key.number);
  if (item === null) throw new Error(`no item ${key.number}`);
  const title = itemTitle(item, readerOf(context).current);
  if (item.deletedAt !== null) return tx.refuse(deletedSince(title, what));
  tx.append(item, 'item.undone', { words: change.words ?? '', cause: change.cause });
  const back = compensate(tx, item, events, context.nameOf);
  if (!back.ok) return tx.refuse(cannotUndo(back.code, title, what, back.why));
  return [`${title}: ${back.again.join('; ')}. `, ...next(tx, context, key)];
}

function next(tx: CommandTx, context: CommandContext, { project, number }: Key): ReturnType<typeof outlook> {
  const item = tx.reads.item(project, number);
  return item === null ? [] : outlook(item, tx.step(item), readerOf(context));
}

interface Key {
  readonly project: string;
  readonly number: number;
}

function byItem(events: readonly ItemEvent[]): [Key, ItemEvent[]][] {
  const groups = new Map<string, [Key, ItemEvent[]]>();
  for (const event of events) {
    const key = `${event.project}#${event.item}`;
    const group = groups.get(key) ?? [{ project: event.project, number: event.item }, []];
    group[1].push(event);
    groups.set(key, group);
  }
  return [...groups.values()];
}

import { code, doc, list, paragraph } from '../../message/build.ts';
import type { ItemEvent } from '../../pipeline/events.ts';
import type { CommandContext, Reply } from '../command.ts';
import type { CommandTx } from '../capabilities.ts';
import { itemTitle, sentence } from '../../words/item.ts';
import { outlook, readerOf, ticked } from '../../words/step.ts';
import { moment } from '../../words/time.ts';
import { answer, refused } from '../../words/replies.ts';
import { compensate } from './compensate.ts';
import type { Change } from './last-command.ts';
import { actorName } from '../../pipeline/actor.ts';

/** Takes a command back: all that it changed, or nothing of it. */
export function undoCommand(context: CommandContext, change: Change): Reply {
  return context.change((tx) => {
    const reader = readerOf(context);
    const done = `${change.words ?? 'the command'} (${moment(change.at, reader.now, reader.timezone)}, by ${actorName(change.actor)})`;
    const lines = [];
    for (const [key, events] of byItem(change.events)) {
      const item = tx.reads.item(key.project, key.number);
      if (item === null) throw new Error(`no item ${key.number}`);
      const title = itemTitle(item, reader.current);
      if (item.deletedAt !== null) return tx.refuse(refused('deleted', `${title} was deleted since, so ${done} can not be taken back.`));
      tx.append(item, 'item.undone', { words: change.words ?? '', cause: change.cause });
      const back = compensate(tx, item, events);
      if (!back.ok) return tx.refuse(refusal(change, title, done, back));
      lines.push([`${title}: ${back.again.join('; ')}. `, ...next(tx, context, key)]);
    }
    return answer(
      doc(
        paragraph(`Took back ${done}.`),
        list(lines),
        paragraph(code('undo'), ' once more takes back what you did before that; to do this again, type it again.'),
      ),
    );
  });
}

function next(tx: CommandTx, context: CommandContext, { project, number }: Key): ReturnType<typeof outlook> {
  const item = tx.reads.item(project, number);
  return item === null ? [] : outlook(item, tx.step(item), readerOf(context));
}

function refusal(
  change: Change,
  title: string,
  done: string,
  { why, code: reason }: { readonly why: string; readonly code: string },
): Reply {
  const head = reason === 'overtaken' ? `${done} on ${title} was overtaken` : `${done} on ${title} is not taken back by undo`;
  return refused(reason, ...ticked(`${sentence(head).slice(0, -1)}: ${why}. Nothing was changed.`));
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

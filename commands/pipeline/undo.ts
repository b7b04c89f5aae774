import { itemRef, text, type ItemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext, type Reply } from '../../src/bot/command.ts';
import { itemTitle, mergedAs } from '../../src/words/item.ts';
import { refused } from '../../src/words/replies.ts';
import { undoCommand } from '../../src/bot/undo/command.ts';
import { lastOfItem, lastOfPerson } from '../../src/bot/undo/last-command.ts';
import { confirmUndoMerge, undoMerge } from '../../src/bot/undo/merge.ts';
import { code } from '../../src/message/build.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';

export const undo = command({
  words: ['undo'],
  summary: 'Takes a merge back, or the last command.',
  details:
    'Of an item that is merged it takes the merge back, after a question: a commit on the base branch reverses it, once the gates have passed without it; history is not rewritten. ' +
    'The item is back in current with its branch and its costs, stopped until someone starts it; what you say as the reason goes into the next attempt. ' +
    'Where later commits changed the same places it is refused, with the files.\n' +
    'Of an item that is not merged it takes back the last thing that a person changed of it; alone, the last that you changed in this project: edits, checks, dependencies, assignments, ' +
    'moves, stops, starts, approvals and retries, as long as nothing has gone on from there. What was overtaken is refused with the reason. ' +
    'Creating and deleting are not taken back. Typed twice it takes back two commands; it never brings back what it took back.',
  examples: ['undo', 'undo 42', 'undo 42 The export loses the time zone.'],
  args: { item: itemRef().optional(), reason: text('Why a merge is taken back; the next attempt reads it.').optional() },
  role: 'operator',
  confirm(context, { item: ref }) {
    if (ref === null) return null;
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    return mergedAs(found.value.stage) === null ? null : confirmUndoMerge(context, found.value);
  },
  run(context, { item: ref, reason }) {
    if (ref === null) return ownLast(context);
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    return mergedAs(found.value.stage) === null ? lastOf(context, ref, found.value) : undoMerge(context, found.value, reason ?? '');
  },
});

function ownLast(context: CommandContext): Reply {
  const { name } = context.project;
  const change = lastOfPerson(context.reads, name, context.actor);
  if (change !== null) return undoCommand(context, change);
  return refused(
    'nothing-to-undo',
    `Nothing that you changed lately in ${name} is left to take back. `,
    code('undo <number>'),
    ' takes back the last change of one item.',
  );
}

function lastOf(context: CommandContext, ref: ItemRef, item: WorkItem): Reply {
  const title = itemTitle(item, context.project.name);
  if (item.deletedAt !== null)
    return refused(
      'deleted',
      `${title} was deleted, and a number is never used again. `,
      code(`restore ${ref.number}`),
      ' gives its work back on a branch.',
    );
  const change = lastOfItem(context.reads, ref.project, ref.number);
  return change === null
    ? refused('nothing-to-undo', `Nothing that a person changed of ${title} is left to take back.`)
    : undoCommand(context, change);
}

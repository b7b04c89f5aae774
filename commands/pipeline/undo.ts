import { itemRef, text, type ItemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { itemName, itemTitle, mergedAs } from '../../src/words/item/item.ts';
import { refused } from '../../src/words/replies.ts';
import { undoCommand } from '../../src/bot/undo/command.ts';
import { lastOfItem, lastOfPerson } from '../../src/bot/undo/last-command.ts';
import { confirmUndoMerge, undoMerge } from '../../src/bot/undo/merge.ts';
import { command as typed } from '../../src/message/build.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { Reply } from '../../src/words/reply.ts';

export const undo = command({
  words: ['undo'],
  summary: 'Reverts a merge, or undoes the last command.',
  details:
    'For a merged item: asks first, then adds a commit to the base branch that reverts the merge, after the gates have passed without it. History is not rewritten. ' +
    'The item returns to current with its branch and costs, stopped until someone starts it; the next attempt gets your reason. ' +
    'Refused if later commits changed the same places; the reply lists the files.\n' +
    'For an item that is not merged: undoes the last change that a person made to it. Without an item, it undoes your own last change in this project: edits, checks, dependencies, assignments, ' +
    'moves, stops, starts, approvals and retries, unless work has continued since. ' +
    'Creating and deleting cannot be undone. Typed twice it undoes two commands; there is no redo.',
  examples: ['undo', 'undo 42', 'undo 42 The export loses the time zone.'],
  args: { item: itemRef().optional(), reason: text('The reason. The next attempt gets it.').optional() },
  role: 'operator',
  waits: true,
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
    `You have no recent change in ${name} to undo. `,
    typed('undo <number>'),
    ' undoes the last change to one item.',
  );
}

function lastOf(context: CommandContext, ref: ItemRef, item: WorkItem): Reply {
  const title = itemTitle(item, context.project.name);
  if (item.deletedAt !== null)
    return refused(
      'deleted',
      `${title} was deleted, and that can’t be undone. `,
      typed(`restore ${itemName(ref, context.project.name)}`),
      ' restores its work on a branch.',
    );
  const change = lastOfItem(context.reads, ref.project, ref.number);
  return change === null ? refused('nothing-to-undo', `${title} has no change by a person left to undo.`) : undoCommand(context, change);
}

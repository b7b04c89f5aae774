import { item, text } from '../src/bot/arguments.ts';
import { command } from '../src/bot/command.ts';
import { confirmUndoMerge, undoMerge } from '../src/bot/undo/merge.ts';

export const undo = command({
  words: ['undo'],
  summary: 'Takes the merge of an item back.',
  details:
    'A commit on the base branch reverses the merge, after the gates have passed without it; history is not rewritten. ' +
    'The item is back in current with its branch and its costs, stopped until someone starts it; what you say as the reason goes into the next attempt. ' +
    'Where later commits changed the same places it is refused, with the files.',
  examples: ['undo 42', 'undo 42 The export loses the time zone.'],
  args: { item: item(), reason: text('Why; the next attempt reads it.').optional() },
  role: 'operator',
  confirm(context, { item: ref }) {
    const found = context.findAny(ref);
    return found.ok ? confirmUndoMerge(context, found.value) : found.error;
  },
  run(context, { item: ref, reason }) {
    const found = context.findAny(ref);
    return found.ok ? undoMerge(context, found.value, reason ?? '') : found.error;
  },
});

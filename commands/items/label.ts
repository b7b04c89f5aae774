import { severalItems, text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { addLabels } from '../../src/bot/fields/labels.ts';

export const label = command({
  words: ['label'],
  summary: 'Adds labels to an item.',
  details:
    'A label is one word, or several joined by dashes: `good first task, ui` adds two. `labels ui` lists the items of one; no agent reads them.',
  examples: ['label 42 ui, phone', 'label 3 4 ui'],
  args: { item: severalItems({ followed: 'word' }), labels: text('One or more labels.') },
  role: 'operator',
  run: (context, { item, labels }) => changeEach(context, item, {}, (tx, ref) => addLabels(context, tx, tx.find(ref), labels)),
});

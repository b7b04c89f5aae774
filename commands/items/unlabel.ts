import { severalItems, text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { removeLabels } from '../../src/bot/fields/labels.ts';

export const unlabel = command({
  words: ['unlabel'],
  summary: 'Takes labels off an item.',
  details: '`all` takes off every label.',
  examples: ['unlabel 42 ui', 'unlabel 3 4 all'],
  args: { item: severalItems({ followed: 'word' }), labels: text('One or more labels, or `all`.') },
  role: 'operator',
  run: (context, { item, labels }) => changeEach(context, item, {}, (tx, ref) => removeLabels(context, tx, tx.find(ref), labels)),
});

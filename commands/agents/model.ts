import { severalItems, word } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { setModel } from '../../src/bot/fields/model.ts';

export const model = command({
  words: ['model'],
  summary: 'Chooses the model for an item’s coding runs.',
  details:
    'Any agent whose program has the model takes it; a name that no program is known to have is passed on as typed, and the reply says so. ' +
    '`default` removes it; the default of the item’s type applies then, or the agent’s own model. A run in progress keeps its model.',
  examples: ['model 42 opus', 'model 3 4 claude-haiku-4-5', 'model 42 default'],
  args: {
    item: severalItems({ followed: 'word' }),
    model: word({ description: 'The model, as the agent’s program names it, or `default`.', complete: () => ['default'] }),
  },
  role: 'operator',
  run: (context, { item, model: typed }) => changeEach(context, item, {}, (tx, ref) => setModel(context, tx, tx.find(ref), typed)),
});

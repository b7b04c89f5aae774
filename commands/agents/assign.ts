import { severalItems, word } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { setAgent } from '../../src/bot/fields/agent.ts';

export const assign = command({
  words: ['assign'],
  summary: 'Assigns an item to a coding agent.',
  details:
    'Only agents of the `current` stage can be assigned, also those that are taken only when asked for. `any` takes that back: the default of the item’s type, or whichever agent is free. ' +
    'The name of a model that one agent alone can use assigns that agent, with the model. A run in progress keeps its agent.',
  examples: ['assign 42 coder-1', 'assign 42 any', 'assign 3 4 coder-1'],
  args: {
    item: severalItems({ followed: 'word' }),
    agent: word({
      description: 'The name of a coder, or `any`.',
      complete: (context) => [...(context.agentNames?.(context.currentProject) ?? []), 'any'],
    }),
  },
  role: 'operator',
  run: (context, { item, agent }) => changeEach(context, item, {}, (tx, ref) => setAgent(context, tx, tx.find(ref), agent)),
});

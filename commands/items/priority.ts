import { choice, severalItems } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { setPriority } from '../../src/bot/fields/priority.ts';
import { PRIORITIES } from '../../src/pipeline/types.ts';

export const priority = command({
  words: ['priority'],
  aliases: [['prio']],
  summary: 'Sets which items come first: high, normal or low.',
  details:
    'Wherever items wait for the same thing (a coder, a slot, a budget, the merge), those of high priority come first and those of low priority last; ' +
    'equal ones keep their order. It takes effect at once and starts nothing; a run in progress is not interrupted.',
  examples: ['priority 42 high', 'priority 3 4 low', 'priority 42 normal'],
  args: {
    item: severalItems({ followed: 'word' }),
    priority: choice(PRIORITIES, 'high, normal or low.'),
  },
  role: 'operator',
  run: (context, { item, priority: wanted }) => changeEach(context, item, {}, (tx, ref) => setPriority(context, tx, tx.find(ref), wanted)),
});

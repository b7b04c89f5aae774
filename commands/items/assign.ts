import { severalItems, word } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { itemTitle } from '../../src/words/item/item.ts';
import { openRun, projectOf } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { nearest } from '../../src/nearest.ts';

export const assign = command({
  words: ['assign'],
  summary: 'Assigns an item to a coding agent.',
  details:
    'Only agents of the `current` stage can be assigned. `any` leaves it to whichever agent is free. A run in progress keeps its agent.',
  examples: ['assign 42 coder-1', 'assign 42 any', 'assign 3 4 coder-1'],
  args: {
    item: severalItems({ followed: 'word' }),
    agent: word({
      description: 'The name of a coder, or `any`.',
      complete: (context) => [...(context.agentNames?.(context.currentProject) ?? []), 'any'],
    }),
  },
  role: 'operator',
  run: (context, { item: named, agent: typed }) =>
    changeEach(context, named, {}, (tx, ref) => {
      const item = tx.find(ref);
      const title = itemTitle(item, context.project.name);
      const { agents } = projectOf(context, item);
      const coders = agents.filter(({ role }) => role === 'coder').map(({ name }) => name);
      const known = agents.find(({ name }) => name.toLowerCase() === typed.toLowerCase());
      const choices = coders.length === 0 ? 'Add a coder to .musher/project.toml first.' : `Coders: ${coders.join(', ')}, or any.`;
      const any = typed.toLowerCase() === 'any' && known === undefined;
      if (!any && known === undefined) {
        const near = nearest(typed, coders);
        return tx.refuse(
          refused(
            'unknown-agent',
            `${item.project} has no agent “${typed.slice(0, 40)}”.${near === null ? '' : ` Did you mean ${near}?`} ${choices}`,
          ),
        );
      }
      if (known !== undefined && known.role !== 'coder')
        return tx.refuse(refused('not-a-coder', `${known.name} can’t write code: it works in ${known.stage}. ${choices}`));
      const agent = known?.name ?? null;
      if (agent === item.assignedTo)
        return tx.refuse(refused('unchanged', `${title} is already ${agent === null ? 'open to any coder' : `assigned to ${agent}`}.`));
      tx.append(item, 'item.assigned', { agent, prior: item.assignedTo });
      const run = openRun(tx.reads, item);
      const later = run !== null && run.role === 'coder' && run.agent !== agent ? ` ${run.agent} finishes run ${run.run} first.` : '';
      return done(agent === null ? `${title} is open to any coder.${later}` : `${title} is assigned to ${agent}.${later}`);
    }),
});

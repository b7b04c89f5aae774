import { itemRef, word } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { itemName, itemTitle } from '../../src/words/item.ts';
import { openRun, projectOf } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { nearest } from '../../src/nearest.ts';

export const assign = command({
  words: ['assign'],
  summary: 'Chooses the agent that writes the code of an item.',
  details: 'Only agents of the stage current can be chosen. `any` lets whichever is free take it. A run under way goes on with its agent.',
  examples: ['assign 42 coder-1', 'assign 42 any'],
  args: {
    item: itemRef(),
    agent: word({
      description: 'The name of a coder, or `any`.',
      complete: (context) => [...(context.agentNames?.(context.currentProject) ?? []), 'any'],
    }),
  },
  role: 'operator',
  run: (context, { item: ref, agent: typed }) =>
    context.change((tx) => {
      const item = tx.find(ref);
      const { agents } = projectOf(context, item);
      const coders = agents.filter(({ role }) => role === 'coder').map(({ name }) => name);
      const known = agents.find(({ name }) => name.toLowerCase() === typed.toLowerCase());
      const choices =
        coders.length === 0
          ? 'There is no coder in .musher/project.toml.'
          : `Coders are ${coders.join(', ')}; any means whichever is free.`;
      const any = typed.toLowerCase() === 'any' && known === undefined;
      if (!any && known === undefined) {
        const near = nearest(typed, coders);
        return tx.refuse(
          refused(
            'unknown-agent',
            `“${typed.slice(0, 40)}” is no agent of ${item.project}.${near === null ? '' : ` Did you mean ${near}?`} ${choices}`,
          ),
        );
      }
      if (known !== undefined && known.role !== 'coder')
        return tx.refuse(refused('not-a-coder', `${known.name} is a ${known.role} and works in ${known.stage}. ${choices}`));
      const agent = known?.name ?? null;
      if (agent === item.assignedTo)
        return tx.refuse(refused('unchanged', `${itemName(item, context.project.name)} is open to ${agent ?? 'any coder'} already.`));
      tx.append(item, 'item.assigned', { agent, prior: item.assignedTo });
      const run = openRun(tx.reads, item);
      const later =
        run !== null && run.role === 'coder' && run.agent !== agent
          ? ` Run ${run.run} of ${run.agent} goes on; it counts from the next run.`
          : '';
      const title = itemTitle(item, context.project.name);
      return done(agent === null ? `Any coder may take ${title} now.${later}` : `${title} is ${agent}'s now.${later}`);
    }),
});

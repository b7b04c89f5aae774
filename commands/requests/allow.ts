import { command } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item.ts';
import { done } from '../../src/words/replies.ts';
import { answerRequest, requestNumber } from '../../src/bot/requests.ts';

export const allow = command({
  words: ['allow'],
  summary: 'Lets an agent do, once, what it asks leave for.',
  details: 'Exactly what the message showed, and once. What an agent may always do stands in its `allowed_tools`.',
  examples: ['allow r7'],
  args: { request: requestNumber() },
  role: 'operator',
  // The request names its project: the right is looked up there.
  about: 'musher',
  run: (context, { request }) =>
    answerRequest(context, request, { end: 'allowed', text: '' }, ({ agent, brief }, item) =>
      done(`${agent} may do that once: ${brief}. ${itemTitle(item, context.project.name)} goes on.`),
    ),
});

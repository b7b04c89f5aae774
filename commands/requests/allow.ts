import { command } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item/item.ts';
import { done } from '../../src/words/replies.ts';
import { answerRequest, requestNumber } from '../../src/bot/requests.ts';

export const allow = command({
  words: ['allow'],
  summary: 'Gives an agent the permission it asks for, once.',
  details:
    'It covers exactly what the request showed, once. `allowed_tools` in the project file lists what an agent may do without asking.',
  examples: ['allow r7'],
  args: { request: requestNumber() },
  role: 'operator',
  // The request belongs to a project, and the sender's role is checked there.
  about: 'musher',
  run: (context, { request }) =>
    answerRequest(context, request, { end: 'allowed', text: '' }, ({ agent, brief }, item) =>
      done(`✓ Allowed once: ${brief}. ${agent} continues with ${itemTitle(item, context.project.name)}.`),
    ),
});

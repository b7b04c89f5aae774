import { text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item.ts';
import { done } from '../../src/words/replies.ts';
import { answerRequest, requestNumber } from '../../src/bot/requests.ts';

export const deny = command({
  words: ['deny'],
  summary: 'Refuses what an agent asks leave for.',
  details: 'The agent is told the reason, where one is given, and goes on without.',
  examples: ['deny r7', 'deny r7 Use the test database.'],
  args: { request: requestNumber(), reason: text('What the agent is told.').optional() },
  role: 'operator',
  about: 'musher',
  run: (context, { request, reason }) =>
    answerRequest(context, request, { end: 'denied', text: reason ?? '' }, ({ agent, brief }, item) =>
      done(`${agent} may not do that: ${brief}. ${itemTitle(item, context.project.name)} goes on without.`),
    ),
});

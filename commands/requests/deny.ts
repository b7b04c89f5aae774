import { text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item/item.ts';
import { done } from '../../src/words/replies.ts';
import { answerRequest, requestNumber } from '../../src/bot/requests.ts';

export const deny = command({
  words: ['deny'],
  summary: 'Denies an agent the permission it asks for.',
  details: 'The agent gets your reason, if you give one, and continues without it.',
  examples: ['deny r7', 'deny r7 Use the test database.'],
  args: { request: requestNumber(), reason: text('The reason that the agent gets.').optional() },
  role: 'operator',
  about: 'musher',
  run: (context, { request, reason }) =>
    answerRequest(context, request, { end: 'denied', text: reason ?? '' }, ({ agent, brief }, item) =>
      done(`✗ Denied: ${brief}. ${agent} continues with ${itemTitle(item, context.project.name)} without it.`),
    ),
});

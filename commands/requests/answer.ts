import { text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item/item.ts';
import { done } from '../../src/words/replies.ts';
import { answerRequest, requestNumber } from '../../src/bot/requests.ts';

export const answer = command({
  words: ['answer'],
  summary: 'Answers an agent’s question.',
  details: 'The agent gets your text as you typed it, line breaks included.',
  examples: ['answer r8 Use SQLite.'],
  args: { request: requestNumber(), text: text('Your answer.') },
  role: 'operator',
  about: 'musher',
  run: (context, { request, text: given }) =>
    answerRequest(context, request, { end: 'answered', text: given }, ({ agent }, item) =>
      done(`✓ Answered. ${agent} continues with ${itemTitle(item, context.project.name)}.`),
    ),
});

import { text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item.ts';
import { done } from '../../src/words/replies.ts';
import { answerRequest, requestNumber } from '../../src/bot/requests.ts';

export const answer = command({
  words: ['answer'],
  summary: "Answers an agent's question.",
  details: 'The agent gets the text as it stands; it may have several lines.',
  examples: ['answer r8 Use SQLite.'],
  args: { request: requestNumber(), text: text('What the agent is told.') },
  role: 'operator',
  about: 'musher',
  run: (context, { request, text: given }) =>
    answerRequest(context, request, { end: 'answered', text: given }, ({ agent }, item) =>
      done(`${agent} has your answer. ${itemTitle(item, context.project.name)} goes on.`),
    ),
});

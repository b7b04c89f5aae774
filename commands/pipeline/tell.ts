import { severalItems, text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { itemName, itemTitle, stageWords } from '../../src/words/item/item.ts';
import { refused } from '../../src/words/replies.ts';
import { toldReply } from '../../src/words/bot/telling.ts';
import { command as typed } from '../../src/message/build.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import { openRun, tellRun } from '../../src/bot/of-item.ts';
import { readerOf } from '../../src/words/reader.ts';

export const tell = command({
  words: ['tell'],
  summary: 'Says something to the agent that works on an item.',
  details:
    'The agent is interrupted and continues with your words; a program of your own reads them at its next step, if it can, or when its run ends. Every later run has them in its prompt, with your name and the time. ' +
    'If no agent is working on it, they wait for the next run. ' +
    'Several numbers are joined by commas or `and`: a number without belongs to your words. ' +
    '`show` says who read them and when; `comment` is for people only.',
  examples: ['tell 42 use the old API', 'tell 42 The tests need the database on port 5433.', 'tell 3, 4 use tabs'],
  args: { item: severalItems({ followed: 'text' }), text: text('What the agent should know or do.') },
  role: 'operator',
  files: 'instead of text',
  run: (context, { item: named, text: said }) =>
    changeEach(context, named, {}, (tx, ref) => {
      const item = tx.find(ref);
      const reader = readerOf(context);
      const title = itemTitle(item, reader.current);
      if (item.stage.name === 'done' || (item.stage.name === 'archived' && !isResumable(item.stage))) {
        const name = itemName(item, reader.current);
        return tx.refuse(
          refused(
            'finished',
            `${title} is ${item.stage.name === 'done' ? 'merged' : stageWords(item.stage)}, so no agent works on it. `,
            typed(`comment ${name} <text>`),
            ' keeps your words for people',
            ...(item.stage.name === 'done' ? ['; ', typed(`move ${name} current`), ' reopens it'] : []),
            '.',
          ),
        );
      }
      const after = tellRun(tx, item, said);
      const run = openRun(tx.reads, after);
      return toldReply({ item: after, by: context.actor, run, interrupted: run?.stopRequested !== null, step: tx.step(after) }, reader);
    }),
});

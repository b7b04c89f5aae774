import { severalItems, text } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { blocked } from '../../src/bot/several/called.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { itemName, itemTitle, stageWords } from '../../src/words/item/item.ts';
import { outlook } from '../../src/words/item/step.ts';
import { openRun, tellAlong } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { command as typed } from '../../src/message/build.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { Reply } from '../../src/words/reply.ts';
import { readerOf } from '../../src/words/reader.ts';

export const retry = command({
  words: ['retry'],
  summary: 'Retries an item and resets its failed attempts.',
  details:
    'For items that are blocked, stopped, failed or rate-limited. The next attempt still gets the last failure, so that it is not repeated. Words after the number reach it as with `tell`; several numbers before them are joined by commas.',
  examples: ['retry 42', 'retry 3 4', 'retry blocked', 'retry 42 The key is in the vault now.'],
  args: {
    item: severalItems({ words: ['blocked'], followed: 'perhaps text' }),
    words: text('What the next run should know; as with `tell`.').optional(),
  },
  role: 'operator',
  files: 'beside text',
  run: (context, { item: named, words }) =>
    changeEach(context, named, { blocked }, (tx, ref) => {
      const item = tx.find(ref);
      const problem = problemWith(context, tx, item);
      if (problem !== null) return tx.refuse(problem);
      const reader = readerOf(context);
      const after = afresh(tx, tellAlong(tx, item, words));
      return done(
        `${itemTitle(item, reader.current)}: retried by ${context.nameOf(context.actor)} in ${after.stage.name}. `,
        ...outlook(after, tx.step(after), reader),
      );
    }),
});

function problemWith(context: CommandContext, tx: CommandTx, item: WorkItem): Reply | null {
  const reader = readerOf(context);
  const title = itemTitle(item, reader.current);
  const name = itemName(item, reader.current);
  const { stage } = item;
  if (stage.name === 'archived' && isResumable(stage)) return null;
  if (stage.name === 'done' || stage.name === 'archived')
    return refused('finished', `${title} is ${stageWords(stage)}, so there is nothing to retry. `, typed(`why ${name}`), ' shows more.');
  if (stage.name === 'backlog') return refused('not-started', `${title} was never started. `, typed(`start ${name}`), ' to begin.');
  const run = openRun(tx.reads, item);
  if (run !== null && item.held === null)
    return refused('running', `${run.agent} is already working on ${title} (run ${run.run}). `, typed(`stop ${name}`), ' stops it.');
  const stuck = item.held !== null || item.attempts > 0 || item.sentBack > 0 || item.execution.state === 'rateLimited';
  if (!stuck) return refused('nothing-to-retry', `Nothing has failed on ${title}. `, ...outlook(item, tx.step(item), reader));
  return null;
}

function afresh(tx: CommandTx, item: WorkItem): WorkItem {
  const why = 'retried by a person';
  const back = item.stage.name === 'archived' ? tx.append(item, 'item.moved', { to: item.stage.from, why, failure: null }) : item;
  const fresh = tx.append(back, 'item.attempts_reset', { why });
  // Holding cancels a rate limit's timer; releasing lets the engine continue at once.
  const held = fresh.execution.state === 'rateLimited' ? tx.append(fresh, 'item.held', { why }) : fresh;
  return held.held === null ? held : tx.append(held, 'item.released', {});
}

import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext, type Reply } from '../../src/bot/command.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { itemName, itemTitle, stageWords } from '../../src/words/item.ts';
import { outlook, readerOf } from '../../src/words/step.ts';
import { openRun } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { code } from '../../src/message/build.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';

export const retry = command({
  words: ['retry'],
  summary: 'Tries an item again, with its failed attempts forgotten.',
  details:
    'For what is blocked, stopped, failed or rate-limited. The last failure still goes into the next attempt, so that it is not repeated.',
  examples: ['retry 42'],
  args: { item: itemRef() },
  role: 'operator',
  run: (context, { item: ref }) =>
    context.change((tx) => {
      const item = tx.find(ref);
      const problem = problemWith(context, tx, item);
      if (problem !== null) return tx.refuse(problem);
      const reader = readerOf(context);
      const after = afresh(tx, item);
      return done(`${itemTitle(item, reader.current)} is tried again in ${after.stage.name}. `, ...outlook(after, tx.step(after), reader));
    }),
});

function problemWith(context: CommandContext, tx: CommandTx, item: WorkItem): Reply | null {
  const reader = readerOf(context);
  const title = itemTitle(item, reader.current);
  const name = itemName(item, reader.current);
  const { stage } = item;
  if (stage.name === 'archived' && isResumable(stage)) return null;
  if (stage.name === 'done' || stage.name === 'archived')
    return refused('finished', `${title} is ${stageWords(stage)}: there is nothing to try again. `, code(`why ${name}`), ' says more.');
  if (stage.name === 'backlog')
    return refused('not-started', `${title} is in the backlog and was never tried. `, code(`start ${name}`), ' starts it.');
  const run = openRun(tx.reads, item);
  if (run !== null && item.held === null)
    return refused('running', `Run ${run.run} of ${run.agent} works on ${title} now. `, code(`stop ${name}`), ' stops it first.');
  const stuck = item.held !== null || item.attempts > 0 || item.sentBack > 0 || item.execution.state === 'rateLimited';
  if (!stuck) return refused('nothing-to-retry', `Nothing has failed in ${title}. `, ...outlook(item, tx.step(item), reader));
  return null;
}

function afresh(tx: CommandTx, item: WorkItem): WorkItem {
  const why = 'a person tries it again';
  const back = item.stage.name === 'archived' ? tx.append(item, 'item.moved', { to: item.stage.from, why, failure: null }) : item;
  const fresh = tx.append(back, 'item.attempts_reset', { why });
  // Holding it lets go of a rate limit's timer; releasing it lets the engine go on at once.
  const held = fresh.execution.state === 'rateLimited' ? tx.append(fresh, 'item.held', { why }) : fresh;
  return held.held === null ? held : tx.append(held, 'item.released', {});
}

import { item } from '../../src/bot/parse/arguments.ts';
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
  args: { item: item() },
  role: 'operator',
  run: (context, { item: ref }) =>
    context.change((tx) => {
      const it = tx.find(ref);
      const problem = problemWith(context, tx, it);
      if (problem !== null) return tx.refuse(problem);
      const reader = readerOf(context);
      const after = afresh(tx, it);
      return done(`${itemTitle(it, reader.current)} is tried again in ${after.stage.name}. `, ...outlook(after, tx.step(after), reader));
    }),
});

function problemWith(context: CommandContext, tx: CommandTx, it: WorkItem): Reply | null {
  const reader = readerOf(context);
  const title = itemTitle(it, reader.current);
  const name = itemName(it, reader.current);
  const { stage } = it;
  if (stage.name === 'archived' && isResumable(stage)) return null;
  if (stage.name === 'done' || stage.name === 'archived')
    return refused('finished', `${title} is ${stageWords(stage)}: there is nothing to try again. `, code(`why ${name}`), ' says more.');
  if (stage.name === 'backlog')
    return refused('not-started', `${title} is in the backlog and was never tried. `, code(`start ${name}`), ' starts it.');
  const run = openRun(tx.reads, it);
  if (run !== null && it.held === null)
    return refused('running', `Run ${run.run} of ${run.agent} works on ${title} now. `, code(`stop ${name}`), ' stops it first.');
  const stuck = it.held !== null || it.attempts > 0 || it.sentBack > 0 || it.execution.state === 'rateLimited';
  if (!stuck) return refused('nothing-to-retry', `Nothing has failed in ${title}. `, ...outlook(it, tx.step(it), reader));
  return null;
}

function afresh(tx: CommandTx, it: WorkItem): WorkItem {
  const why = 'a person tries it again';
  const back = it.stage.name === 'archived' ? tx.append(it, 'item.moved', { to: it.stage.from, why, failure: null }) : it;
  const fresh = tx.append(back, 'item.attempts_reset', { why });
  // Holding it lets go of a rate limit's timer; releasing it lets the engine go on at once.
  const held = fresh.execution.state === 'rateLimited' ? tx.append(fresh, 'item.held', { why }) : fresh;
  return held.held === null ? held : tx.append(held, 'item.released', {});
}

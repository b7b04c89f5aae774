import { logPage, MOST_READ } from '../../src/bot/pages/logs.ts';
import { integer, itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { counted } from '../../src/words/amounts.ts';
import { itemName, itemTitle } from '../../src/words/item/item.ts';
import { runState, runTime } from '../../src/words/item/run.ts';
import { duration } from '../../src/words/time.ts';
import { answer, refused } from '../../src/words/replies.ts';
import { command as typed, doc, paragraph } from '../../src/message/build.ts';
import { readerOf } from '../../src/words/reader.ts';

const DEFAULT = 20;
const MOST = 500;

export const logs = command({
  words: ['logs'],
  summary: 'Shows the last lines of an agent’s output.',
  details: `By default the last ${DEFAULT} lines of the latest run; \`more\` shows those before. \`logs 42 100 2\` shows the last 100 lines of run 2.`,
  examples: ['logs 42', 'logs 42 100', 'logs 42 100 2'],
  args: {
    item: itemRef(),
    lines: integer({ min: 1, max: MOST, description: `How many lines; ${DEFAULT} by default.` }).optional(),
    run: integer({ min: 1, description: 'The number of the run; the latest by default.' }).optional(),
  },
  role: 'viewer',
  waits: true,
  async run(context, { item: ref, lines, run: wanted }) {
    const found = context.find(ref);
    if (!found.ok) return found.error;
    const item = found.value;
    const reader = readerOf(context);
    const title = itemTitle(item, reader.current);
    if (item.runs === 0)
      return refused(
        'no-runs',
        `No agent has worked on ${title} yet. `,
        typed(`why ${itemName(item, reader.current)}`),
        ' shows what it is waiting for.',
      );
    const run = context.reads.run(item.project, item.number, wanted ?? item.runs);
    if (run === null) return refused('no-such-run', `${title} has no run ${wanted ?? item.runs}, only ${counted(item.runs, 'run')}.`);
    const about = `${title}, run ${run.run} by ${run.agent} in ${run.stage}: ${runState(run)}, ${duration(runTime(run, reader.now))}.`;
    const written = await context.runLog(item, run.run, MOST_READ);
    if (written.length === 0) return answer(doc(paragraph(`${about} No output${run.state === 'ended' ? '' : ' yet'}.`)));
    return logPage(context, { item, run: run.run, lines: lines ?? DEFAULT }, written, written.length, about);
  },
});

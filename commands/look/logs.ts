import { integer, itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { counted } from '../../src/words/amounts.ts';
import { itemName, itemTitle } from '../../src/words/item.ts';
import { runState, runTime } from '../../src/words/run.ts';
import { readerOf } from '../../src/words/step.ts';
import { duration } from '../../src/words/time.ts';
import { answer, refused } from '../../src/words/replies.ts';
import { code, codeBlock, doc, paragraph } from '../../src/message/build.ts';

const DEFAULT = 20;
const MOST = 500;

export const logs = command({
  words: ['logs'],
  summary: 'Shows the end of what an agent has written.',
  details: `The last ${DEFAULT} lines of the latest run, or as many lines and the run that you say: \`logs 42 100 2\` is the end of run 2.`,
  examples: ['logs 42', 'logs 42 100', 'logs 42 100 2'],
  args: {
    item: itemRef(),
    lines: integer({ min: 1, max: MOST, description: `How many lines; ${DEFAULT} where it is left out.` }).optional(),
    run: integer({ min: 1, description: 'The number of the run; the latest where it is left out.' }).optional(),
  },
  role: 'viewer',
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
        code(`why ${itemName(item, reader.current)}`),
        ' says what it waits for.',
      );
    const run = context.reads.run(item.project, item.number, wanted ?? item.runs);
    if (run === null) return refused('no-such-run', `${title} has ${counted(item.runs, 'run')}; there is no run ${wanted ?? item.runs}.`);
    const written = await context.runLog(item, run.run, lines ?? DEFAULT);
    const about = `${title}, run ${run.run} of ${run.agent} in ${run.stage}: ${runState(run)}, ${duration(runTime(run, reader.now))}.`;
    if (written.length === 0) return answer(doc(paragraph(`${about} It has written nothing${run.state === 'ended' ? '' : ' yet'}.`)));
    return answer(doc(paragraph(about), codeBlock(written.join('\n'))));
  },
});

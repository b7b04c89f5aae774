import { command } from '../../src/bot/command.ts';
import { readerOf } from '../../src/words/step.ts';
import { done, answer } from '../../src/words/replies.ts';
import { timerLine } from '../../src/bot/timers.ts';
import { code, doc, heading, list } from '../../src/message/build.ts';

export const timerList = command({
  words: ['timer', 'list'],
  aliases: [['timers']],
  summary: 'Lists the timers of the project.',
  examples: ['timer list'],
  args: {},
  role: 'viewer',
  run(context) {
    const reader = readerOf(context);
    const open = context.reads.timers.ofProject(context.project.name);
    if (open.length === 0) return done('No timers are set. ', code('timer 42 14:30 start'), ' sets one.');
    return answer(doc(heading('Timers'), list(open.map((timer) => [timerLine(timer, reader)]))));
  },
});

import { command } from '../../src/bot/command.ts';
import { done, answer } from '../../src/words/replies.ts';
import { pauseEnds, timerLine } from '../../src/words/bot/timers.ts';
import { command as typed, doc, heading, list } from '../../src/message/build.ts';
import { readerOf } from '../../src/words/reader.ts';

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
    const pause = context.reads.pauses.get(context.project.name);
    const ends = pause === null || pause.until === null ? null : pauseEnds(pause.until, reader);
    if (open.length === 0 && ends !== null) return answer(doc(ends));
    if (open.length === 0) return done('No timers are set. ', typed('timer 42 14:30 start'), ' would start item 42 at 14:30.');
    return answer(doc(heading('Timers'), list(open.map((timer) => timerLine(timer, reader))), ends ?? false));
  },
});

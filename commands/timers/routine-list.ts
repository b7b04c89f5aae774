import { command } from '../../src/bot/command.ts';
import { answer } from '../../src/words/replies.ts';
import { readerOf } from '../../src/words/reader.ts';
import { routineList as listed } from '../../src/words/steer/routines.ts';

export const routineList = command({
  words: ['routine', 'list'],
  aliases: [['routines']],
  summary: 'Lists the routines of the project.',
  examples: ['routine list'],
  args: {},
  role: 'viewer',
  run: (context) => answer(listed(context.reads.routines.ofProject(context.project.name), context.project.name, readerOf(context))),
});

import { integer } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { done } from '../../src/words/replies.ts';
import { noSuchRoutine, routineEnded } from '../../src/words/steer/routines.ts';

export const routineCancel = command({
  words: ['routine', 'cancel'],
  summary: 'Ends a routine.',
  examples: ['routine cancel 3'],
  args: { routine: integer({ min: 1, description: 'The number of the routine.' }) },
  role: 'operator',
  run: (context, { routine: number }) =>
    context.change((tx) => {
      const { name } = context.project;
      const open = tx.reads.routines.get(name, number);
      if (open === null) return tx.refuse(noSuchRoutine(number, name));
      tx.cancelRoutine(name, number);
      return done(...routineEnded(open));
    }),
});

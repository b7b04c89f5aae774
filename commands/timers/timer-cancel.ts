import { integer } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { done, refused } from '../../src/words/replies.ts';
import { timerLine } from '../../src/words/bot/timers.ts';
import { command as typed, phrase } from '../../src/message/build.ts';
import { readerOf } from '../../src/words/reader.ts';

export const timerCancel = command({
  words: ['timer', 'cancel'],
  summary: 'Cancels a timer.',
  examples: ['timer cancel 3'],
  args: { timer: integer({ min: 1, description: 'The number of the timer, not of the item.' }) },
  role: 'operator',
  run: (context, { timer: number }) =>
    context.change((tx) => {
      const { name } = context.project;
      const open = tx.reads.timers.get(name, number);
      if (open === null)
        return tx.refuse(refused('no-such-timer', `${name} has no timer ${number}. `, typed('timer list'), ' shows them.'));
      const it = tx.find({ project: name, number: open.item });
      tx.append(it, 'timer.cancelled', { timer: number, why: '' });
      return done(...phrase`Cancelled timer ${timerLine(open, readerOf(context))}.`);
    }),
});

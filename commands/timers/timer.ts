import { itemRef, text } from '../../src/bot/parse/arguments.ts';
import { command, type Reply } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item.ts';
import { readerOf } from '../../src/words/step.ts';
import { duration, moment } from '../../src/words/time.ts';
import type { Moment } from '../../src/bot/parse/local-time.ts';
import { done, refused } from '../../src/words/replies.ts';
import { resolveWhen, when } from '../../src/bot/parse/when.ts';
import { code } from '../../src/message/build.ts';

/** Enough for any plan, and few enough to be read as a list. */
const MOST_OF_ITEM = 10;
const MOST_OF_PROJECT = 100;

export const timer = command({
  words: ['timer'],
  summary: 'Runs a command on an item at a later time.',
  details:
    'The command is written without its item: `timer 42 14:30 start`. It runs once, in your name and with the rights that you have then; what asks before it does anything can not be run so. A time that Musher sleeps through is made up for within an hour, and otherwise told as missed. Stopping, moving or deleting the item cancels its timers.',
  examples: ['timer 42 14:30 start', 'timer 42 in 2h move qa', 'timer 42 tomorrow 09:00 retry'],
  args: {
    item: itemRef(),
    when: when(),
    command: { ...text('A command without its item: `start`, `move qa`.'), expects: 'a command for then, like start' },
  },
  role: 'operator',
  run(context, { item: ref, when: said, command: words }): Reply {
    const reader = readerOf(context);
    const found = resolveWhen(said, reader.now, reader.timezone);
    if (!found.ok) return refused('bad-time', `${found.error} Nothing was set.`);
    const planned = context.planned(ref, words);
    if (!planned.ok) return planned.error;
    return context.change((tx) => {
      const item = tx.find(ref);
      const { timers } = tx.reads;
      if (timers.ofItem(item.project, item.number).length >= MOST_OF_ITEM)
        return tx.refuse(
          refused(
            'too-many',
            `${itemTitle(item, reader.current)} has ${MOST_OF_ITEM} timers already. `,
            code('timer list'),
            ' shows them.',
          ),
        );
      if (timers.ofProject(item.project).length >= MOST_OF_PROJECT)
        return tx.refuse(
          refused('too-many', `${item.project} has ${MOST_OF_PROJECT} timers already. `, code('timer list'), ' shows them.'),
        );
      const number = tx.reads.lastTimer(item.project) + 1;
      const { at: due } = found.value;
      tx.append(item, 'timer.set', { timer: number, due, command: planned.value, from: context.from });
      return done(
        `Timer ${number} runs `,
        code(planned.value),
        ` at ${moment(due, reader.now, reader.timezone)}, in ${duration(due - reader.now)}. ${noteOn(found.value)}`,
        code(`timer cancel ${number}`),
        ' takes it back.',
      );
    });
  },
});

function noteOn({ note }: Moment): string {
  if (note === 'skipped') return 'The clock is put forward over the time that you named, so it is the one after the gap. ';
  return note === 'twice' ? 'The clock is put back then and the time comes twice: it is the first. ' : '';
}

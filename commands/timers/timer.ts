import { BOUNDS } from '../../src/bounds.ts';
import { itemRef, text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item/item.ts';
import { duration, moment } from '../../src/words/time.ts';
import type { Moment } from '../../src/bot/parse/local-time.ts';
import { done, refused } from '../../src/words/replies.ts';
import { resolveWhen, when } from '../../src/bot/parse/when.ts';
import { command as typed, phrase } from '../../src/message/build.ts';
import type { Reply } from '../../src/words/reply.ts';
import { readerOf } from '../../src/words/reader.ts';

/** Enough for any plan, and short enough for a list. */
const MOST_OF_ITEM = BOUNDS.timersOfItem;
const MOST_OF_PROJECT = BOUNDS.timersOfProject;

export const timer = command({
  words: ['timer'],
  summary: 'Runs a command on an item later.',
  details:
    'Leave out the item in the command: `timer 42 14:30 start`. It runs once, as you, with the role you have then. Commands that ask for confirmation cannot be timed. If Musher was off at that time, the command runs up to an hour late; after that it is reported as missed. Stopping, moving or deleting the item cancels its timers.',
  examples: ['timer 42 14:30 start', 'timer 42 in 2h move qa', 'timer 42 tomorrow 09:00 retry'],
  args: {
    item: itemRef(),
    when: when(),
    command: { ...text('A command without its item: `start`, `move qa`.'), expects: 'a command to run then, like start' },
  },
  role: 'operator',
  run(context, { item: ref, when: said, command: words }): Reply {
    const reader = readerOf(context);
    const found = resolveWhen(said, reader.now, reader.timezone);
    if (!found.ok) return refused('bad-time', found.error);
    const planned = context.planned(ref, words);
    if (!planned.ok) return planned.error;
    return context.change((tx) => {
      const item = tx.find(ref);
      const { timers } = tx.reads;
      if (timers.ofItem(item.project, item.number).length >= MOST_OF_ITEM)
        return tx.refuse(
          refused(
            'too-many',
            `${itemTitle(item, reader.current)} already has ${MOST_OF_ITEM} timers, the limit. `,
            typed('timer list'),
            ' shows them.',
          ),
        );
      if (timers.ofProject(item.project).length >= MOST_OF_PROJECT)
        return tx.refuse(
          refused('too-many', `${item.project} already has ${MOST_OF_PROJECT} timers, the limit. `, typed('timer list'), ' shows them.'),
        );
      const number = tx.reads.lastTimer(item.project) + 1;
      const { at: due } = found.value;
      tx.append(item, 'timer.set', { timer: number, due, command: planned.value, from: context.from });
      return done(
        `Timer ${number} will run `,
        typed(planned.value),
        ...phrase` at ${moment(due, reader.now, reader.timezone)}, in ${duration(due - reader.now)}. ${noteOn(found.value)}`,
        typed(`timer cancel ${number}`),
        ' cancels it.',
      );
    });
  },
});

function noteOn({ note }: Moment): string {
  if (note === 'skipped') return 'Clocks go forward and skip the time you named, so the timer runs right after the gap. ';
  return note === 'twice' ? 'Clocks go back and that time comes twice; the timer runs the first time. ' : '';
}

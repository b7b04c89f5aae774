import { BOUNDS } from '../../src/bounds.ts';
import { text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { condition, nextDue, schedule } from '../../src/bot/routines/schedule.ts';
import { done } from '../../src/words/replies.ts';
import { readerOf } from '../../src/words/reader.ts';
import { routineSet, tooManyRoutines } from '../../src/words/steer/routines.ts';

/** Enough for a team, and short enough for a list. */
const MOST_OF_PROJECT = BOUNDS.routinesOfProject;

export const every = command({
  words: ['every'],
  summary: 'Runs a command again and again.',
  details:
    'It runs in this project, as you, with the role you have then. `if` or `unless` skips it: `running`, `blocked`, `waiting`, `paused`, `backlog empty`. ' +
    'It never runs twice at once, and stops after three failures in a row. `night` is 03:00, `morning` 08:00, `evening` 18:00. ' +
    'Times that pass while Musher is off are reported once and not run. Commands that ask for confirmation cannot be routines.',
  examples: [
    'every weekday 9:00 digest',
    'every night create bug Look at flaky tests',
    'every morning if blocked digest',
    'every mon,thu 14:30 unless paused digest',
  ],
  args: {
    schedule: schedule(),
    condition: condition().optional(),
    command: { ...text('The command, as it is typed.'), expects: 'a command to run then, like digest' },
  },
  role: 'operator',
  run(context, { schedule: often, condition: only, command: words }) {
    const planned = context.plannedRoutine(words, only);
    if (!planned.ok) return planned.error;
    return context.change((tx) => {
      const { name } = context.project;
      if (tx.reads.routines.ofProject(name).length >= MOST_OF_PROJECT) return tx.refuse(tooManyRoutines(name, MOST_OF_PROJECT));
      const routine = {
        routine: tx.reads.lastRoutine(name) + 1,
        schedule: often.words,
        cron: often.cron,
        ...planned.value,
        due: nextDue(often.cron, tx.now, context.timezone),
      };
      tx.setRoutine(name, { ...routine, from: context.from });
      return done(...routineSet(routine, readerOf(context)));
    });
  },
});

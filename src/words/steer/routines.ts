import { code, command, doc, join, line, list, paragraph, phrase } from '../../message/build.ts';
import type { Document, Inline } from '../../message/document.ts';
import { MOST_FAILURES, type Condition, type Routine } from '../../pipeline/later/routine.ts';
import { counted } from '../amounts.ts';
import type { Reader } from '../reader.ts';
import { refused } from '../replies.ts';
import type { Reply } from '../reply.ts';
import { dayAndTime, moment } from '../time.ts';

const SO: Readonly<Record<Condition['what'], string>> = {
  running: 'an agent is running',
  blocked: 'an item is blocked',
  waiting: 'something waits for people',
  paused: 'the project is paused',
  'backlog empty': 'the backlog is empty',
};

/** When a routine runs besides its time: `only if an item is blocked`; empty where it always does. */
export function conditionWords(condition: Condition | null): string {
  if (condition === null) return '';
  return condition.when === 'if' ? `only if ${SO[condition.what]}` : `unless ${SO[condition.what]}`;
}

/** The reply to a new routine. */
export function routineSet(routine: Pick<Routine, 'routine' | 'schedule' | 'condition' | 'command' | 'due'>, reader: Reader): Inline[] {
  const only = conditionWords(routine.condition);
  return phrase`Routine ${routine.routine} runs ${command(routine.command)} every ${code(routine.schedule)}${only === '' ? '' : `, ${only}`}. First: ${moment(routine.due, reader.now, reader.timezone)}. ${command(`routine cancel ${routine.routine}`)} ends it.`;
}

/** A routine in a list: `3: digest every weekday 09:00. Next: 2026-12-02 09:00.` */
export function routineLine(routine: Routine, reader: Reader): Inline[] {
  return phrase`${named(routine)} Next: ${moment(routine.due, reader.now, reader.timezone)}${lastWords(routine, reader)}`;
}

/** The reply to the end of one. */
export function routineEnded(routine: Routine): Inline[] {
  return phrase`Ended routine ${named(routine)}`;
}

function named(routine: Routine): Inline[] {
  const only = conditionWords(routine.condition);
  return phrase`${routine.routine}: ${command(routine.command)} every ${code(routine.schedule)}${only === '' ? '' : `, ${only}`}.`;
}

function lastWords({ last, failures, condition }: Routine, { now, timezone }: Reader): Inline[] {
  const failed = failures === 0 ? '' : `, failed ${failures === 1 ? 'once' : `${failures} times`}`;
  if (last === null) return phrase`.`;
  const at = moment(last.due, now, timezone);
  switch (last.became) {
    case 'run':
      return phrase`. Last: ${at}${failed}.`;
    case 'skipped':
      return phrase`. Skipped ${at}${condition === null ? '' : ` (${conditionWords(condition)})`}${failed}.`;
    case 'overlap':
      return phrase`. Skipped ${at}: its last run was not answered yet${failed}.`;
    case 'missed':
      return phrase`. Missed ${at}${failed}.`;
  }
}

/** All routines of a project. */
export function routineList(routines: readonly Routine[], project: string, reader: Reader): Document {
  if (routines.length === 0) return line(`No routines in ${project}. `, command('every weekday 9:00 digest'), ' would set one.');
  return doc(paragraph(`Routines in ${project}:`), list(routines.map((one) => routineLine(one, reader))));
}

/** There is no routine of that number. */
export function noSuchRoutine(number: number, project: string): Reply {
  return refused('no-such-routine', `${project} has no routine ${number}. `, command('routines'), ' lists them.');
}

/** A project can't have more. */
export function tooManyRoutines(project: string, most: number): Reply {
  return refused('too-many', `${project} already has ${most} routines, the limit. `, command('routines'), ' lists them.');
}

/** A command that needs somebody who reads it. */
export function notForRoutines(name: string): Reply {
  return refused('not-in-routine', code(name), ' can’t run as a routine. Type it yourself when you need it.');
}

/** A command that asks first. */
export function asksEachTime(name: string): Reply {
  return refused('not-in-routine', code(name), ' asks for confirmation, so it can’t run as a routine. Type it yourself when it is time.');
}

/** In front of the reply to a routine's command, since nobody has just typed it. */
export function withRoutine(routine: number, text: string, body: Document): Document {
  return join(line(`Routine ${routine}`, ...(text === '' ? [] : [' ran ', command(text)]), ':'), body);
}

/** Behind the reply with which a routine failed too often. */
export function routineStopped({ routine, schedule, condition, command: text }: Routine): Document {
  const typed = `every ${schedule} ${condition === null ? '' : `${condition.when} ${condition.what} `}${text}`;
  return line(`✗ Routine ${routine} failed ${MOST_FAILURES} times in a row and is stopped. To set it again: `, command(typed));
}

/** The notice about times that passed while Musher wasn't running. */
export function missedRoutine(routine: Routine, times: number, last: number, next: number, timezone: string): Document {
  return line(
    ...phrase`Routine ${routine.routine} (every ${code(routine.schedule)}) was due ${times === 1 ? '' : `${counted(times, 'time')}, last `}${dayAndTime(last, timezone)} while Musher was not running, so it was skipped. Next: ${dayAndTime(next, timezone)}. `,
    command(routine.command),
    ' runs it now.',
  );
}

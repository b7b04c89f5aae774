import { command, doc, join, line, paragraph, code } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import type { Millis } from '../../pipeline/values.ts';
import { refused } from '../replies.ts';
import type { Reply } from '../reply.ts';
import { duration } from '../time.ts';

/** People that a question names; the others are counted. */
const MOST_NAMED = 4;

/** How people type the number of a question to a second person: `q7`. */
export function questionName(id: number): string {
  return `q${id}`;
}

/** What a command without a question of its own asks. */
export function runQuestion(text: string): Document {
  return line('Run ', command(text), '?');
}

/** A question to a second person, for the room where the command was typed. `others`: who can confirm it. */
export function secondQuestion(question: Document, id: number, others: readonly string[], waits: Millis): Document {
  return join(
    question,
    doc(paragraph(`This needs a second person: ${eitherOf(others)}, on any network. Expires in ${duration(waits)}.`)),
    buttons(id),
  );
}

/** The same for other rooms, where nobody has seen who typed what. */
export function secondQuestionElsewhere(question: Document, id: number, asker: string, text: string, waits: Millis): Document {
  const intro = line(`! ${asker} wants to run `, command(text), ` and needs a second person. Expires in ${duration(waits)}.`);
  return join(intro, question, buttons(id));
}

function buttons(id: number): Document {
  const name = questionName(id);
  return doc({
    kind: 'actions',
    actions: [
      { label: 'Confirm', command: `yes ${name}`, typed: `yes ${name}`, style: 'danger' },
      { label: 'Cancel', command: `no ${name}`, typed: `no ${name}`, style: 'plain' },
    ],
  });
}

function eitherOf(names: readonly string[]): string {
  const shown = names.slice(0, names.length > MOST_NAMED ? MOST_NAMED - 1 : MOST_NAMED);
  const all = names.length > shown.length ? [...shown, `${names.length - shown.length} others`] : shown;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}`;
}

/** The reply to what two people did, naming both. */
export function byBoth(body: Document, asker: string, second: string): Document {
  return join(body, line(`Asked by ${asker}, confirmed by ${second}.`));
}

/** For the room of the asker, where the second person answered in another one. */
export function confirmedElsewhere(body: Document, text: string, second: string): Document {
  return join(line(`${second} confirmed `, command(text), ':'), body);
}

/** The same where the answer was no. */
export function declinedElsewhere(text: string, second: string): Document {
  return line(`✗ ${second} declined `, command(text), '. Nothing was done.');
}

/** A command for two people, from somebody who is no [[person]]. */
export function askerUnknown(words: string): Reply {
  return refused(
    'two-person',
    code(words),
    ' needs two people, and Musher has to know who you are. Type it in a room, as somebody with a [[person]] section in bot.toml.',
  );
}

/** Nobody could be the second person. */
export function nobodyElse(words: string, project: string): Reply {
  return refused(
    'two-person',
    code(words),
    ` needs a second person, and nobody else with a [[person]] section in bot.toml may use it in ${project}. Nothing was done. `,
    command('whoami'),
    ' shows how an admin can change that.',
  );
}

/** `accept done` may mean other items by the time it is confirmed. */
export function numbersNeeded(words: string): Reply {
  return refused('two-person', code(words), ' needs a second person, so name the items by number: both of you confirm the same ones.');
}

/** The asker's own yes. */
export function yourOwn(id: number): Reply {
  return refused(
    'two-person',
    'You asked for this, so somebody else has to confirm it. ',
    command(`no ${questionName(id)}`),
    ' withdraws it.',
  );
}

/** A yes or no from somebody who is no [[person]]. */
export function secondUnknown(): Reply {
  return refused(
    'two-person',
    'Only somebody with a [[person]] section in bot.toml can confirm this, so that Musher knows you are not the asker.',
  );
}

/** A bare yes or no in a room where a question to a second person is open. */
export function whichQuestion(id: number, asker: string, text: string): Reply {
  return refused(
    'nothing-to-confirm',
    'There is no question for you alone to answer here. ',
    command(`yes ${questionName(id)}`),
    ` confirms what ${asker} asked for: `,
    command(text),
    '.',
  );
}

/** How a question to a second person ended, where a new one took its place or a role is gone. */
export const SECOND_CLOSED = '✗ Closed without an answer';

/** What replaces the buttons where the asker took the command back. */
export const WITHDRAWN = '✗ Withdrawn';

/** An entry of `two_person` that names no command. `near`: what was perhaps meant. */
export function unknownCommand(name: string, near: string | null): string {
  return `there is no command "${name}"${near === null ? '' : `; did you mean "${near}"?`}`;
}

/** An entry of `two_person` with a flag that its command does not have. */
export function unknownFlag(name: string, flag: string, known: readonly string[]): string {
  const has = known.length === 0 ? 'it has none' : `it has ${known.map((one) => `--${one}`).join(', ')}`;
  return `the command "${name}" has no flag --${flag}; ${has}`;
}

/** An entry of `two_person` whose command only shows something. */
export function changesNothing(name: string): string {
  return `the command "${name}" changes nothing, so there is nothing to confirm`;
}

/** What `doctor` says of a command that nobody could confirm. */
export const nobodyToConfirm = {
  what: (entry: string, project: string, able: number): string =>
    `two_person: ${able === 0 ? 'nobody' : 'only one person'} with a [[person]] section may use "${entry}" in ${project}, so it is always refused`,
  fix: 'Give a second [[person]] the role under [roles], a [[project]] or a [[room]], or take the command out of two_person.',
} as const;

/** The words of how a question to a second person was answered: `✓ Confirmed`. */
export function secondAnswered(answer: 'yes' | 'no' | 'withdrawn'): string {
  return answer === 'yes' ? '✓ Confirmed' : answer === 'no' ? '✗ Declined' : WITHDRAWN;
}

import { command, doc, join, paragraph, phrase } from '../../message/build.ts';
import type { Document, Inline } from '../../message/document.ts';
import type { Millis } from '../../pipeline/values.ts';
import { done, refused } from '../replies.ts';
import { clockTime } from '../time.ts';
import type { Reader } from '../reader.ts';
import type { Reply } from '../reply.ts';

/** A question with its yes and no, which name it by its number. */
export function askedQuestion(question: Document, id: number, minutes: number): Document {
  const answers = doc(paragraph(`Expires in ${minutes} minutes.`), {
    kind: 'actions',
    actions: [
      { label: 'Yes', command: `yes ${id}`, typed: 'yes', style: 'danger' },
      { label: 'No', command: `no ${id}`, typed: 'no', style: 'plain' },
    ],
  });
  return join(question, answers);
}

/** How a question ended, in the place of its buttons: `✓ Confirmed by Anna, 14:02`. */
export function answeredBy(
  answer: 'yes' | 'no',
  actor: string,
  at: Millis,
  { timezone, nameOf }: Pick<Reader, 'timezone' | 'nameOf'>,
): Inline[] {
  return phrase`${answer === 'yes' ? '✓ Confirmed' : '✗ Cancelled'} by ${nameOf(actor)}, ${clockTime(at, timezone)}`;
}

/** What replaces the buttons of a question that nobody answered in time. */
export const QUESTION_EXPIRED = '✗ Expired, nothing was done';

/** A yes or no where no question is open. */
export function nothingToConfirm(): Reply {
  return refused('nothing-to-confirm', 'There is no question for you to answer here. ', command('help'), ' lists what you can type.');
}

/** An answer that came too late. */
export function answeredLate(text: string, minutes: number): Reply {
  return refused(
    'confirmation-expired',
    `That question expired after ${minutes} minutes, and nothing was done. Type `,
    command(text),
    ' again.',
  );
}

/** The answer was no. */
export function answeredNo(): Reply {
  return done('Cancelled, nothing was done.');
}

/** The item changed between the question and the yes. */
export function questionStale(number: number, text: string): Reply {
  return refused(
    'confirmation-stale',
    `Item ${number} changed after the question was asked, so nothing was done. Check it, then type `,
    command(text),
    ' again.',
  );
}

/** Somebody pressed the button of a question that was put to another person. */
export function notYourQuestion(): Reply {
  return refused('not-yours', 'Only the person who was asked can answer that, in the room where it was asked.');
}

/** A button of a question that is over. */
export function questionClosed(): Reply {
  return refused('nothing-to-confirm', 'That question was answered already, or a newer one replaced it. Nothing was done.');
}

/** The project of a confirmed command has left the configuration since. */
export function projectGone(project: string): Reply {
  return refused('project-gone', `Project ${project} is no longer in bot.toml, so nothing was done. Add it again and retry there.`);
}

import { action, actions, doc, join, line, paragraph, phrase, strong, type Content } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import type { TwoPersonQuestion } from '../../log/tables/two-person.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Millis } from '../../pipeline/values.ts';
import { rejectButton } from '../item/card.ts';
import { labelOf } from '../item/item.ts';
import { reviewWords } from '../item/reasons.ts';
import { requestDocument } from '../item/request.ts';
import { secondQuestionElsewhere } from './two-person.ts';
import { dayAndTime, duration } from '../time.ts';

/** An agent's request that nobody has answered, for more people. It says itself what happens without an answer. */
export function climbedRequest(request: AgentRequest, item: WorkItem, label: string, waited: Millis, timezone: string): Document {
  const about: Content[] = ['! ', ...named(item, label), ` · no answer for ${duration(waited)}`];
  return requestDocument(request, about, [dayAndTime(request.expiresAt, timezone)]);
}

/** An item that nobody has reviewed, for more people. */
export function climbedReview(item: WorkItem, label: string, waited: Millis): Document {
  const { work, project, number } = item;
  const isHeld = item.stage.name === 'archived';
  const [verb, button] = isHeld ? (['accept', 'Accept'] as const) : (['approve', 'Approve'] as const);
  const text = doc(
    paragraph(
      '! ',
      ...named(item, label),
      `: ${isHeld ? 'held' : 'waiting'} for review · no answer for ${duration(waited)}. `,
      ...reviewWords(label, verb),
      isHeld ? ' Without an answer it is not merged.' : ' Without an answer it stays in qa and is not merged.',
    ),
  );
  if (work === null) return text;
  const pass = action(button, `${verb} ${project}#${number} ${work.head.slice(0, 10)}`, 'primary');
  return join(text, doc(actions({ ...pass, typed: `${verb} ${label}` }, rejectButton(item, label))));
}

/** A command that no second person has confirmed, for more people. */
export function climbedSecond(
  { id, person, text }: Pick<TwoPersonQuestion, 'id' | 'person' | 'text'>,
  waited: Millis,
  left: Millis,
): Document {
  return join(
    line('! ', ...phrase`Nobody has confirmed this for ${duration(waited)}. Without an answer nothing is done.`),
    secondQuestionElsewhere(doc(), id, person, text, left),
  );
}

/** That a person could not be asked alone, and who is asked next. `next`: the step as in the configuration; null: there is none. */
export function unreachedPerson(
  person: string,
  about: { readonly item: WorkItem; readonly label: string } | null,
  next: string | null,
): Document {
  const what: Content[] = about === null ? [] : [...named(about.item, about.label), ': '];
  const goesOn = next === null ? 'Nobody else is asked.' : `${nextWords(next)} is next.`;
  return line('! ', ...what, `${person} could not be reached by direct message. ${goesOn}`);
}

function nextWords(to: string): string {
  if (to.startsWith('@')) return `A direct message to ${to.slice(1)}`;
  return to === 'here' ? 'This room' : to === 'thread' ? 'The item’s thread' : `Room ${to}`;
}

function named({ title }: WorkItem, label: string): Content[] {
  return [strong(labelOf(label)), ...(title === '' ? [] : [` ${title}`])];
}

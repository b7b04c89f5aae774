import { action, actions, doc, join, paragraph, strong, type Content } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Millis } from '../../pipeline/values.ts';
import { rejectButton } from '../item/card.ts';
import { labelOf } from '../item/item.ts';
import { reviewWords } from '../item/reasons.ts';
import { requestDocument } from '../item/request.ts';
import { dayAndTime, duration } from '../time.ts';

/** An agent's request that nobody has answered, for more people. It says itself what happens without an answer. */
export function climbedRequest(request: AgentRequest, item: WorkItem, label: string, waited: Millis, timezone: string): Document {
  const about: Content[] = ['! ', ...named(item, label), ` · no answer for ${duration(waited)}`];
  return requestDocument(request, about, [dayAndTime(request.expiresAt, timezone)]);
}

/** An item that nobody has reviewed, for more people. */
export function climbedReview(item: WorkItem, label: string, waited: Millis): Document {
  const { work, project, number } = item;
  const text = doc(
    paragraph(
      '! ',
      ...named(item, label),
      `: waiting for review · no answer for ${duration(waited)}. `,
      ...reviewWords(label, 'approve'),
      ' Without an answer it stays in qa and is not merged.',
    ),
  );
  if (work === null) return text;
  const approve = action('Approve', `approve ${project}#${number} ${work.head.slice(0, 10)}`, 'primary');
  return join(text, doc(actions({ ...approve, typed: `approve ${label}` }, rejectButton(item, label))));
}

function named({ title }: WorkItem, label: string): Content[] {
  return [strong(labelOf(label)), ...(title === '' ? [] : [` ${title}`])];
}

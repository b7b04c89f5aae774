import type { LoggedEvent, NewEvent } from '../pipeline/events.ts';
import { KINDS } from '../pipeline/kinds.ts';
import { withoutTexts, type PurgePlan } from '../pipeline/purge-plan.ts';
import type { Document } from '../message/document.ts';
import type { EventStore } from './events.ts';
import type { ButtonMessages } from './tables/button-messages.ts';
import type { Outbox } from './tables/outbox.ts';
import type { Talk } from './search/talk.ts';
import type { WindowMessages } from './tables/window-messages.ts';

/** What takes the place of a message about a purged item. */
export const PURGED_NOTICE: Document = { blocks: [{ kind: 'paragraph', content: [{ kind: 'text', text: '(removed by a purge)' }] }] };

/**
 * Takes an item's words out of its old events and out of what is queued. What is left replays to the same tombstone,
 * and the accounts (tokens, money, times, exit codes) still add up. Runs inside the caller's transaction.
 */
export function purgeItem(events: EventStore, { outbox, buttons, talk, windowMessages }: Kept, project: string, item: number): void {
  const titles = titlesOf(events.ofItem(project, item));
  events.redactItem(project, item, redacted);
  outbox.forgetItem(project, item, PURGED_NOTICE);
  outbox.forgetTitles(titles, PURGED_NOTICE);
  buttons.forgetItem(project, item, PURGED_NOTICE);
  buttons.forgetTitles(titles, PURGED_NOTICE);
  talk.forgetItem(project, item, titles);
  windowMessages.forgetItem(project, item);
  windowMessages.forgetTitles(titles);
}

/** The tables in which there are words besides the events. */
interface Kept {
  readonly outbox: Outbox;
  readonly buttons: ButtonMessages;
  readonly talk: Talk;
  readonly windowMessages: WindowMessages;
}

/** All titles that an item ever had: a list that was not sent yet, or the answer about another item, may name it by one. */
function titlesOf(events: readonly LoggedEvent[]): string[] {
  const titles = events.flatMap((event) => {
    if (event.kind === 'item.created') return [event.payload.title];
    return event.kind === 'item.edited' && event.payload.field === 'title' ? [event.payload.value, event.payload.prior] : [];
  });
  return [...new Set(titles)].filter((title) => title !== '');
}

/** The event without what people, agents and gates wrote; all else of it stays. */
export function withoutWords(event: NewEvent): NewEvent {
  return { ...event, payload: redacted(event) } as NewEvent;
}

/** An event's payload without what people, agents and gates wrote. */
function redacted(event: NewEvent | LoggedEvent): unknown {
  if (event.item === null) return event.payload;
  // The row of its kind was made for its payload, which the compiler does not follow through the union.
  return withoutTexts(KINDS[event.kind].purge as PurgePlan<unknown>, event.payload);
}

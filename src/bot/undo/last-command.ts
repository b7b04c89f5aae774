import type { Reads } from '../../log/reads/reads.ts';
import type { ItemEvent, LoggedEvent } from '../../pipeline/events.ts';
import type { Millis } from '../../pipeline/values.ts';
import { isPerson } from '../../pipeline/actor.ts';

/** What one command of a person changed, in order. */
export interface Change {
  /** `inbox:<id>`: names the message. */
  readonly cause: string;
  readonly actor: string;
  /** The command's words; null if it has not been answered yet. */
  readonly words: string | null;
  readonly at: Millis;
  readonly events: readonly [ItemEvent, ...ItemEvent[]];
}

/** Events are searched in pages, newest first, and at most this many pages back. */
const PAGE = 1_000;
const PAGES = 20;
/** Newest events of an item to search. */
const OF_ITEM = 10_000;

/** The last command of a person in a project that changed an item and was not undone; null if there is none. */
export function lastOfPerson(reads: Reads, project: string, actor: string): Change | null {
  const seen: LoggedEvent[] = [];
  const last = reads.lastSeq();
  for (let page = 1; page <= PAGES && (page - 1) * PAGE < last; page += 1) {
    const from = Math.max(0, last - page * PAGE);
    seen.unshift(...reads.events(from, Math.min(PAGE, last - (page - 1) * PAGE - from)));
    const found = newest(seen, (event) => event.project === project && event.actor === actor);
    // Its first event may be on the page before.
    if (found !== null && (from === 0 || found.events[0].seq > from + PAGE / 10)) return withWords(reads, found);
    if (found !== null && page === PAGES) return withWords(reads, found);
  }
  const found = newest(seen, (event) => event.project === project && event.actor === actor);
  return found === null ? null : withWords(reads, found);
}

/** The last command of any person that changed this item and was not undone, with its changes of this item only. */
export function lastOfItem(reads: Reads, project: string, number: number): Change | null {
  const found = newest(reads.history(project, number, OF_ITEM).toReversed(), ({ actor }) => isPerson(actor));
  return found === null ? null : withWords(reads, found);
}

function newest(events: readonly LoggedEvent[], wanted: (event: ItemEvent) => boolean): Omit<Change, 'words'> | null {
  const undone = new Set(events.flatMap((event) => (event.kind === 'item.undone' ? [event.payload.cause, event.cause] : [])));
  const last = events.findLast(
    (event): event is ItemEvent =>
      event.item !== null && event.cause !== null && event.cause.startsWith('inbox:') && !undone.has(event.cause) && wanted(event),
  );
  if (last === undefined || last.cause === null) return null;
  const group = events.filter(
    (event): event is ItemEvent => event.item !== null && event.cause === last.cause && event.actor === last.actor,
  );
  const [first, ...more] = group;
  return first === undefined ? null : { cause: last.cause, actor: last.actor, at: last.at, events: [first, ...more] };
}

/** A command's audit event follows its changes directly, or comes when it ends. */
function withWords(reads: Reads, found: Omit<Change, 'words'>): Change {
  const after = reads.events((found.events.at(-1)?.seq ?? 1) - 1, PAGE);
  const handled = after.find((event) => event.kind === 'command.handled' && event.cause === found.cause);
  return { ...found, words: handled?.kind === 'command.handled' ? handled.payload.words : null };
}

import type { Reads } from '../../log/reads/reads.ts';
import { command as typed, doc, heading, list, paragraph, phrase } from '../../message/build.ts';
import type { LoggedEvent } from '../../pipeline/events.ts';
import { KINDS } from '../../pipeline/kinds.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { counted } from '../../words/amounts.ts';
import { eventWords } from '../../words/item/event.ts';
import { itemTitle } from '../../words/item/item.ts';
import { readerOf } from '../../words/reader.ts';
import { answer } from '../../words/replies.ts';
import type { Reply } from '../../words/reply.ts';
import { moment } from '../../words/time.ts';
import type { UnreadOfItem } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';

/** Events of one look, and looks: a run's accounts are many, and passed over. */
const PAGE = 250;
const MOST_PAGES = 20;

/** The events before those that were shown. */
export function moreHistory(context: CommandContext, { events, before }: Extract<UnreadOfItem, { of: 'history' }>, item: WorkItem): Reply {
  return historyPage(context, item, events, before);
}

/** So many of an item's events before the event `before`, oldest first; null: the newest. `more` continues with the older ones. */
export function historyPage(context: CommandContext, item: WorkItem, wanted: number, before: number | null = null): Reply {
  const reader = readerOf(context);
  const found = historyOf(context.reads, item, wanted + 1, before ?? Number.MAX_SAFE_INTEGER);
  const events = found.slice(0, wanted).toReversed();
  const [oldest] = events;
  const hasMore = found.length > wanted && oldest !== undefined;
  const what = before === null ? (hasMore ? `the last ${counted(events.length, 'event')}` : 'all of its history') : 'before that';
  const { project, number } = item;
  return context.change(() => {
    context.keepUnread(hasMore ? { of: 'history', project, item: number, events: wanted, before: oldest.seq } : null);
    return answer(
      doc(
        heading(`${itemTitle(item, reader.current)}, ${what}`),
        list(
          events.map(
            (event) =>
              phrase`${moment(event.at, reader.now, reader.timezone)} ${reader.nameOf(event.actor)} ${eventWords(event, reader.nameOf)}`,
          ),
        ),
        hasMore ? paragraph(typed('more'), ' shows earlier events.') : before !== null && paragraph('That is the beginning.'),
      ),
    );
  });
}

/** So many of an item's events before the event `from`, the newest first, without the accounts and signs of life of its runs. */
export function historyOf(reads: Reads, item: Pick<WorkItem, 'project' | 'number'>, wanted: number, from: number): LoggedEvent[] {
  const found: LoggedEvent[] = [];
  let before = from;
  for (let page = 0; page < MOST_PAGES && found.length < wanted; page++) {
    const events = reads.history(item.project, item.number, PAGE, before);
    found.push(...events.filter((event) => event.item !== null && KINDS[event.kind].inHistory));
    if (events.length < PAGE) break;
    before = events.at(-1)?.seq ?? 0;
  }
  return found.slice(0, wanted);
}

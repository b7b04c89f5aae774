import { integer, itemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { eventWords } from '../../src/words/item/event.ts';
import { itemTitle } from '../../src/words/item/item.ts';
import { moment } from '../../src/words/time.ts';
import { answer } from '../../src/words/replies.ts';
import { doc, heading, list, phrase } from '../../src/message/build.ts';
import type { LoggedEvent } from '../../src/pipeline/events.ts';
import { KINDS } from '../../src/pipeline/kinds.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { actorName } from '../../src/pipeline/actor.ts';
import { readerOf } from '../../src/words/reader.ts';

const DEFAULT = 20;
const MOST = 200;
/** Events of one look, and looks: a run's accounts are many, and passed over. */
const PAGE = 250;
const MOST_PAGES = 20;

export const history = command({
  words: ['history'],
  summary: 'Lists what happened to an item, the newest last.',
  details: `Who did what and when. Shows the last ${DEFAULT} events by default. Heartbeats and usage records of runs are left out; \`show\` and \`cost\` have the totals.`,
  examples: ['history 42', 'history 42 100'],
  args: {
    item: itemRef(),
    events: integer({ min: 1, max: MOST, description: `How many events; ${DEFAULT} by default.` }).optional(),
  },
  role: 'viewer',
  run(context, { item: ref, events: wanted }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    const item = found.value;
    const reader = readerOf(context);
    const events = newest(context, item, wanted ?? DEFAULT).toReversed();
    const first = events[0]?.kind === 'item.created';
    return answer(
      doc(
        heading(`${itemTitle(item, reader.current)}, ${first ? 'all of its history' : `the last ${events.length} events`}`),
        list(
          events.map((event) => phrase`${moment(event.at, reader.now, reader.timezone)} ${actorName(event.actor)} ${eventWords(event)}`),
        ),
      ),
    );
  },
});

function newest(context: CommandContext, item: WorkItem, wanted: number): LoggedEvent[] {
  const found: LoggedEvent[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  for (let page = 0; page < MOST_PAGES && found.length < wanted; page++) {
    const events = context.reads.history(item.project, item.number, PAGE, before);
    found.push(...events.filter((event) => event.item !== null && KINDS[event.kind].inHistory));
    if (events.length < PAGE) break;
    before = events.at(-1)?.seq ?? 0;
  }
  return found.slice(0, wanted);
}

import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { eventWords } from '../../src/words/item/event.ts';
import { faultWords } from '../../src/words/item/faults.ts';
import { inStage, itemTitle, sentence, sentenceOf, stageWords } from '../../src/words/item/item.ts';
import { JUST_NOW_MS, outlook } from '../../src/words/item/step.ts';
import { duration, moment } from '../../src/words/time.ts';
import { answer } from '../../src/words/replies.ts';
import { timerWords } from '../../src/words/bot/timers.ts';
import { commas, doc, paragraph, phrase } from '../../src/message/build.ts';
import type { Inline } from '../../src/message/document.ts';
import { reasonWords } from '../../src/words/item/reasons.ts';
import type { LoggedEvent } from '../../src/pipeline/events.ts';
import { KINDS } from '../../src/pipeline/kinds.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { readerOf, type Reader } from '../../src/words/reader.ts';

/** How many events to search for the last one that moved the item, and events per page. */
const MOST_EVENTS = 1_000;
const PAGE = 100;

export const why = command({
  words: ['why'],
  summary: 'Explains an item’s state and what happens next.',
  examples: ['why 42'],
  args: { item: itemRef() },
  role: 'viewer',
  run(context, { item: ref }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    const item = found.value;
    const reader = readerOf(context);
    const step = context.step(item);
    const timers = context.reads.timers.ofItem(item.project, item.number);
    const arrived = context.reads.arrival(item);
    const last = lastSteering(context, item);
    const failure = item.failure === null ? '' : faultWords(item.failure.summary, reader.nameOf);
    return answer(
      doc(
        paragraph(`${itemTitle(item, reader.current)} ${place(item, reader.now)}.`),
        paragraph(...outlook(item, step, reader)),
        timers.length > 0 && paragraph(...sentenceOf(phrase`Timers: ${commas(timers.map((one) => timerWords(one, reader)))}`)),
        failure !== '' &&
          !textOf(reasonWords(item, step.reason, reader)).includes(failure) &&
          paragraph(`Last failure: ${sentence(failure)}`),
        arrived !== null && paragraph(...told(arrived, reader)),
        last !== null && last.seq !== arrived?.seq && paragraph(...told(last, reader)),
      ),
    );
  },
});

/** Where it is and since when: `was merged 3 min ago`, `has been in qa for 2 h`; without a time where it just came there. */
function place({ stage, stageSince, deletedAt }: WorkItem, now: number): string {
  if (deletedAt !== null) return now - deletedAt < JUST_NOW_MS ? 'is deleted' : `was deleted ${duration(now - deletedAt)} ago`;
  const since = now - stageSince;
  if (since < JUST_NOW_MS) return `is ${inStage(stage)}`;
  if (stage.name === 'done') return `was merged ${duration(since)} ago`;
  return stage.name === 'archived'
    ? `was ${stageWords(stage)} ${duration(since)} ago`
    : `has been in ${stageWords(stage)} for ${duration(since)}`;
}

/** `14:05, 3 min ago: anna stopped it.` */
function told(event: LoggedEvent, { now, timezone, nameOf }: Reader): Inline[] {
  const since = now - event.at;
  const ago = since < JUST_NOW_MS ? 'just now' : `${duration(since)} ago`;
  return sentenceOf(phrase`${moment(event.at, now, timezone)}, ${ago}: ${nameOf(event.actor)} ${eventWords(event, nameOf)}`);
}

function textOf(words: string | readonly Inline[]): string {
  return typeof words === 'string' ? words : words.map((one) => ('text' in one ? one.text : '')).join('');
}

function lastSteering(context: CommandContext, item: WorkItem): LoggedEvent | null {
  let before = Number.MAX_SAFE_INTEGER;
  for (let looked = 0; looked < MOST_EVENTS; looked += PAGE) {
    const events = context.reads.history(item.project, item.number, PAGE, before);
    const found = events.find((event) => event.item !== null && KINDS[event.kind].steers !== null);
    if (found !== undefined) return found;
    if (events.length < PAGE) return null;
    before = events.at(-1)?.seq ?? 0;
  }
  return null;
}

import { STAGES, type WorkItem } from '../../pipeline/types.ts';
import { revealed } from '../../message/reveal.ts';
import { eventWords } from '../../words/item/event.ts';
import { itemLabel } from '../../words/item/item.ts';
import { NOTHING_WORDS, pastWords } from '../../words/pages/overview.ts';
import { dateAndTime } from '../../words/time.ts';
import type { Log } from '../../log/log.ts';
import { itemLink, marks } from '../frame/item-row.ts';
import { inlines } from '../frame/words.ts';
import { html, type Markup } from '../html.ts';
import type { Look, Shown } from '../view.ts';
import { PastBoards, type BoardThen } from './boards.ts';

/** Items of a stage that are shown; the rest is counted. */
const MOST_ROWS = 30;

/** The boards that are kept of each log. */
const KEPT = new WeakMap<Log, PastBoards>();

/** `/past?event=N`: the board as it was right after an event, without buttons: nothing of it can be changed. */
export async function pastPage(look: Look): Promise<Shown> {
  const { log } = look.parts;
  const boards = KEPT.get(log) ?? new PastBoards(log.reads);
  KEPT.set(log, boards);
  const head = look.reads.lastSeq();
  const asked = Number.parseInt(look.request.query.get('event') ?? '', 10);
  const then = await boards.at(Number.isSafeInteger(asked) ? Math.min(Math.max(asked, 0), head) : head);
  const board = (): Markup => boardHtml(then, head, look);
  return {
    title: 'Past',
    parts: new Map([['past', board]]),
    body: () =>
      html`<h1>Past</h1>
        <form class="slider" action="/past">
          <label for="event">Event</label>
          <input id="event" name="event" type="range" min="0" max="${head}" value="${then.event}" data-refetch="past" />
          <button>Show</button>
        </form>
        ${board()}`,
  };
}

function boardHtml(then: BoardThen, head: number, look: Look): Markup {
  const seen = [...then.items.values()].filter((item) => item.deletedAt === null && look.project(item.project) !== null);
  const link = (event: number, words: string): Markup => html`<a href="/past?event=${event}">${words}</a>`;
  return html`<div id="past">
    <p role="status">
      ${then.at !== null && html`<strong>${inlines([dateAndTime(then.at, look.reader.timezone)])}</strong> · `}${pastWords(head - then.event)}
    </p>
    <p class="quiet">${lastWords(then, look)}</p>
    <p class="pages">
      ${then.event > 0 && link(then.event - 1, 'Event before')} ${then.event < head && link(then.event + 1, 'Event after')}
    </p>
    ${
      seen.length === 0
        ? html`<p class="empty">${NOTHING_WORDS.past}</p>`
        : html`<div class="past-stages">
            ${STAGES.map((stage) =>
              column(
                stage,
                seen.filter((item) => item.stage.name === stage),
                look,
              ),
            )}
          </div>`
    }
  </div>`;
}

/** What happened at that moment, where this person may know of it. */
function lastWords(then: BoardThen, look: Look): string {
  const event = then.event === 0 ? undefined : look.reads.events(then.event - 1, 1)[0];
  if (event === undefined || look.project(event.project) === null) return `Event ${then.event}`;
  const about = event.item === null ? event.project : itemLabel({ project: event.project, number: event.item }, look.reader.current);
  return revealed(`Event ${then.event}: ${about}, ${look.reader.nameOf(event.actor)} ${eventWords(event, look.reader.nameOf)}`);
}

function column(stage: string, items: readonly WorkItem[], look: Look): Markup {
  // Those that came last are what people look for.
  const shown = items.toSorted((a, b) => b.stageSince - a.stageSince).slice(0, MOST_ROWS);
  return html`<section aria-labelledby="past-${stage}">
    <h2 id="past-${stage}">${stage} <span class="count">${items.length}</span></h2>
    <ul class="rows">
      ${shown.map((item) => html`<li class="row"><p class="head">${itemLink(item, look)} ${marks(item)}</p></li>`)}
    </ul>
    ${items.length > shown.length && html`<p class="more">${items.length - shown.length} more</p>`}
  </section>`;
}

import { historyOf } from '../../bot/pages/history.ts';
import type { LoggedEvent } from '../../pipeline/events.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { revealed } from '../../message/reveal.ts';
import { happened } from '../../words/pages/item.ts';
import { moment } from '../../words/time.ts';
import { html, type Markup } from '../html.ts';
import { itemUrl } from '../frame/item-row.ts';
import { inlines } from '../frame/words.ts';
import type { Look } from '../view.ts';
import { topicOf } from './pieces.ts';

/** Events of one page. */
const ROWS = 40;

/** What happened to an item, the newest first, in the words of `history`. `?before=SEQ` of the address: what came before that. */
export function storyPart(look: Look, item: WorkItem): Markup {
  const typed = look.request.query.get('before') ?? '';
  const before = /^\d{1,15}$/.test(typed) ? Number(typed) : null;
  const found = historyOf(look.reads, item, ROWS + 1, before ?? Number.MAX_SAFE_INTEGER);
  const events = found.slice(0, ROWS);
  const oldest = events.at(-1);
  return html`<section id="item-story" data-live="${topicOf(item)}">
    <h2>History</h2>
    ${before !== null && html`<p><a href="${itemUrl(item)}#item-story">Newest events</a></p>`}
    <ol class="story">
      ${events.map((event) => row(look, event))}
    </ol>
    ${
      found.length > ROWS &&
      oldest !== undefined &&
      html`<p class="more"><a href="${itemUrl(item)}?before=${oldest.seq}#item-story">Earlier events</a></p>`
    }
  </section>`;
}

function row({ reader }: Look, event: LoggedEvent): Markup {
  return html`<li id="event-${event.seq}">
    ${inlines([moment(event.at, reader.now, reader.timezone)])} <span>${revealed(happened(event, reader.nameOf))}</span>
  </li>`;
}

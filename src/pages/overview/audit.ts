import type { LoggedEvent } from '../../pipeline/events.ts';
import { KINDS } from '../../pipeline/kinds.ts';
import { revealed } from '../../message/reveal.ts';
import { eventWords } from '../../words/item/event.ts';
import { itemLabel } from '../../words/item/item.ts';
import { lookedAtWords, NOTHING_WORDS } from '../../words/pages/overview.ts';
import { dateAndTime } from '../../words/time.ts';
import { itemUrl } from '../frame/item-row.ts';
import { inlines } from '../frame/words.ts';
import { html, type Markup } from '../html.ts';
import type { Look, Shown } from '../view.ts';

/** Events of one page, and events looked at for it: a filter that fits nothing must not read the whole log. */
const PAGE = 100;
const LOOKED_AT = 5_000;
const STEP = 500;

interface Filter {
  readonly project: string;
  readonly who: string;
}

/** `/audit?project=NAME&who=TEXT&before=N`: who did what and when, in all projects that this person may see, the newest first. */
export function auditPage(look: Look): Shown {
  const { query } = look.request;
  const filter: Filter = { project: query.get('project') ?? '', who: (query.get('who') ?? '').trim().toLowerCase() };
  return {
    title: 'Audit',
    parts: new Map(),
    body: () =>
      html`<h1>Audit</h1>
        <form class="filter" action="/audit">
          <label
            >Project
            <select name="project">
              <option value="">all</option>
              ${look.projects.map(({ name }) => html`<option ${name === filter.project && html` selected`}>${name}</option>`)}
            </select></label
          >
          <label>Who <input name="who" type="text" maxlength="200" value="${filter.who}" /></label>
          <button>Filter</button>
        </form>
        ${events(filter, look)}`,
  };
}

function events(filter: Filter, look: Look): Markup {
  const { reads, request } = look;
  const head = reads.lastSeq();
  const asked = Number.parseInt(request.query.get('before') ?? '', 10);
  const first = Number.isSafeInteger(asked) ? Math.min(Math.max(1, asked), head + 1) : head + 1;
  const found: LoggedEvent[] = [];
  let before = first;
  while (before > 1 && found.length < PAGE && first - before < LOOKED_AT) {
    const from = Math.max(1, before - STEP);
    // Numbers have no gaps, so that these are the ones right before.
    for (const event of reads.events(from - 1, before - from).toReversed()) {
      before = event.seq;
      if (isMeant(event, filter, look)) found.push(event);
      if (found.length === PAGE) break;
    }
    if (found.length < PAGE) before = from;
  }
  const link = (at: number): string =>
    `/audit?${new URLSearchParams({ project: filter.project, who: filter.who, before: String(at) }).toString()}`;
  return html`${
    found.length === 0
      ? html`<p class="empty">${NOTHING_WORDS.audit}</p>`
      : html`<ol class="events" reversed>
          ${found.map((event) => row(event, look))}
        </ol>`
  }
  ${before > 1 && html`<p class="pages">${found.length < PAGE && html`<span class="quiet">${lookedAtWords(first - before)}</span> `}<a href="${link(before)}">Older</a></p>`}`;
}

function isMeant(event: LoggedEvent, { project, who }: Filter, look: Look): boolean {
  if (look.project(event.project) === null || (project !== '' && event.project !== project)) return false;
  // Signs of life and sums of tokens say nothing about who did what.
  if (event.item !== null && !KINDS[event.kind].inHistory) return false;
  return who === '' || look.reader.nameOf(event.actor).toLowerCase().includes(who) || event.actor.toLowerCase().includes(who);
}

function row(event: LoggedEvent, look: Look): Markup {
  const { project, item } = event;
  const { timezone, current } = look.reader;
  const about =
    item === null
      ? html`${project}`
      : html`<a href="${itemUrl({ project, number: item })}">${itemLabel({ project, number: item }, current)}</a>`;
  return html`<li value="${event.seq}">
    <span class="when">${inlines([dateAndTime(event.at, timezone)])}</span> <span class="about">${about}</span>
    <span><strong>${revealed(look.reader.nameOf(event.actor))}</strong> ${revealed(eventWords(event, look.reader.nameOf))}</span>
  </li>`;
}

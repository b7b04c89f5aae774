import { textQuery } from '../../log/search/query.ts';
import { revealed } from '../../message/reveal.ts';
import { foundLine, onlyBeginning } from '../../words/found/found.ts';
import { foundWords, NOTHING_WORDS } from '../../words/pages/overview.ts';
import { itemUrl } from '../frame/item-row.ts';
import { inlines } from '../frame/words.ts';
import { html, type Markup } from '../html.ts';
import type { Look, Shown } from '../view.ts';

/** Items of one page. */
const PAGE = 25;
/** UTF-16 units of what is looked for. */
const LONGEST = 400;

/** `/search?q=WORDS&from=N`: items by words in whatever was written about them, in all projects that this person may see. */
export function searchPage(look: Look): Shown {
  const { query: params } = look.request;
  const words = (params.get('q') ?? '').slice(0, LONGEST).trim();
  return {
    title: words === '' ? 'Search' : `${revealed(words)} · Search`,
    parts: new Map(),
    body: () =>
      html`<h1>Search</h1>
        <form class="search" action="/search" role="search">
          <label for="q">Words</label>
          <input
            id="q"
            name="q"
            type="search"
            maxlength="${LONGEST}"
            value="${words}"
            autocapitalize="off"
            ${words === '' && html` autofocus`}
          />
          <button class="primary">Search</button>
        </form>
        ${found(words, look)}`,
  };
}

function found(words: string, look: Look): Markup {
  const query = textQuery(words);
  if (query === null) return html`<p class="empty">${NOTHING_WORDS.search}</p>`;
  const { reads, projects, reader } = look;
  const { items, some } = reads.texts.find(
    query,
    projects.map(({ name }) => name),
  );
  const from = Math.min(items.length, Math.max(0, Number.parseInt(look.request.query.get('from') ?? '0', 10) || 0));
  const rows = items.slice(from, from + PAGE).flatMap(({ project, item: number, text }) => {
    const item = reads.item(project, number);
    const shown = reads.texts.shown(query, text);
    if (item === null || shown === null) return [];
    const by = reads.events(text - 1, 1)[0]?.actor ?? null;
    return [
      html`<li class="row">
        <a class="found" href="${itemUrl(item)}" data-row>${inlines(foundLine(item, shown, by, reader))}</a>
      </li>`,
    ];
  });
  const page = (start: number): string => `/search?${new URLSearchParams({ q: words, from: String(start) }).toString()}`;
  return html`<p class="quiet" role="status">${foundWords(items.length, some)}${query.cut && html` ${onlyBeginning(query.each.length)}`}</p>
    ${
      rows.length > 0 &&
      html`<ul class="rows">
        ${rows}
      </ul>`
    }
    <p class="pages">
      ${from > 0 && html`<a href="${page(Math.max(0, from - PAGE))}">Previous</a>`}
      ${from + PAGE < items.length && html`<a href="${page(from + PAGE)}">Next</a>`}
    </p>`;
}

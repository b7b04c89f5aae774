import { revealed } from '../../message/reveal.ts';
import { visible } from '../../message/sanitize.ts';
import { html, type Markup } from '../html.ts';

/** Topic under which an item's events are told to pages. */
export function topicOf({ project, number }: { readonly project: string; readonly number: number }): string {
  return `item:${project}:${number}`;
}

/** UTF-16 units of one text on a page; what is longer ends visibly. */
const LONGEST = 60_000;

/** A text of several lines. `prose`: words, in which emoji may be joined; without it, what a program printed, with nothing hidden in it. */
export function preText(text: string, kind: 'prose' | 'output' = 'output'): Markup {
  const cut = text.length > LONGEST;
  const kept = (cut ? text.slice(0, LONGEST) : text).toWellFormed();
  const shown = kind === 'prose' ? visible(kept) : shownText(kept);
  const end = cut ? html` <span class="quiet">[… ${text.length - LONGEST} more characters]</span>` : html``;
  return kind === 'prose' ? html`<div class="prose" dir="auto">${shown}${end}</div>` : html`<pre tabindex="0">${shown}${end}</pre>`;
}

/** With hidden characters shown, but for tabs, and line breaks of whatever kind as line breaks. */
export function shownText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split('\t')
    .map((piece) => revealed(piece))
    .join('\t');
}

/** A piece of a page that is fetched when it is opened; a link to its own page where there is no script. `id`: of the element on that page. */
export function loaded(id: string, url: string, title: string, open = false): Markup {
  return html`<details class="loaded" data-loads="${url}" data-part="${id}" ${open && html` open`}>
    <summary>${title}</summary>
    <div id="${id}"><a href="${url}">${title}</a></div>
  </details>`;
}

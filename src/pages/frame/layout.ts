import { FRAME_WORDS, KEY_WORDS } from '../../words/pages/frame.ts';
import { PROBLEMS } from '../../words/pages/problems.ts';
import { html, type Markup } from '../html.ts';
import type { Look, Shown, ViewRow } from '../view.ts';
import type { Assets } from './assets.ts';

/** What the document needs besides the page in it. */
export interface Frame {
  readonly assets: Assets;
  readonly rows: readonly ViewRow[];
  /** The number of the newest event that the page shows. */
  readonly head: number;
  /** How many items need this person, or somebody: in the title, the icon and the navigation. */
  readonly needs: number;
}

/** The id of the number in the navigation, which every page has. */
export const NEEDS_PART = 'needs-count';

/** The whole document of a page. */
export function documentOf(shown: Shown, look: Look, frame: Frame): string {
  const { assets, rows, head, needs } = frame;
  const [segment = ''] = look.request.path;
  const title = `${needs > 0 ? `(${needs}) ` : ''}${shown.title} · Musher`;
  return html`<!doctype html>
    <html lang="en" data-head="${head}" data-now="${look.reader.now}">
      ${headOf(title, assets)}
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
          <a class="name" href="/">${ICON}<span>Musher</span></a>
          <nav aria-label="Pages">${rows.map((row) => navLink(row, segment, look, needs))}</nav>
          <p
            id="connection"
            role="status"
            data-offline="${FRAME_WORDS.offline}"
            data-reconnecting="${FRAME_WORDS.reconnecting}"
            data-ended="${FRAME_WORDS.ended}"
          ></p>
        </header>
        <main id="main" tabindex="-1">${shown.body()}</main>
        ${commandBar(look)} ${keysDialog(rows)}
      </body>
    </html>`.toString();
}

/** A page without a session, or without a page: nothing on it comes from the log. */
export function problemDocument(status: keyof typeof PROBLEMS, isKnown: boolean, assets: Assets): string {
  const { title, text } = PROBLEMS[status];
  return html`<!doctype html>
    <html lang="en">
      ${headOf(`${title} · Musher`, assets, false)}
      <body class="problem">
        <main id="main">
          <p class="status">${status}</p>
          <h1>${title}</h1>
          <p>${text}</p>
          ${isKnown && html`<p><a href="/">Home</a></p>`}
        </main>
      </body>
    </html>`.toString();
}

/** The page of a one-time link. Whoever only looks at it, as chat clients do to show what is behind a link, uses nothing up. */
export function entryDocument(action: string, assets: Assets): string {
  return html`<!doctype html>
    <html lang="en">
      ${headOf('Musher', assets, false)}
      <body class="problem">
        <main id="main">
          <h1>Musher</h1>
          <p>${FRAME_WORDS.entry}</p>
          <form method="post" action="${action}"><button class="primary">Open</button></form>
        </main>
      </body>
    </html>`.toString();
}

function headOf(title: string, assets: Assets, scripts = true): Markup {
  return html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
    <meta name="color-scheme" content="light dark" />
    <meta name="robots" content="noindex" />
    <meta name="htmx-config" content='{"includeIndicatorCSS":false,"history":false}' />
    <title>${title}</title>
    <link rel="icon" type="image/svg+xml" href="${assets.url('icon.svg')}" />
    <link rel="stylesheet" href="${assets.url('style.css')}" />
    ${scripts && html`<script type="module" src="${assets.url('start.js')}"></script>`}
  </head>`;
}

function navLink({ segment, nav }: ViewRow, here: string, look: Look, needs: number): Markup {
  if (nav === null) return html``;
  const isHere = segment === here;
  const link = html`<a href="/${segment}" data-key="${nav.key}" ${isHere && html` aria-current="page"`}>${nav.label}</a>`;
  return segment === '' ? html`${link}${needsCount(look, needs)}` : link;
}

/** The number of items that need somebody. A script puts it into the title and the icon. */
export function needsCount({ projects }: Look, needs: number): Markup {
  const topics = projects.map(({ name }) => `project:${name}`).join(' ');
  const label = needs === 0 ? '' : ` aria-label`;
  return html`<span
    id="${NEEDS_PART}"
    data-live="${topics}"
    data-count="${needs}"
    ${label !== '' && html` role="img" aria-label="${needs} need you"`}
    >${needs > 0 && String(needs)}</span
  >`;
}

function commandBar({ viewer, here }: Look): Markup {
  return html`<aside id="answers" aria-label="Answers" hidden>
      <div class="answers-head">
        <h2>Answers</h2>
        <button type="button" class="quiet" data-close="answers">Close</button>
      </div>
      <p class="empty">${FRAME_WORDS.answersEmpty}</p>
      <ol id="answer-list" aria-live="polite"></ol>
    </aside>
    <form id="bar" method="post" action="/do" class="do" role="search" autocomplete="off" data-not-sent="${FRAME_WORDS.notSent}">
      <input type="hidden" name="csrf" value="${viewer.csrf}" />
      <input type="hidden" name="back" value="${here}" />
      <ul id="completions" role="listbox" aria-label="Completions" hidden></ul>
      <label for="command">Command</label>
      <input
        id="command"
        name="command"
        type="text"
        required
        maxlength="4000"
        enterkeyhint="send"
        autocapitalize="off"
        autocorrect="off"
        spellcheck="false"
        placeholder="${FRAME_WORDS.barHint}"
        role="combobox"
        aria-expanded="false"
        aria-controls="completions"
        aria-autocomplete="list"
        data-draft="bar"
      />
      <button class="primary">Send</button>
      <button type="button" class="quiet" data-toggle="answers" aria-controls="answers" aria-expanded="false">
        Answers<span id="unread" class="count"></span>
      </button>
    </form>`;
}

function keysDialog(rows: readonly ViewRow[]): Markup {
  const go = rows.flatMap(({ nav }) => (nav === null ? [] : [[`g ${nav.key}`, nav.label] as const]));
  return html`<dialog id="keys" aria-labelledby="keys-title">
    <h2 id="keys-title">Keys</h2>
    <dl>
      ${[...KEY_WORDS, ...go].map(
        ([keys, does]) =>
          html`<div>
            <dt><kbd>${keys}</kbd></dt>
            <dd>${does}</dd>
          </div>`,
      )}
    </dl>
    <p>
      <button
        type="button"
        id="notify"
        hidden
        data-ask="${FRAME_WORDS.notifyAsk}"
        data-on="${FRAME_WORDS.notifyOn}"
        data-off="${FRAME_WORDS.notifyOff}"
      ></button>
    </p>
    <form method="dialog"><button>Close</button></form>
  </dialog>`;
}

const ICON = html`<svg class="icon" viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
  <path d="M5 25V8l11 9 11-9v17" fill="none" stroke="currentColor" stroke-width="4" stroke-linejoin="round" stroke-linecap="round" />
</svg>`;

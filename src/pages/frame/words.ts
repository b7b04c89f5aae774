import type { Action, Block, Column, Document, Inline } from '../../message/document.ts';
import type { Content } from '../../message/build.ts';
import { html, type Markup } from '../html.ts';

/** How a button of a text is shown; null: not at all, because this person may not press it. */
export type ShowAction = (action: Action) => Markup | null;

/** A text with its values as HTML. A command is a button that puts it into the command bar, which a script makes work. */
export function inlines(content: readonly Content[]): Markup {
  return html`${content.map((one) => (typeof one === 'string' ? html`${one}` : inline(one)))}`;
}

function inline(one: Inline): Markup {
  switch (one.kind) {
    case 'text':
      return html`${one.text}`;
    case 'strong':
      return html`<strong>${one.text}</strong>`;
    case 'emphasis':
      return html`<em>${one.text}</em>`;
    case 'code':
      return html`<code>${one.text}</code>`;
    case 'command':
      return html`<button type="button" class="typed" data-type="${one.text}">${one.text}</button>`;
    case 'link':
      return /^https?:\/\//i.test(one.url) ? html`<a href="${one.url}" rel="noreferrer noopener">${one.text}</a>` : html`${one.text}`;
    case 'mention':
      return html`@${one.name}`;
    case 'time':
      return timeOf(one.at, one.text);
  }
}

/** A moment; scripts show it in the reader's own zone, from the same text. */
export function timeOf(at: number, words: string): Markup {
  return html`<time datetime="${new Date(at).toISOString()}">${words}</time>`;
}

/** A message as HTML. Buttons are what `show` makes of them. */
export function documentHtml({ blocks }: Document, show: ShowAction): Markup {
  return html`${blocks.map((one) => block(one, show))}`;
}

export function block(one: Block, show: ShowAction = () => null): Markup {
  switch (one.kind) {
    case 'paragraph':
      return html`<p>${inlines(one.content)}</p>`;
    case 'heading':
      return html`<h3>${inlines(one.content)}</h3>`;
    case 'list':
      return one.ordered
        ? html`<ol>
            ${one.items.map((item) => html`<li>${inlines(item)}</li>`)}
          </ol>`
        : html`<ul>
            ${one.items.map((item) => html`<li>${inlines(item)}</li>`)}
          </ul>`;
    case 'table':
      return table(one.columns, one.rows);
    case 'code':
      return html`<pre tabindex="0"><code>${one.text}</code></pre>`;
    case 'fields':
      return html`<dl>
        ${one.fields.map(
          ({ name, value }) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${inlines(value)}</dd>
            </div>`,
        )}
      </dl>`;
    case 'quote':
      return html`<blockquote>${one.text}</blockquote>`;
    case 'progress':
      return html`<p class="progress">
        <progress value="${one.done}" max="${one.of}" aria-label="${one.label}"></progress> ${one.label} ${one.done}/${one.of}
      </p>`;
    case 'actions': {
      const shown = one.actions.map(show).filter((button) => button !== null);
      return shown.length === 0 ? html`` : html`<div class="actions">${shown}</div>`;
    }
    case 'image':
      // The text beside it says the same.
      return html``;
  }
}

function table(columns: readonly Column[], rows: readonly (readonly (readonly Inline[])[])[]): Markup {
  const side = (index: number): string => (columns[index]?.align === 'right' ? 'number' : '');
  return html`<div class="table" tabindex="0" role="region" aria-label="table">
    <table>
      <thead>
        <tr>
          ${columns.map(({ title }, index) => html`<th scope="col" class="${side(index)}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => html`<td class="${side(index)}">${inlines(cell)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

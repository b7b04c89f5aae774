import { openRun } from '../../bot/of-item.ts';
import { editsSince } from '../../bot/edits-since.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { itemLabel } from '../../words/item/item.ts';
import { byAt, ITEM_WORDS } from '../../words/pages/item.ts';
import { html, type Markup } from '../html.ts';
import { itemLink, itemUrl } from '../frame/item-row.ts';
import { inlines } from '../frame/words.ts';
import type { Look, Shown } from '../view.ts';
import { preText, topicOf } from './pieces.ts';

const FIELDS = ['title', 'description', 'criteria'] as const;
type Field = (typeof FIELDS)[number];

/**
 * `/item/PROJECT/N/edit/FIELD`: the form of one text. It carries the number of the event up to which it was read (`?seen=`), so that
 * `edit` refuses what would replace the words of somebody else unseen, and shows beside it what has changed meanwhile.
 */
export function editPage(look: Look, item: WorkItem, name: string): Shown | null {
  const field = FIELDS.find((one) => one === name);
  if (field === undefined || item.deletedAt !== null || !look.may('edit', item.project)) return null;
  const typed = look.request.query.get('seen') ?? '';
  const seen = /^\d{1,15}$/.test(typed) ? Number(typed) : look.reads.lastSeq();
  const place = (): Markup =>
    html`<div id="edit-${field}" class="edit-place" hx-morph-skip>
      ${changedPart(look, item, field, seen)} ${form(look, item, field, seen)}
    </div>`;
  return {
    title: `Edit ${itemLabel(item, look.reader.current)}`,
    parts: new Map([
      [`edit-${field}`, place],
      [`changed-${field}`, () => changedPart(look, look.reads.item(item.project, item.number) ?? item, field, seen)],
    ]),
    body: () =>
      html`<h1>Edit ${itemLink(item, look)}</h1>
        ${place()}`,
  };
}

function form(look: Look, item: WorkItem, field: Field, seen: number): Markup {
  const value = valueOf(item, field);
  const rows = field === 'title' ? 2 : Math.min(24, Math.max(6, value.split('\n').length + 2));
  return html`<form id="form-${field}" method="post" action="/do" class="do edit-form">
    <input type="hidden" name="csrf" value="${look.viewer.csrf}" />
    <label
      >${field}<textarea name="text" rows="${rows}" required data-draft="edit ${item.project} ${item.number} ${field} ${seen}">
${value}</textarea>
    </label>
    ${field === 'criteria' && html`<p class="quiet">${ITEM_WORDS.criteriaHint}</p>`}
    ${openRun(look.reads, item) !== null && html`<p class="quiet">${ITEM_WORDS.nextRunSees}</p>`}
    <div class="actions">
      <button class="primary" name="command" value="${commandOf(item, field, seen)}">Save</button>
      <a class="button" href="${itemUrl(item)}" data-closes="edit-${field}">Cancel</a>
    </div>
  </form>`;
}

/** Saves the text unless somebody has changed it since that event. */
function commandOf({ project, number }: WorkItem, field: Field, seen: number): string {
  return `edit ${project}#${number} ${field}@${seen}`;
}

function valueOf(item: WorkItem, field: Field): string {
  switch (field) {
    case 'title':
      return item.title;
    case 'description':
      return item.description;
    case 'criteria':
      return item.criteria.map(({ text }) => text).join('\n');
  }
}

/** What others made of the text since the form was opened, beside what it was then. */
function changedPart(look: Look, item: WorkItem, field: Field, seen: number): Markup {
  const [last, ...earlier] = editsSince(look.reads, item, field, seen);
  const first = earlier.at(-1) ?? last;
  const url = `${itemUrl(item)}/edit/${field}?seen=${seen}`;
  return html`<div id="changed-${field}" data-live="${topicOf(item)}" data-url="${url}">
    ${
      last !== undefined &&
      first !== undefined &&
      html`<div class="conflict" role="alert">
        <p><strong>${ITEM_WORDS.changedMeanwhile}</strong> ${inlines(byAt(last.actor, last.at, look.reader))}.</p>
        <div class="beside">
          <div>
            <h3>When you began</h3>
            ${preText(first.prior, 'prose')}
          </div>
          <div>
            <h3>Now</h3>
            ${preText(last.value, 'prose')}
          </div>
        </div>
        <div class="actions">
          <button class="danger" form="form-${field}" name="command" value="${commandOf(item, field, last.seq)}">Replace with mine</button>
          <a class="button" href="${itemUrl(item)}/edit/${field}" data-load="edit-${field}">Edit theirs</a>
        </div>
      </div>`
    }
  </div>`;
}

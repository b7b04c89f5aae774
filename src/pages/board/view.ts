import { decide } from '../../decide/facts.ts';
import { revealed } from '../../message/reveal.ts';
import { validMoves } from '../../pipeline/moves.ts';
import { STAGES, type StageName, type WorkItem } from '../../pipeline/types.ts';
import { itemLabel, itemName, mergedAs } from '../../words/item/item.ts';
import { stepSign, stepWords } from '../../words/item/step.ts';
import { BOARD_WORDS } from '../../words/pages/board.ts';
import { age, itemLink, marks } from '../frame/item-row.ts';
import { inlines } from '../frame/words.ts';
import { html, type Markup } from '../html.ts';
import type { Look, Shown } from '../view.ts';
import { filterForm, filtersOf, fitting, isNarrow, type Filters } from './filters.ts';

/** Items of a stage that are shown; `?stage=` shows more of that one. */
const MOST = 30;
const MOST_ALONE = 300;

/** `/board` and `/board/PROJECT`: the items by stage. All that narrows it is in the address. */
export function board(look: Look): Shown | null {
  const filters = filtersOf(look);
  if (filters.project !== '' && look.project(filters.project) === null) return null;
  const asked = look.request.query.get('stage');
  const alone = STAGES.find((stage) => stage === asked) ?? null;
  const columns = (): readonly Column[] =>
    (alone === null ? STAGES : [alone]).map((stage) => columnOf(look, filters, stage, alone === null ? MOST : MOST_ALONE));
  const part = (shown: readonly Column[]): Markup => boardHtml(look, filters, shown);
  return {
    title: filters.project === '' ? 'Board' : `${revealed(filters.project)} board`,
    parts: new Map([['board', () => part(columns())]]),
    body() {
      const shown = columns();
      return html`<h1 class="hidden">Board</h1>
        ${filterForm(
          look,
          filters,
          shown.flatMap(({ items }) => items),
        )}${part(shown)}${moveDialog()}`;
    },
  };
}

const SIGN_CLASSES = { '!': 'needs', '✗': 'blocked', '✓': 'merged' } as const;

interface Column {
  readonly stage: StageName;
  readonly items: readonly WorkItem[];
  /** All of them, where that is known. */
  readonly total: number | null;
  readonly more: boolean;
}

function columnOf(look: Look, filters: Filters, stage: StageName, most: number): Column {
  const projects = look.projects.filter(({ name }) => filters.project === '' || name === filters.project);
  const found = projects.map(({ name }) => fitting(look, name, stage, filters, most));
  const items = found.flatMap((one) => one.items);
  const total = isNarrow(filters) ? null : projects.reduce((sum, { name }) => sum + look.reads.counts(name)[stage], 0);
  return { stage, items: items.slice(0, most), total, more: items.length > most || found.some((one) => one.more) };
}

function boardHtml(look: Look, filters: Filters, columns: readonly Column[]): Markup {
  const topics = look.projects
    .filter(({ name }) => filters.project === '' || name === filters.project)
    .map(({ name }) => `project:${name}`);
  return html`<div id="board" data-live="${topics.join(' ')}">
    <nav class="stages" aria-label="Stages">
      ${columns.map((column) => html`<a href="#stage-${column.stage}">${column.stage} <span class="count">${countOf(column)}</span></a>`)}
    </nav>
    <div class="columns">${columns.map((column) => columnHtml(look, column))}</div>
  </div>`;
}

function countOf({ total, items, more }: Column): string {
  return total === null ? `${items.length}${more ? '+' : ''}` : String(total);
}

function columnHtml(look: Look, column: Column): Markup {
  const { stage, items, total, more } = column;
  const query = new URLSearchParams(look.request.query);
  query.set('stage', stage);
  query.delete('part');
  const left = total === null ? BOARD_WORDS.more : `${total - items.length} more`;
  const hasMore = total === null ? more : total > items.length;
  return html`<section class="column" id="stage-${stage}" data-stage="${stage}" aria-labelledby="title-${stage}">
    <h2 id="title-${stage}">${stage} <span class="count">${countOf(column)}</span></h2>
    ${
      items.length === 0
        ? html`<p class="empty">${BOARD_WORDS.empty}</p>`
        : html`<ul class="tiles">
            ${items.map((item) => tile(look, item))}
          </ul>`
    }
    ${hasMore && html`<p class="more"><a href="?${query.toString()}">${left}</a></p>`}
  </section>`;
}

function tile(look: Look, item: WorkItem): Markup {
  const { reader } = look;
  const name = itemName(item, reader.current);
  const step = decide(look.reads, item, look.facts(item.project));
  const merged = mergedAs(item.stage);
  const since = merged?.mergedAt ?? item.stageSince;
  const sign = stepSign(step);
  const moves = look.may(`move ${name}`, item.project) ? movesOf(item) : [];
  const prioritised = look.may(`priority ${name}`, item.project) && item.stage.name !== 'done' && item.stage.name !== 'archived';
  // Most of a backlog waits for nothing but a start, and its column says so.
  const isIdle = step.reason.kind === 'not-started' && step.reason.unmet.length === 0;
  const acts = moves.length > 0 || prioritised;
  return html`<li
    class="row tile"
    id="tile-${item.project}-${item.number}"
    data-item="${item.project}#${item.number}"
    data-stage="${item.stage.name}"
    data-priority="${item.priority ?? 'normal'}"
    data-moves="${moves.join(' ')}"
    ${prioritised && html` data-prioritised`}${acts && html` draggable="true"`}
  >
    <p class="head">
      ${itemLink(item, look)}${acts && html`<button type="button" class="quiet tile-menu" aria-haspopup="dialog" aria-label="${BOARD_WORDS.act(itemLabel(item, reader.current))}">⋯</button>`}
    </p>
    ${!isIdle && html`<p class="why">${sign !== '…' && html`<span class="sign ${SIGN_CLASSES[sign]}">${sign}</span> `}${inlines(stepWords(item, step, reader))}</p>`}
    <p class="under">${marks(item)}${age(since, look)}</p>
  </li>`;
}

/** The stages to which a person can move it; only a merge leads to done. */
function movesOf({ stage }: WorkItem): StageName[] {
  return validMoves(stage).filter((to) => to !== 'done');
}

/** What a tile can be made to do, for fingers and keys; a script fills it in. */
function moveDialog(): Markup {
  return html`<dialog id="act" aria-labelledby="act-title">
    <h2 id="act-title"></h2>
    <div class="actions" id="act-moves"></div>
    <div class="actions" id="act-priorities"></div>
    <form method="dialog"><button class="quiet">Close</button></form>
  </dialog>`;
}

import type { StandingItem } from '../../decide/standing.ts';
import type { Action } from '../../message/document.ts';
import { requestName } from '../../pipeline/requests.ts';
import { STAGES, type StageName, type WorkItem } from '../../pipeline/types.ts';
import { action } from '../../message/build.ts';
import { revealed } from '../../message/reveal.ts';
import { visibleLine } from '../../message/sanitize.ts';
import { buttonsOf } from '../../words/item/card.ts';
import { itemLabel } from '../../words/item/item.ts';
import { duration } from '../../words/time.ts';
import { html, type Markup } from '../html.ts';
import type { Look } from '../view.ts';
import { commandButton } from './command.ts';

/** The address of an item's page. */
export function itemUrl({ project, number }: Pick<WorkItem, 'project' | 'number'>): string {
  return `/item/${encodeURIComponent(project)}/${number}`;
}

/** An item as a link: its number and title, which can't change the direction of what is around it. */
export function itemLink(item: Pick<WorkItem, 'project' | 'number' | 'title'>, { reader }: Pick<Look, 'reader'>): Markup {
  return html`<a href="${itemUrl(item)}" class="item" data-row
    ><span class="number">${itemLabel(item, reader.current)}</span> <bdi>${visibleLine(item.title)}</bdi></a
  >`;
}

/** Priority and labels, for the eye. */
export function marks({ priority, labels = [] }: Pick<WorkItem, 'priority' | 'labels'>): Markup {
  return html`${priority !== undefined && priority !== 'normal' && html`<span class="mark ${priority}">${priority === 'high' ? '▲ high' : '▽ low'}</span>`}${labels.map((label) => html`<span class="mark">${label}</span>`)}`;
}

/** What can be done with an item at this moment, as buttons and links, by what this person may do. */
export function itemButtons(one: StandingItem, look: Look): Markup {
  const { item, run, step } = one;
  const asked = step.reason.kind === 'asks-people' ? requestActions(step.reason.request) : [];
  const last = run ?? (item.runs === 0 ? null : look.reads.run(item.project, item.number, item.runs));
  const shown = [...asked, ...buttonsOf({ item, step, run: last }, look.reader)].map((button) =>
    pageButton(button, item, look, last?.run ?? null),
  );
  return html`<div class="actions">${shown.filter((button) => button !== null)}</div>`;
}

/** What is only looked at has a page of its own, which is a link. */
function pageButton(button: Action, item: WorkItem, look: Look, run: number | null): Markup | null {
  const [word] = button.command.split(' ', 1);
  if (word === 'logs') return run === null ? null : html`<a class="button" href="${itemUrl(item)}/run/${run}">${button.label}</a>`;
  if (word === 'diff') return html`<a class="button" href="${itemUrl(item)}/diff">${button.label}</a>`;
  if (word === 'report') return html`<a class="button" href="${itemUrl(item)}">${button.label}</a>`;
  return commandButton(look, button, item.project);
}

type Request = Extract<StandingItem['step']['reason'], { kind: 'asks-people' }>['request'];

function requestActions({ ask, number }: Request): Action[] {
  const name = requestName(number);
  if (ask.kind === 'permission') return [action('Allow once', `allow ${name}`, 'primary'), action('Deny', `deny ${name}`, 'danger')];
  const answer: Action = {
    ...action('Answer', `answer ${name}`, ask.choices.length === 0 ? 'primary' : 'plain'),
    asks: { title: `Answer ${name}`, label: 'Your answer' },
  };
  return [...ask.choices.map((choice) => action(revealed(choice), `answer ${name} ${choice}`)), answer];
}

/** The way through the stages with the present one marked: text for a screen reader, dots for the eye. */
export function stageTrack(item: WorkItem): Markup {
  const at: StageName = item.stage.name === 'archived' ? item.stage.from.name : item.stage.name;
  const way = STAGES.filter((stage) => stage !== 'archived');
  const here = way.indexOf(at);
  return html`<ol class="track" aria-label="stages">
    ${way.map(
      (stage, index) =>
        html`<li class="${index < here ? 'past' : index === here ? 'here' : 'ahead'}" ${index === here && html` aria-current="step"`}>
          ${stage}
        </li>`,
    )}
  </ol>`;
}

/** For how long something has been so, which a script keeps right. `at`: since when. */
export function age(at: number, { reader }: Pick<Look, 'reader'>): Markup {
  return html`<span class="age" data-at="${at}">${duration(reader.now - at)}</span>`;
}

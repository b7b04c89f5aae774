import { itemBudget } from '../../decide/budgets.ts';
import { decide } from '../../decide/facts.ts';
import type { StandingItem } from '../../decide/standing.ts';
import { action } from '../../message/build.ts';
import { revealed } from '../../message/reveal.ts';
import type { ItemNumber } from '../../pipeline/values.ts';
import { totalTokens } from '../../pipeline/usage.ts';
import { money, tokens } from '../../words/amounts.ts';
import { firstLine, mergedAs, sentenceOf, shortCommit } from '../../words/item/item.ts';
import { runState } from '../../words/item/run.ts';
import { stepSign, stepWords } from '../../words/item/step.ts';
import { behindWords, EMPTY_WORDS, expiryWords, startLabel } from '../../words/pages/home.ts';
import { moment } from '../../words/time.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { html, type Markup } from '../html.ts';
import type { Look, Shown } from '../view.ts';
import { age, itemButtons, itemLink, marks, stageTrack } from '../frame/item-row.ts';
import { commandButton } from '../frame/command.ts';
import { inlines } from '../frame/words.ts';

/** Rows of a section on the page of all sections, and on its own. */
const ROWS = 20;
const ROWS_ALONE = 200;
/** Items looked at for what waits behind one. */
const MOST_BEHIND = 30;
const SECTIONS = ['needs', 'working', 'waiting', 'merged'] as const;
type Section = (typeof SECTIONS)[number];
const TITLES: { readonly [S in Section]: string } = { needs: 'Needs you', working: 'Working', waiting: 'Waiting', merged: 'Merged lately' };

/** `/`: everything that happens in the projects that a person may see. `?show=waiting`: one section alone, longer. */
export function home(look: Look): Shown {
  const asked = look.request.query.get('show');
  const alone = SECTIONS.find((section) => section === asked) ?? null;
  const sections = (): Markup => {
    const shown = alone === null ? SECTIONS : [alone];
    // What needs attention beside what only informs, where there is room for two columns.
    const columns = [
      shown.filter((one) => one === 'needs' || one === 'working'),
      shown.filter((one) => one === 'waiting' || one === 'merged'),
    ];
    return html`<div id="home" data-live="${look.projects.map(({ name }) => `project:${name}`).join(' ')}">
      ${columns
        .filter((column) => column.length > 0)
        .map((column) => html`<div class="column">${column.map((one) => sectionHtml(one, look, alone !== null))}</div>`)}
    </div>`;
  };
  return {
    title: alone === null ? 'Home' : TITLES[alone],
    parts: new Map([['home', sections]]),
    body: () =>
      html`<h1 class="hidden">${alone === null ? 'Home' : TITLES[alone]}</h1>
        ${alone !== null && html`<p><a href="/">All sections</a></p>`}${sections()}`,
  };
}

interface Rows {
  readonly rows: readonly Markup[];
  readonly total: number;
}

function sectionHtml(which: Section, look: Look, isAlone: boolean): Markup {
  const most = isAlone ? ROWS_ALONE : ROWS;
  const { rows, total } = ROWS_OF[which](look, most);
  const more = total - rows.length;
  return html`<section class="${which}" aria-labelledby="${which}-title">
    <h2 id="${which}-title">${TITLES[which]} ${total > 0 && html`<span class="count">${total}</span>`}</h2>
    ${
      total === 0
        ? html`<p class="empty">${EMPTY_WORDS[which]}</p>
            ${which === 'working' && beginning(look)}`
        : html`<ul class="rows">
            ${rows}
          </ul>`
    }
    ${more > 0 && (isAlone ? html`<p class="more">${more} more</p>` : html`<p class="more"><a href="/?show=${which}">${more} more</a></p>`)}
  </section>`;
}

const ROWS_OF: { readonly [S in Section]: (look: Look, most: number) => Rows } = {
  needs(look, most) {
    const { rows, total } = look.needs();
    return { rows: rows.slice(0, most).map((one) => needRow(one, look)), total };
  },
  working(look, most) {
    const all = ofAll(look, 'working');
    return { rows: all.slice(0, most).map((one) => workingRow(one, look)), total: all.length };
  },
  waiting(look, most) {
    const all = ofAll(look, 'waiting');
    const total = [...look.needs().overviews.values()].reduce((sum, { waitingTotal }) => sum + waitingTotal, 0);
    return { rows: all.slice(0, most).map((one) => waitingRow(one, look)), total };
  },
  merged(look, most) {
    const merged = look.projects
      .flatMap(({ name }) => [...look.reads.recentInStage(name, 'done', most), ...look.reads.recentInStage(name, 'archived', most)])
      .flatMap((item) => {
        const done = mergedAs(item.stage);
        return done === null ? [] : [{ item, done }];
      })
      .sort((a, b) => b.done.mergedAt - a.done.mergedAt)
      .slice(0, most);
    return { rows: merged.map(({ item, done }) => mergedRow(item, done, look)), total: merged.length };
  },
};

function ofAll(look: Look, which: 'working' | 'waiting'): StandingItem[] {
  return [...look.needs().overviews.values()].flatMap((overview) => overview[which]);
}

function needRow(one: StandingItem, look: Look): Markup {
  const { item, step } = one;
  const { reader, reads } = look;
  const holder = step.reason.kind === 'asks-people' ? step.reason.request.agent : null;
  const behind = behindWords(item.project, waitsBehind(item, look), holder, reader);
  const since = step.reason.kind === 'asks-people' ? step.reason.request.openedAt : reads.arrivedAt(item);
  return html`<li class="row need" id="need-${item.project}-${item.number}">
    <p class="head">
      <span class="sign ${signClass(one)}">${stepSign(step)} ${needLabel(one)}</span> ${itemLink(item, look)}
      ${marks(item)}${since !== null && age(since, look)}
    </p>
    <p class="why">
      ${inlines(sentenceOf(stepWords(item, step, reader)))}${step.reason.kind === 'asks-people' && html` ${inlines(expiryWords(step.reason.request, reader))}`}
    </p>
    ${behind !== '' && html`<p class="behind">${behind}</p>`} ${itemButtons(one, look)}
  </li>`;
}

function needLabel({ step: { reason } }: StandingItem): string {
  switch (reason.kind) {
    case 'asks-people':
      return reason.request.ask.kind === 'permission' ? 'permission' : 'question';
    case 'review':
    case 'held-for-review':
      return 'review';
    case 'blocked':
      return 'blocked';
    case 'stopped':
      return 'stopped';
    default:
      return 'needs a fix';
  }
}

function signClass({ step }: StandingItem): string {
  return stepSign(step) === '✗' ? 'blocked' : 'needs';
}

/** Open items that depend on this one, directly or through others. */
function waitsBehind({ project, number }: WorkItem, { reads }: Look): ItemNumber[] {
  const found = new Set<ItemNumber>();
  const open = [number];
  for (let next = open.shift(); next !== undefined && found.size < MOST_BEHIND; next = open.shift()) {
    for (const dependent of reads.dependents(project, next)) {
      const item = found.has(dependent) ? null : reads.item(project, dependent);
      if (item === null || item.deletedAt !== null || item.stage.name === 'done' || item.stage.name === 'archived') continue;
      found.add(dependent);
      open.push(dependent);
    }
  }
  return [...found];
}

function workingRow(one: StandingItem, look: Look): Markup {
  const { item, run } = one;
  if (run === null) return waitingRow(one, look);
  const { reads } = look;
  const facts = look.facts(item.project);
  const spent = reads.spend.ofItem(item.project, item.number);
  const cap = itemBudget(reads, item, facts.settings.budget, facts.today.open()).caps.microUsd;
  const met = item.criteria.filter(({ checked }) => checked).length;
  return html`<li class="row card" id="work-${item.project}-${item.number}">
    <p class="head"><span class="sign running">… ${item.stage.name}</span> ${itemLink(item, look)} ${marks(item)}</p>
    ${stageTrack(item)}
    <dl class="facts">
      <div>
        <dt>Agent</dt>
        <dd>${run.agent}${run.state === 'running' ? '' : html` <span class="quiet">${runState(run)}</span>`}</dd>
      </div>
      <div>
        <dt>Time</dt>
        <dd>${age(run.startedAt ?? run.pendingAt, look)}</dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd>
          ${money(spent.microUsd)}${cap !== null && html` of ${money(cap)} <meter min="0" max="${cap}" high="${Math.round(cap * 0.8)}" value="${Math.min(cap, spent.microUsd)}" aria-label="cost"></meter>`}${cap === null && totalTokens(spent) > 0 && html`, ${tokens(totalTokens(spent))} tokens`}
        </dd>
      </div>
      ${
        item.criteria.length > 0 &&
        html`<div>
          <dt>Criteria</dt>
          <dd>${met} of ${item.criteria.length}</dd>
        </div>`
      }
    </dl>
    ${run.activity !== null && html`<p class="last"><bdi>${revealed(firstLine(run.activity, 120))}</bdi></p>`} ${itemButtons(one, look)}
  </li>`;
}

function waitingRow({ item, step }: StandingItem, look: Look): Markup {
  const { reader, reads } = look;
  const since = reads.arrivedAt(item);
  return html`<li class="row wait" id="wait-${item.project}-${item.number}">
    <p class="head">${itemLink(item, look)} ${marks(item)}${since !== null && age(since, look)}</p>
    <p class="why">${inlines(stepWords(item, step, reader))}</p>
  </li>`;
}

function mergedRow(
  item: WorkItem,
  { mergedAt, mergeCommit }: { readonly mergedAt: number; readonly mergeCommit: string },
  look: Look,
): Markup {
  const { reader } = look;
  return html`<li class="row merged" id="merged-${item.project}-${item.number}">
    <p class="head">
      <span class="sign merged">✓ merged</span> ${itemLink(item, look)}
      <span class="age">${inlines([moment(mergedAt, reader.now, reader.timezone)])}</span>
    </p>
    <p class="why"><code>${shortCommit(mergeCommit)}</code></p>
  </li>`;
}

/** How to begin where nothing runs: the first item of a backlog that can be started, for those who may start it. */
function beginning(look: Look): Markup {
  for (const { name } of look.projects) {
    const first = look.reads.inStage(name, 'backlog', ROWS).find((item) => {
      const { reason } = decide(look.reads, item, look.facts(name));
      return reason.kind === 'not-started' && reason.unmet.length === 0;
    });
    if (first === undefined) continue;
    const button = commandButton(look, action(startLabel(first, look.reader), `start ${first.project}#${first.number}`, 'primary'), name);
    if (button !== null) return html`<div class="actions">${button}</div>`;
  }
  return html``;
}

import { itemBudget } from '../../decide/budgets.ts';
import { decide } from '../../decide/facts.ts';
import { lastReport } from '../../decide/report.ts';
import { scopeOf } from '../../agents/sections.ts';
import { openRun } from '../../bot/of-item.ts';
import { action } from '../../message/build.ts';
import { revealed } from '../../message/reveal.ts';
import { visibleLine } from '../../message/sanitize.ts';
import { isSameFailure } from '../../pipeline/refused.ts';
import type { Failure, WorkItem } from '../../pipeline/types.ts';
import { faultWords } from '../../words/item/faults.ts';
import { FAILURE_WORDS, itemLabel, sentence, stageWords } from '../../words/item/item.ts';
import { outlook, stepSign } from '../../words/item/step.ts';
import { ITEM_WORDS } from '../../words/pages/item.ts';
import { money } from '../../words/amounts.ts';
import { duration, moment } from '../../words/time.ts';
import { html, type Markup } from '../html.ts';
import { commandButton } from '../frame/command.ts';
import { itemButtons, itemLink, itemUrl, marks, stageTrack } from '../frame/item-row.ts';
import { inlines } from '../frame/words.ts';
import type { Look, Shown } from '../view.ts';
import { loaded, preText, topicOf } from './pieces.ts';
import { saidPart } from './said.ts';
import { storyPart } from './story.ts';
import { workPart } from './work.ts';

/** All of an item on one page. Each part is fetched anew when something happens to the item. */
export function itemPage(look: Look, item: WorkItem): Shown {
  const again = (): WorkItem => look.reads.item(item.project, item.number) ?? item;
  const parts = new Map<string, () => Markup>([
    ['item-head', () => headPart(look, again())],
    ['item-text', () => textPart(look, again())],
    ['item-work', () => workPart(look, again())],
    ['item-said', () => saidPart(look, again())],
    ['item-story', () => storyPart(look, again())],
  ]);
  const part = (id: string): Markup => parts.get(id)?.() ?? html``;
  return {
    title: `${itemLabel(item, look.reader.current)} ${visibleLine(item.title)}`.trim(),
    parts,
    body: () =>
      html`<article class="item-page">
        ${part('item-head')}
        <div class="item-columns">
          <div>${part('item-text')} ${part('item-said')} ${part('item-story')}</div>
          <div>${part('item-work')} ${loaded('snapshots', `${itemUrl(item)}/snapshots`, 'Snapshots')}</div>
        </div>
      </article>`,
  };
}

function headPart(look: Look, item: WorkItem): Markup {
  const { reader, reads } = look;
  const step = decide(reads, item, look.facts(item.project));
  const since = reader.now - item.stageSince;
  const spent = reads.spend.ofItem(item.project, item.number);
  const facts = look.facts(item.project);
  const cap = itemBudget(reads, item, facts.settings.budget, facts.today.open()).caps.microUsd;
  const met = item.criteria.filter(({ checked }) => checked).length;
  const run = openRun(reads, item);
  const sign = stepSign(step);
  const kind = sign === '✗' ? 'blocked' : sign === '!' ? 'needs' : sign === '✓' ? 'merged' : 'running';
  // What it waits for is mostly another item of the project.
  return html`<header id="item-head" class="item-head" data-live="${topicOf(item)} project:${item.project}">
    <p class="crumbs"><a href="/board/${encodeURIComponent(item.project)}">${item.project}</a> · ${item.type} · ${itemLabel(item, '')}</p>
    <div class="item-title">
      <h1><bdi>${visibleLine(item.title) || itemLabel(item, reader.current)}</bdi></h1>
      ${editLink(look, item, 'title')}
    </div>
    <p class="head">
      <span class="sign ${kind}">${sign} ${item.deletedAt === null ? stageWords(item.stage) : 'deleted'}</span>
      ${marks(item)}
      <span class="age">${duration(since)}</span>
    </p>
    ${stageTrack(item)}
    <p class="why">${inlines(outlook(item, step, reader))}</p>
    ${itemButtons({ item, step, run }, look)}
    <dl class="facts">
      ${
        run !== null &&
        html`<div>
          <dt>Agent</dt>
          <dd><a href="${itemUrl(item)}/run/${run.run}">${run.agent}</a></dd>
        </div>`
      }
      <div>
        <dt>Cost</dt>
        <dd>${money(spent.microUsd)}${cap !== null && ` of ${money(cap)}`}</dd>
      </div>
      ${
        item.criteria.length > 0 &&
        html`<div>
          <dt>Criteria</dt>
          <dd>${met} of ${item.criteria.length}</dd>
        </div>`
      }
      ${
        item.work !== null &&
        item.work.commitsAhead > 0 &&
        html`<div>
          <dt>Commits</dt>
          <dd><a href="${itemUrl(item)}/diff">${item.work.commitsAhead}</a></dd>
        </div>`
      }
      <div>
        <dt>Created</dt>
        <dd>
          ${inlines([moment(item.createdAt, reader.now, reader.timezone)])}${item.createdBy !== '' && ` by ${reader.nameOf(item.createdBy)}`}
        </dd>
      </div>
    </dl>
  </header>`;
}

/** A link that opens the form of a field in place, for those who may send it. */
function editLink(look: Look, item: WorkItem, field: 'title' | 'description' | 'criteria'): Markup | null {
  if (item.deletedAt !== null || !look.may('edit', item.project)) return null;
  return html`<a class="edit" href="${itemUrl(item)}/edit/${field}" data-load="edit-${field}" aria-label="Edit ${field}">Edit</a>
    <div id="edit-${field}" class="edit-place" hx-morph-skip></div>`;
}

function textPart(look: Look, item: WorkItem): Markup {
  const { description, outOfScope } = scopeOf(item.description);
  const dependents = look.reads.dependents(item.project, item.number);
  const report = lastReport(look.reads, item);
  return html`<div id="item-text" class="stack" data-live="${topicOf(item)}">
    ${failuresOf(item, look)}
    ${
      report !== null &&
      html`<section>
        <h2>Report</h2>
        <p class="quiet">${report.agent}, run ${report.run}</p>
        ${preText(report.report ?? '', 'prose')}
      </section>`
    }
    <section>
      <h2>Description ${editLink(look, item, 'description')}</h2>
      ${description === '' ? html`<p class="empty">${ITEM_WORDS.noDescription}</p>` : preText(description, 'prose')}
      ${
        outOfScope !== '' &&
        html`<h3>Out of scope</h3>
          ${preText(outOfScope, 'prose')}`
      }
    </section>
    <section>
      <h2>Criteria ${editLink(look, item, 'criteria')}</h2>
      ${
        item.criteria.length === 0
          ? html`<p class="empty">${ITEM_WORDS.noCriteria}</p>`
          : html`<ol class="criteria">
              ${item.criteria.map((one, index) => criterion(look, item, one, index + 1))}
            </ol>`
      }
    </section>
    ${
      (item.dependsOn.length > 0 || dependents.length > 0) &&
      html`<section>
        <h2>Dependencies</h2>
        ${
          item.dependsOn.length > 0 &&
          html`<h3>Waits for</h3>
            ${linksTo(look, item.project, item.dependsOn)}`
        }
        ${
          dependents.length > 0 &&
          html`<h3>Needed by</h3>
            ${linksTo(look, item.project, dependents)}`
        }
      </section>`
    }
  </div>`;
}

function criterion(look: Look, item: WorkItem, { text, checked }: WorkItem['criteria'][number], n: number): Markup {
  const typed = `check ${item.project}#${item.number} ${n}${checked ? ' --off' : ''}`;
  const button = item.deletedAt === null ? commandButton(look, action(checked ? '☑' : '☐', typed), item.project) : null;
  return html`<li class="${checked ? 'met' : ''}">
    <span class="tick" aria-label="${checked ? 'met' : 'open'}">${button ?? (checked ? '☑' : '☐')}</span> <bdi>${visibleLine(text)}</bdi>
  </li>`;
}

/** Of so many others a list is made. */
const MOST_LINKS = 50;

function linksTo(look: Look, project: string, numbers: readonly number[]): Markup {
  const shown = numbers.slice(0, MOST_LINKS).flatMap((number) => look.reads.item(project, number) ?? []);
  return html`<ul class="links">
    ${shown.map(
      (other) =>
        html`<li>
          ${itemLink(other, look)} <span class="quiet">${other.deletedAt === null ? stageWords(other.stage) : 'deleted'}</span>
        </li>`,
    )}
    ${numbers.length > MOST_LINKS && html`<li class="quiet">${numbers.length - MOST_LINKS} more</li>`}
  </ul>`;
}

/** The last failure, and the reason for which its work was rejected before that. */
function failuresOf({ failure, refused }: WorkItem, look: Look): Markup {
  const rejected = refused?.why ?? null;
  return html`${failure !== null && failureOf('Last failure', failure, look)}${
    rejected !== null && !isSameFailure(rejected, failure) && failureOf('Rejected before', rejected, look)
  }`;
}

function failureOf(title: string, { cause, summary, evidence }: Failure, { reader }: Look): Markup {
  const what = faultWords(summary, reader.nameOf);
  return html`<section class="failure">
    <h2>${title}</h2>
    <p>${revealed(sentence(`${FAILURE_WORDS[cause]}: ${what}`))}</p>
    ${
      evidence.trim() !== '' &&
      evidence.trim() !== what &&
      html`<details>
        <summary>Evidence</summary>
        ${preText(evidence)}
      </details>`
    }
  </section>`;
}

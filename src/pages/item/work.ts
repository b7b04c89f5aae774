import type { LoggedReceipt } from '../../log/reads/reads.ts';
import type { Run } from '../../log/projections/run.ts';
import { revealed } from '../../message/reveal.ts';
import { addUsage, NO_USAGE, totalTokens, type Usage } from '../../pipeline/usage.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { money, tokens } from '../../words/amounts.ts';
import { exitWords, short } from '../../words/item/event.ts';
import { runState, runTime } from '../../words/item/run.ts';
import { ITEM_WORDS } from '../../words/pages/item.ts';
import { duration, moment } from '../../words/time.ts';
import { html, type Markup } from '../html.ts';
import { itemUrl } from '../frame/item-row.ts';
import { inlines } from '../frame/words.ts';
import type { Look } from '../view.ts';
import { preText, topicOf } from './pieces.ts';

/** Runs and receipts shown, the latest ones. */
const MOST = 30;

/** What agents and gates did with an item, and what it cost. */
export function workPart(look: Look, item: WorkItem): Markup {
  const runs = look.reads.runs(item.project, item.number);
  const receipts = look.reads.receipts(item.project, item.number);
  return html`<div id="item-work" class="stack" data-live="${topicOf(item)}">
    <section>
      <h2>Runs ${runs.length > 0 && html`<span class="count">${runs.length}</span>`}</h2>
      ${
        runs.length === 0
          ? html`<p class="empty">${ITEM_WORDS.noRuns}</p>`
          : html`<ul class="runs">
              ${runs
                .slice(-MOST)
                .toReversed()
                .map((run) => runRow(look, item, run))}
            </ul>`
      }
    </section>
    ${
      receipts.length > 0 &&
      html`<section>
        <h2>Gates <span class="count">${receipts.length}</span></h2>
        <ul class="runs">
          ${receipts
            .slice(-MOST)
            .toReversed()
            .map((receipt) => receiptRow(look, receipt))}
        </ul>
      </section>`
    }
    ${runs.length > 0 && costs(runs)}
  </div>`;
}

function runRow({ reader }: Look, item: WorkItem, run: Run): Markup {
  const tone = run.state !== 'ended' ? 'running' : run.reason === 'finished' ? 'merged' : run.reason === 'stopped' ? '' : 'blocked';
  const said = run.verdictReason ?? run.closing ?? '';
  return html`<li class="run" id="run-${run.run}">
    <p class="head">
      <a href="${itemUrl(item)}/run/${run.run}">Run ${run.run}</a> <span class="sign ${tone}">${runState(run)}</span>
      <span class="age">${duration(runTime(run, reader.now))}</span>
    </p>
    <p class="quiet">
      ${run.agent} · ${run.stage}${run.model !== null && ` · ${run.model}`} · ${money(run.usage.microUsd)} ·
      ${tokens(totalTokens(run.usage))} tokens
    </p>
    ${run.state !== 'ended' && run.activity !== null && html`<p class="last"><bdi>${revealed(run.activity)}</bdi></p>`}
    ${
      said !== '' &&
      html`<details>
        <summary>${run.verdict === null ? 'Said at its end' : run.verdict === 'approve' ? 'Approved' : 'Rejected'}</summary>
        ${preText(said, 'prose')}
      </details>`
    }
  </li>`;
}

function receiptRow({ reader }: Look, receipt: LoggedReceipt): Markup {
  const passed = receipt.exitCode === 0 && !receipt.timedOut;
  return html`<li class="run" id="receipt-${receipt.seq}">
    <p class="head">
      <span class="sign ${passed ? 'merged' : 'blocked'}">${passed ? '✓' : '✗'} <bdi>${revealed(receipt.gate)}</bdi></span>
      <span class="quiet">${exitWords(receipt)} · ${receipt.where === 'merged' ? 'merged tree' : 'branch'} ${short(receipt.commit)}</span>
      <span class="age">${duration(receipt.durationMs)}</span>
    </p>
    <details>
      <summary>Output, ${inlines([moment(receipt.at, reader.now, reader.timezone)])}</summary>
      <p><code>${revealed(receipt.command)}</code></p>
      ${receipt.outputTail === '' ? html`<p class="quiet">No output</p>` : preText(receipt.outputTail)}
    </details>
  </li>`;
}

/** What each run and each model cost. */
function costs(runs: readonly Run[]): Markup {
  const models = new Map<string, Usage>();
  for (const { model, usage } of runs) models.set(model ?? 'unknown', addUsage(models.get(model ?? 'unknown') ?? NO_USAGE, usage));
  const all = runs.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE);
  if (totalTokens(all) === 0 && all.microUsd === 0) return html``;
  const row = (name: string, usage: Usage): Markup =>
    html`<tr>
      <th scope="row">${name}</th>
      <td class="number">${tokens(totalTokens(usage))}</td>
      <td class="number">${money(usage.microUsd)}</td>
    </tr>`;
  return html`<section>
    <h2>Cost</h2>
    <div class="table" tabindex="0" role="region" aria-label="Cost">
      <table>
        <thead>
          <tr>
            <th scope="col">By</th>
            <th scope="col" class="number">Tokens</th>
            <th scope="col" class="number">Cost</th>
          </tr>
        </thead>
        <tbody>
          ${[...models].map(([name, usage]) => row(revealed(name), usage))}${runs.length > 1 && runs.slice(-MOST).map((run) => row(`Run ${run.run}`, run.usage))}${row('Together', all)}
        </tbody>
      </table>
    </div>
  </section>`;
}

import { lastFailure, readTranscript, type Entry, type Place, type TranscriptPage } from '../../../agents/transcript-page.ts';
import type { Run } from '../../../log/projections/run.ts';
import type { WorkItem } from '../../../pipeline/types.ts';
import { totalTokens } from '../../../pipeline/usage.ts';
import { faultWords } from '../../../words/item/faults.ts';
import { itemLabel } from '../../../words/item/item.ts';
import { runState, runTime } from '../../../words/item/run.ts';
import { ITEM_WORDS, runTitle } from '../../../words/pages/item.ts';
import { money, tokens } from '../../../words/amounts.ts';
import { duration } from '../../../words/time.ts';
import { revealed } from '../../../message/reveal.ts';
import { html, type Markup } from '../../html.ts';
import { itemLink, itemUrl } from '../../frame/item-row.ts';
import type { Look, Shown } from '../../view.ts';
import { preText, topicOf } from '../pieces.ts';

/** Of a text in a transcript, more than this many lines or units are folded. */
const LONG = { units: 1_200, lines: 16 } as const;

/**
 * `/item/PROJECT/N/run/K`: what an agent said and did, by parts: the end, or by `?before=` and `?after=` (bytes of the output), or around
 * the last failure (`?at=failure`). `?part=tail&after=`: what is new since.
 */
export async function runPage(look: Look, item: WorkItem, number: string): Promise<Shown | null> {
  const run = /^[1-9]\d{0,8}$/.test(number) ? look.reads.run(item.project, item.number, Number(number)) : null;
  // What a purge took away is not read from a file that may still be there.
  if (run === null || item.deletedAt !== null) return null;
  const { parts, request } = look;
  const dir = parts.runDir(item.project, item.number, run.run);
  const redact = (text: string): string => parts.log.redacted(text);
  const failure = request.query.get('at') === 'failure' ? await lastFailure(dir, redact) : null;
  const place = failure === null ? placeIn(request.query, run) : { after: failure.at };
  const page = request.part === 'run-head' ? null : await readTranscript(dir, place, redact);
  const noFailure = request.query.get('at') === 'failure' && failure === null;
  const transcript = (): Markup => html`<div id="transcript">${page !== null && entriesOf(look, item, run, page, place)}</div>`;
  const tail = (): Markup => html`${page !== null && tailOf(look, item, run, page)}`;
  return {
    title: `${runTitle(run)} · ${itemLabel(item, look.reader.current)}`,
    parts: new Map([
      ['run-head', () => headPart(look, item, look.reads.run(item.project, item.number, run.run) ?? run)],
      ['transcript', transcript],
      ['tail', tail],
    ]),
    body: () => html`${headPart(look, item, run)} ${noFailure && html`<p class="empty">${ITEM_WORDS.noFailure}</p>`} ${transcript()}`,
  };
}

function placeIn(query: URLSearchParams, run: Run): Place {
  const bytes = (name: string): number | null => {
    const typed = query.get(name) ?? '';
    return /^\d{1,15}$/.test(typed) ? Number(typed) : null;
  };
  const [before, after] = [bytes('before'), bytes('after')];
  if (before !== null) return { before };
  return after === null ? { at: 'end', ended: run.state === 'ended' } : { after };
}

function headPart({ reader, reads }: Look, item: WorkItem, run: Run): Markup {
  const url = `${itemUrl(item)}/run`;
  const others = [run.run - 1, run.run + 1].map((n) => (n < 1 ? null : reads.run(item.project, item.number, n)));
  const tone = run.state !== 'ended' ? 'running' : run.reason === 'finished' ? 'merged' : 'blocked';
  return html`<header id="run-head" class="item-head" data-live="${topicOf(item)}">
    <h1>Run ${run.run} of ${itemLinkOf(item, reader)}</h1>
    <p class="head"><span class="sign ${tone}">${runState(run)}</span> <span class="age">${duration(runTime(run, reader.now))}</span></p>
    <p class="quiet">
      ${run.agent} · ${run.role} · ${run.stage}${run.model !== null && ` · ${run.model}`} · ${money(run.usage.microUsd)} ·
      ${tokens(totalTokens(run.usage))} tokens
    </p>
    ${run.summary !== null && faultWords(run.summary, reader.nameOf) !== '' && html`<p class="why">${revealed(faultWords(run.summary, reader.nameOf))}</p>`}
    <div class="actions">
      ${(others[0] ?? null) !== null && html`<a class="button" href="${url}/${run.run - 1}">Earlier run</a>`}
      ${(others[1] ?? null) !== null && html`<a class="button" href="${url}/${run.run + 1}">Later run</a>`}
      <a class="button" href="${url}/${run.run}?at=failure">Last failure</a>
      ${run.state !== 'ended' && html`<label class="follow"><input type="checkbox" data-follow checked /> Follow</label>`}
    </div>
  </header>`;
}

function itemLinkOf(item: WorkItem, reader: Look['reader']): Markup {
  return itemLink(item, { reader });
}

function entriesOf(look: Look, item: WorkItem, run: Run, page: TranscriptPage, place: Place): Markup {
  const url = `${itemUrl(item)}/run/${run.run}`;
  const empty = page.size === 0 && page.complaints.length === 0;
  if (empty && run.state === 'ended') return html`<p class="empty">${ITEM_WORDS.outputGone}</p>`;
  const isPart = page.to < page.size && 'before' in place;
  return html`${page.from > 0 && html`<p class="more"><a href="${url}?before=${page.from}">Earlier</a></p>`}
    ${empty && html`<p class="empty">${ITEM_WORDS.noOutput}</p>`}
    <ol class="transcript" aria-label="Transcript">
      ${page.entries.map(entry)}
    </ol>
    ${isPart ? html`<p class="more"><a href="${url}?after=${page.to}">Later</a></p>` : tailOf(look, item, run, { ...page, entries: [] })}`;
}

/** The end of what is shown: what came since, and where the next look begins. A script asks for it again and again while the run continues. */
function tailOf(_look: Look, item: WorkItem, run: Run, page: TranscriptPage): Markup {
  const url = `${itemUrl(item)}/run/${run.run}`;
  const more = page.to < page.size;
  return html`<div id="tail" data-after="${page.to}" ${run.state !== 'ended' && html` data-goes-on`}>
    ${
      page.entries.length > 0 &&
      html`<ol class="transcript">
        ${page.entries.map(entry)}
      </ol>`
    }
    ${more && html`<p class="more"><a href="${url}?after=${page.to}">Later</a></p>`}
    ${
      !more &&
      page.complaints.length > 0 &&
      html`<details class="complaints">
        <summary>Error output</summary>
        ${preText(page.complaints.join('\n'))}
      </details>`
    }
  </div>`;
}

const SIGNS: { readonly [K in Entry['kind']]: string } = { said: '', call: '▸', answer: '↳', note: '·', end: '■' };

function entry({ at, kind, text, whole, failed }: Entry): Markup {
  const sign = failed ? '✗' : SIGNS[kind];
  const tone = `${kind}${failed ? ' failed' : ''}`;
  const body = whole ?? text;
  const long = body.length > LONG.units || body.split('\n').length > LONG.lines;
  if (kind === 'said' && !long) return html`<li id="at-${at}" class="${tone}">${preText(body, 'prose')}</li>`;
  if (whole === null) return html`<li id="at-${at}" class="${tone}"><span class="lead">${sign}</span> ${revealed(text)}</li>`;
  return html`<li id="at-${at}" class="${tone}">
    <details>
      <summary>${(failed || kind === 'answer') && html`<span class="lead">${sign}</span>`} ${revealed(text)}</summary>
      ${preText(whole, kind === 'said' || kind === 'end' ? 'prose' : 'output')}
    </details>
  </li>`;
}

import { action } from '../../message/build.ts';
import type { Told } from '../../pipeline/told/told.ts';
import type { LoggedComment } from '../../log/reads/reads.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { fileWords } from '../../words/files/files.ts';
import { byAt } from '../../words/pages/item.ts';
import { moment } from '../../words/time.ts';
import { html, type Markup } from '../html.ts';
import { commandButtons } from '../frame/command.ts';
import { inlines } from '../frame/words.ts';
import type { Look } from '../view.ts';
import { preText, topicOf } from './pieces.ts';

/** Comments and words to agents that are shown, the latest. */
const MOST = 40;

/** What people said of an item to each other and to its agents, in the order in which they said it, and the way to say more. */
export function saidPart(look: Look, item: WorkItem): Markup {
  const comments = look.reads.comments(item.project, item.number, MOST);
  const said = [
    ...comments.map((one) => ({ at: one.at, row: comment(look, one) })),
    ...(item.told ?? []).map((one) => ({ at: one.at, row: told(look, one) })),
  ].toSorted((a, b) => a.at - b.at);
  const files = look.reads.files.of(item.project, item.number);
  const name = `${item.project}#${item.number}`;
  const isOver = item.deletedAt !== null || item.stage.name === 'done';
  const buttons = [
    { ...action('Comment', `comment ${name}`), asks: { title: 'Comment', label: 'For people; agents do not read it' } },
    ...(isOver ? [] : [{ ...action('Tell the agent', `tell ${name}`), asks: { title: 'Tell', label: 'What should the agent know?' } }]),
  ];
  return html`<section id="item-said" data-live="${topicOf(item)}">
    <h2>Talk</h2>
    ${
      said.length > 0 &&
      html`<ol class="said">
        ${said.slice(-MOST).map(({ row }) => row)}
      </ol>`
    }
    ${
      files.length > 0 &&
      html`<h3>Files</h3>
        <ul class="files-sent">
          ${files.slice(-MOST).map((one) => html`<li>${inlines(fileWords(one, look.reader))}</li>`)}
        </ul>`
    }
    ${item.deletedAt === null && commandButtons(look, buttons, item.project)}
  </section>`;
}

function comment({ reader }: Look, { by, at, text }: LoggedComment): Markup {
  return html`<li>
    <p class="by">${inlines(byAt(by, at, reader))}</p>
    ${preText(text, 'prose')}
  </li>`;
}

function told({ reader }: Look, { by, at, text, read }: Told): Markup {
  const seen =
    read === undefined
      ? html`<span class="mark">not read yet</span>`
      : html`<span class="mark">read by ${read.agent} ${inlines([moment(read.at, reader.now, reader.timezone)])}</span>`;
  return html`<li class="told">
    <p class="by">${inlines(byAt(by, at, reader))} to the agent ${seen}</p>
    ${preText(text, 'prose')}
  </li>`;
}

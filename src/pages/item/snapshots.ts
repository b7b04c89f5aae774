import { action } from '../../message/build.ts';
import { revealed } from '../../message/reveal.ts';
import type { DescribedSnapshot } from '../../git/worktree/restore.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { counted } from '../../words/amounts.ts';
import { firstLine, itemLabel } from '../../words/item/item.ts';
import { ITEM_WORDS } from '../../words/pages/item.ts';
import { moment } from '../../words/time.ts';
import { html, type Markup } from '../html.ts';
import { commandButton } from '../frame/command.ts';
import { itemLink } from '../frame/item-row.ts';
import { inlines } from '../frame/words.ts';
import type { Look, Shown } from '../view.ts';

/** Snapshots that are listed, the newest. */
const MOST = 20;

/** `/item/PROJECT/N/snapshots`: what Musher kept of an item's work, each to be restored. */
export async function snapshotsPage(look: Look, item: WorkItem): Promise<Shown | null> {
  const project = look.project(item.project);
  if (project === null) return null;
  const branch = item.deletedAt === null ? (item.work?.branch ?? null) : null;
  const { all, newest } = await project.git.describeSnapshots({ number: item.number, branch }, MOST);
  const list = (): Markup =>
    html`<div id="snapshots">
      ${
        all === 0
          ? html`<p class="empty">${ITEM_WORDS.noSnapshots}</p>`
          : html`<ul class="runs">
              ${newest.toReversed().map((kept) => row(look, item, kept))}
            </ul>`
      }
      ${all > newest.length && html`<p class="more">${all - newest.length} earlier</p>`}
    </div>`;
  return {
    title: `Snapshots of ${itemLabel(item, look.reader.current)}`,
    parts: new Map([['snapshots', list]]),
    body: () =>
      html`<h1>Snapshots of ${itemLink(item, look)}</h1>
        ${list()}`,
  };
}

function row(look: Look, item: WorkItem, { n, at, why, files, added, removed, sameAsBranch }: DescribedSnapshot): Markup {
  const { reader } = look;
  const restore = commandButton(look, action('Restore', `restore ${item.project}#${item.number} ${n}`), item.project);
  return html`<li class="run">
    <p class="head">
      <strong>${n}</strong> ${inlines([moment(at, reader.now, reader.timezone)])}
      <span class="quiet">${counted(files, 'file')}, <ins>+${added}</ins> <del>−${removed}</del></span>
      ${sameAsBranch === true && html`<span class="mark">as the branch</span>`}
    </p>
    <p>${revealed(firstLine(why, 120))}</p>
    ${restore !== null && html`<div class="actions">${restore}</div>`}
  </li>`;
}

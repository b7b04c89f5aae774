import type { FileChange } from '../../../git/changes/changed-files.ts';
import type { FilePatch } from '../../../git/changes/patch.ts';
import { isResumable } from '../../../pipeline/moves.ts';
import type { WorkItem } from '../../../pipeline/types.ts';
import { revealed } from '../../../message/reveal.ts';
import { aboutLine, ITEM_WORDS } from '../../../words/pages/item.ts';
import { html, type Markup } from '../../html.ts';
import type { Look } from '../../view.ts';

/** UTF-16 units of a line that a comment repeats. */
const QUOTED = 200;

/** Whether this person may say something of a line. */
export function maySay(look: Look, item: WorkItem): boolean {
  return ['comment', 'tell', 'reject'].some((word) => look.may(word, item.project));
}

/** The form for words about a line: `?line=after:12` of a file's page. Null: no such line in the change, or nothing may be said. */
export function commentForm(look: Look, item: WorkItem, file: FileChange, patch: FilePatch | null): Markup | null {
  const [, side, typed] = /^(before|after):(\d{1,9})$/.exec(look.request.query.get('line') ?? '') ?? [];
  const number = Number(typed);
  const line = patch?.hunks
    .flatMap((hunk) => hunk.lines)
    .find((one) => (side === 'before' ? one.kind === 'removed' && one.before === number : side === 'after' && one.after === number));
  const buttons = line === undefined ? [] : buttonsFor(look, item);
  if (line === undefined || buttons.length === 0) return null;
  const quoted = revealed(line.text.replace(/\r$/, '').replaceAll('\t', '  ').slice(0, QUOTED).toWellFormed());
  const path = revealed(side === 'before' ? (file.from ?? file.path) : file.path);
  const about = aboutLine(path, number, side === 'before' ? 'before' : 'after', quoted);
  return html`<form id="comment" method="post" action="/do" class="do comment-form">
    <input type="hidden" name="csrf" value="${look.viewer.csrf}" />
    <label
      >Line ${number}<textarea name="text" rows="6" required data-draft="line ${item.project} ${item.number} ${path} ${side} ${number}">
${about}</textarea>
    </label>
    ${buttons.length > 1 && html`<p class="quiet">${ITEM_WORDS.tellHint}</p>`}
    <div class="actions">
      ${buttons.map(({ label, command, style }) => html`<button name="command" value="${command}" class="${style}">${label}</button>`)}
    </div>
  </form>`;
}

interface Said {
  readonly label: string;
  readonly command: string;
  readonly style: 'primary' | 'plain' | 'danger';
}

/** Ways to say it that this person has and that fit where the item is. */
function buttonsFor(look: Look, { project, number, stage }: WorkItem): Said[] {
  const name = `${project}#${number}`;
  const works = stage.name !== 'done' && (stage.name !== 'archived' || isResumable(stage));
  const reviewed = stage.name === 'qa' || stage.name === 'merge' || (stage.name === 'archived' && stage.reason.kind === 'reviewHeld');
  const all: readonly (Said & { readonly fits: boolean })[] = [
    { label: 'Tell', command: `tell ${name}`, style: 'primary', fits: works },
    { label: 'Comment', command: `comment ${name}`, style: 'plain', fits: true },
    { label: 'Reject', command: `reject ${name}`, style: 'danger', fits: reviewed },
  ];
  return all.filter(({ fits, command }) => fits && look.may(command, project));
}

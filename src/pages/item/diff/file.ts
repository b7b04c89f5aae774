import type { FileChange } from '../../../git/changes/changed-files.ts';
import type { FilePatch, Hunk, PatchLine } from '../../../git/changes/patch.ts';
import { bytes } from '../../../words/amounts.ts';
import { ITEM_WORDS } from '../../../words/pages/item.ts';
import { revealed } from '../../../message/reveal.ts';
import { html, type Markup } from '../../html.ts';
import { shownText } from '../pieces.ts';
import { changedWithin, type Within } from './changed-within.ts';
import { highlight, languageOf, type Open } from './highlight.ts';

/** How the lines of a file are shown. `lineUrl`: where a comment on a line begins; null: this person may say nothing. */
export interface How {
  readonly split: boolean;
  readonly lineUrl: ((path: string, side: Side, line: number) => string) | null;
}

export type Side = 'before' | 'after';

/** UTF-16 units of a line that are shown. */
const LONGEST = 2_000;

/** The lines of a file with what changed in them. */
export function fileLines(change: FileChange, patch: FilePatch | null, how: How): Markup {
  const { lines, bytes: sizes, path } = change;
  if (lines === null) return html`<p class="quiet note">${ITEM_WORDS.fileBinary} ${sizesOf(sizes)}</p>`;
  const hunks = patch?.hunks ?? [];
  if (hunks.length === 0) return html`<p class="quiet note">${patch?.cut === true ? ITEM_WORDS.patchCut : ITEM_WORDS.fileUnchanged}</p>`;
  const language = languageOf(path);
  const columns = how.split ? 4 : 3;
  return html`<div class="lines" tabindex="0" role="region" aria-label="${revealed(path)}">
      <table class="diff ${how.split ? 'split' : 'unified'}">
        ${
          how.split &&
          html`<colgroup>
            <col class="n" />
            <col />
            <col class="n" />
            <col />
          </colgroup>`
        }
        ${hunks.map(
          (hunk) =>
            html`<tbody>
              <tr class="place">
                <td colspan="${columns}">Line ${Math.max(hunk.after, hunk.before)} <span>${revealed(hunk.place)}</span></td>
              </tr>
              ${how.split ? splitRows(hunk, language, path, how) : unifiedRows(hunk, language, path, how)}
            </tbody>`,
        )}
      </table>
    </div>
    ${patch?.cut === true && html`<p class="quiet note">${ITEM_WORDS.patchCut}</p>`}`;
}

function sizesOf(sizes: FileChange['bytes']): string {
  const known = [sizes?.before ?? null, sizes?.after ?? null].filter((one) => one !== null);
  return known.length === 0 ? '' : `(${known.map((one) => bytes(one)).join(' → ')})`;
}

type Language = ReturnType<typeof languageOf>;

/** Lines of one hunk with their colours: those before and after have each their own open comments and strings. */
function coloured(hunk: Hunk, language: Language): (line: PatchLine, within: Within | null) => Markup {
  const open: { before: Open; after: Open } = { before: null, after: null };
  return (line, within) => {
    const side = line.kind === 'removed' ? 'before' : 'after';
    const ends = line.text.endsWith('\r');
    const whole = ends ? line.text.slice(0, -1) : line.text;
    const shown = whole.length > LONGEST ? whole.slice(0, LONGEST).toWellFormed() : whole;
    const { pieces, open: next } = highlight(shown, language, open[side]);
    open[side] = next;
    if (line.kind === 'context') open.before = next;
    let at = 0;
    const spans = pieces.map(({ tone, text }) => {
      const begin = at;
      at += text.length;
      return marked(text, begin, within).map(([part, isMarked]) => span(part, tone, isMarked));
    });
    return html`${spans.flat()}${ends && html`<span class="hid">␍</span>`}${
      whole.length > LONGEST && html`<span class="quiet"> [… ${whole.length - LONGEST} ${ITEM_WORDS.lineCut}]</span>`
    }${line.unended && html`<span class="quiet"> no newline</span>`}`;
  };
}

/** A piece, cut where what changed begins and ends. */
function marked(text: string, begin: number, within: Within | null): [string, boolean][] {
  if (within === null) return [[text, false]];
  const from = Math.min(text.length, Math.max(0, within.from - begin));
  const to = Math.min(text.length, Math.max(from, within.to - begin));
  const parts: [string, boolean][] = [
    [text.slice(0, from), false],
    [text.slice(from, to), true],
    [text.slice(to), false],
  ];
  return parts.filter(([part]) => part !== '');
}

function span(text: string, tone: string, isMarked: boolean): Markup {
  const shown = withHidden(shownText(text));
  const toned = tone === 'plain' ? shown : html`<span class="${tone}">${shown}</span>`;
  return isMarked ? html`<mark>${toned}</mark>` : toned;
}

/** What was made visible stands out: nobody takes it for what the file says. */
function withHidden(text: string): Markup {
  if (!text.includes('<U+')) return html`${text}`;
  return html`${text.split(/(<U\+[0-9A-F]{4,6}>)/).map((part, index) => (index % 2 === 1 ? html`<span class="hid">${part}</span>` : html`${part}`))}`;
}

/** For each removed line the added one that replaces it, where as many of both follow each other. */
function pairs(lines: readonly PatchLine[]): ReadonlyMap<PatchLine, PatchLine> {
  const found = new Map<PatchLine, PatchLine>();
  for (let at = 0; at < lines.length;) {
    if (lines[at]?.kind !== 'removed') {
      at += 1;
      continue;
    }
    const removed = run(lines, at, 'removed');
    const added = run(lines, at + removed.length, 'added');
    if (removed.length === added.length)
      for (const [index, one] of removed.entries()) {
        const other = added[index];
        if (other === undefined) continue;
        found.set(one, other);
        found.set(other, one);
      }
    at += removed.length + added.length;
  }
  return found;
}

function run(lines: readonly PatchLine[], from: number, kind: PatchLine['kind']): PatchLine[] {
  const end = lines.findIndex((line, index) => index >= from && line.kind !== kind);
  return lines.slice(from, end === -1 ? lines.length : end);
}

function withinOf(line: PatchLine, others: ReadonlyMap<PatchLine, PatchLine>): Within | null {
  const other = others.get(line);
  if (other === undefined) return null;
  const [before, after] = line.kind === 'removed' ? [line, other] : [other, line];
  const found = changedWithin(before.text, after.text);
  return found === null ? null : line.kind === 'removed' ? found.before : found.after;
}

const SIGN: { readonly [K in PatchLine['kind']]: string } = { context: ' ', added: '+', removed: '-' };

function unifiedRows(hunk: Hunk, language: Language, path: string, how: How): readonly Markup[] {
  const others = pairs(hunk.lines);
  const code = coloured(hunk, language);
  return hunk.lines.map((line) => {
    const side = line.kind === 'removed' ? 'before' : 'after';
    return html`<tr class="${line.kind}">
      <td class="n">${numbered(line.before, path, side === 'before' ? 'before' : null, how)}</td>
      <td class="n">${numbered(line.after, path, side === 'after' ? 'after' : null, how)}</td>
      <td class="code">
        <code><span class="sign-of">${SIGN[line.kind]}</span>${code(line, withinOf(line, others))}</code>
      </td>
    </tr>`;
  });
}

function splitRows(hunk: Hunk, language: Language, path: string, how: How): readonly Markup[] {
  const others = pairs(hunk.lines);
  const code = coloured(hunk, language);
  const shown = new Map(hunk.lines.map((line) => [line, code(line, withinOf(line, others))]));
  const rows: Markup[] = [];
  const row = (before: PatchLine | undefined, after: PatchLine | undefined): void => {
    rows.push(
      html`<tr>
        ${cell(before, 'before', path, how, shown)}${cell(after, 'after', path, how, shown)}
      </tr>`,
    );
  };
  for (let at = 0; at < hunk.lines.length;) {
    const line = hunk.lines[at];
    if (line === undefined) break;
    if (line.kind === 'context') {
      row(line, line);
      at += 1;
      continue;
    }
    const removed = run(hunk.lines, at, 'removed');
    const added = run(hunk.lines, at + removed.length, 'added');
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) row(removed[index], added[index]);
    at += removed.length + added.length;
  }
  return rows;
}

function cell(line: PatchLine | undefined, side: Side, path: string, how: How, shown: ReadonlyMap<PatchLine, Markup>): Markup {
  if (line === undefined)
    return html`<td class="n"></td>
      <td class="code none"></td>`;
  const number = side === 'before' ? line.before : line.after;
  const linked = line.kind === 'context' && side === 'before' ? null : side;
  return html`<td class="n">${numbered(number, path, linked, how)}</td>
    <td class="code ${line.kind}"><code>${shown.get(line)}</code></td>`;
}

function numbered(number: number | null, path: string, side: Side | null, { lineUrl }: How): Markup {
  if (number === null) return html``;
  if (side === null || lineUrl === null) return html`${number}`;
  return html`<a href="${lineUrl(path, side, number)}" data-comment aria-label="Comment, line ${number}">${number}</a>`;
}

import type { Column, Inline } from './document.ts';
import { joinedLines, visibleLine } from './sanitize.ts';
import { spansOf } from './spans.ts';
import { displayWidth } from './width.ts';
import { lineText, wrap, type Line, type Span } from './wrap.ts';

/** Columns between two cells. */
const GAP = 2;
/** A column is never made narrower than this to make room for others. */
const NARROWEST = 8;

/**
 * A table as lines, with columns aligned by display width. If it is wider than `width`, the widest columns are
 * narrowed and their cells wrapped: nothing is cut.
 */
export function tableLines(columns: readonly Column[], rows: readonly (readonly (readonly Inline[])[])[], width: number): Line[] {
  const head: Span[][] = columns.map(({ title }) => [{ text: visibleLine(title), look: 'strong' }]);
  const body = rows.map((row) => columns.map((_, index) => oneLine(spansOf(row[index] ?? [], true))));
  const natural = columns.map((_, index) => Math.max(1, ...[head, ...body].map((row) => spansWidth(row[index] ?? []))));
  const room = width - GAP * (columns.length - 1);
  const words = columns.map((_, index) => Math.max(1, ...[head, ...body].map((row) => longestWord(row[index] ?? []))));
  const widths = narrowed(natural, words, room);
  const rule: Line = columns.flatMap((_, index) => [...gap(index), { text: '-'.repeat(widths[index] ?? 0), look: 'faint' as const }]);
  return [...rowLines(head, columns, widths), rule, ...body.flatMap((row) => rowLines(row, columns, widths))];
}

/** Whether a table takes no more than `width` columns as it is; `wrapped`: with its cells wrapped, but no word broken. */
export function tableFits(
  columns: readonly Column[],
  rows: readonly (readonly (readonly Inline[])[])[],
  width: number,
  wrapped: 'wrapped' | 'as it is' = 'as it is',
): boolean {
  const measure = wrapped === 'wrapped' ? longestWord : spansWidth;
  const widths = columns.map(({ title }, index) =>
    Math.max(
      1,
      ...[[{ text: visibleLine(title), look: 'strong' as const }], ...rows.map((row) => oneLine(spansOf(row[index] ?? [], true)))].map(
        measure,
      ),
    ),
  );
  return widths.reduce((sum, one) => sum + one, 0) + GAP * (columns.length - 1) <= width;
}

function rowLines(row: readonly (readonly Span[])[], columns: readonly Column[], widths: readonly number[]): Line[] {
  const cells = row.map((spans, index) => wrap(spans, widths[index] ?? 1));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, lineIndex) =>
    columns.flatMap(({ align }, index) => {
      const line = cells[index]?.[lineIndex] ?? [];
      const space: Span = { text: ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(lineText(line)))), look: 'plain' };
      return [...gap(index), ...(align === 'right' ? [space, ...line] : [...line, space])];
    }),
  );
}

/** Narrows the widest columns until all fit: first as far as no word is broken, then as far as a column may be. */
function narrowed(natural: readonly number[], words: readonly number[], room: number): number[] {
  const unbroken = narrowedTo(
    natural,
    words.map((longest) => Math.max(NARROWEST, longest)),
    room,
  );
  return narrowedTo(
    unbroken,
    words.map(() => NARROWEST),
    room,
  );
}

/** Takes columns from the widest of those that are wider than their least, from all of one width alike, until all fit. */
function narrowedTo(widths: readonly number[], least: readonly number[], room: number): number[] {
  const narrow = [...widths];
  let over = narrow.reduce((sum, one) => sum + one, 0) - room;
  while (over > 0) {
    const spare = narrow.flatMap((width, index) => (width > (least[index] ?? 0) ? [{ width, index, least: least[index] ?? 0 }] : []));
    const widest = Math.max(...spare.map(({ width }) => width));
    const group = spare.filter(({ width }) => width === widest);
    if (group.length === 0) break;
    const next = Math.max(...group.map((one) => one.least), ...spare.map(({ width }) => (width < widest ? width : 0)));
    const take = Math.max(1, Math.min(Math.floor(over / group.length), widest - next));
    for (const { index } of group) {
      if (over <= 0) break;
      const taken = Math.min(take, over);
      narrow[index] = widest - taken;
      over -= taken;
    }
  }
  return narrow;
}

function longestWord(spans: readonly Span[]): number {
  return Math.max(
    0,
    ...spans
      .map(({ text }) => text)
      .join('')
      .split(' ')
      .map((word) => displayWidth(word)),
  );
}

function oneLine(spans: readonly Span[]): Span[] {
  return spans.map(({ text, look }) => ({ text: joinedLines(text).replaceAll('\t', ' '), look }));
}

function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + displayWidth(text), 0);
}

function gap(index: number): Span[] {
  return index === 0 ? [] : [{ text: ' '.repeat(GAP), look: 'plain' }];
}

import type { Column, Inline } from './document.ts';
import { visibleLine } from './sanitize.ts';
import { spansOf } from './spans.ts';
import { displayWidth } from './width.ts';
import { lineText, wrap, type Line, type Span } from './wrap.ts';

/** Columns between two cells. */
const GAP = 2;
/** A column is never made narrower than this to make room for others. */
const NARROWEST = 8;

/**
 * A table as lines, its columns aligned by display width. Where it is wider than `width` the widest columns are
 * narrowed and their cells wrapped: nothing is cut.
 */
export function tableLines(columns: readonly Column[], rows: readonly (readonly (readonly Inline[])[])[], width: number): Line[] {
  const head: Span[][] = columns.map(({ title }) => [{ text: visibleLine(title), look: 'strong' }]);
  const body = rows.map((row) => columns.map((_, index) => oneLine(spansOf(row[index] ?? [], true))));
  const natural = columns.map((_, index) => Math.max(1, ...[head, ...body].map((row) => spansWidth(row[index] ?? []))));
  const widths = narrowed(natural, width - GAP * (columns.length - 1));
  const rule: Line = columns.flatMap((_, index) => [...gap(index), { text: '-'.repeat(widths[index] ?? 0), look: 'faint' as const }]);
  return [...rowLines(head, columns, widths), rule, ...body.flatMap((row) => rowLines(row, columns, widths))];
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

/** Takes columns from the widest, one at a time, until all fit or all are at their narrowest. */
function narrowed(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, one) => sum + one, 0) - room;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    const second = Math.max(NARROWEST, ...widths.filter((one) => one < widest));
    const take = Math.min(over, widest - second);
    widths[widths.indexOf(widest)] = widest - Math.max(1, take);
    over -= Math.max(1, take);
  }
  return widths;
}

function oneLine(spans: readonly Span[]): Span[] {
  return spans.map(({ text, look }) => ({ text: text.replaceAll(/\s*\n\s*|\t/g, ' '), look }));
}

function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + displayWidth(text), 0);
}

function gap(index: number): Span[] {
  return index === 0 ? [] : [{ text: ' '.repeat(GAP), look: 'plain' }];
}

import type { Block, Document } from './document.ts';
import { visible, visibleLine } from './sanitize.ts';
import { asList } from './phone.ts';
import { tableFits, tableLines } from './plain-table.ts';
import { span, spansOf } from './spans.ts';
import { displayWidth } from './width.ts';
import { after, wrap, type Line, type Look, type Span } from './wrap.ts';

/** How stretches of text look; the plain one changes nothing. */
export type Paint = (text: string, look: Look) => string;

export interface PlainOptions {
  /** Columns; lines of code may be longer. */
  readonly width: number;
  /** Left out: no colour. */
  readonly paint?: Paint;
}

/** Cells of a progress bar. */
const BAR_CELLS = 20;

/**
 * A document as plain text, without a line break at its end. All text goes through `visible`, so nothing in it reaches
 * a terminal as a control sequence.
 */
export function plainText(document: Document, options: PlainOptions): string {
  const paint: Paint = options.paint ?? ((text) => text);
  const lines: string[] = [];
  let before: Block | null = null;
  for (const block of document.blocks) {
    if (block.kind === 'image') continue;
    if (before !== null && apart(before, block)) lines.push('');
    for (const line of blockLines(block, Math.max(1, options.width))) lines.push(painted(line, paint));
    before = block;
  }
  return lines.join('\n');
}

function blockLines(block: Block, width: number): Line[] {
  switch (block.kind) {
    case 'paragraph':
      return wrap(spansOf(block.content), width);
    case 'heading':
      return wrap(
        spansOf(block.content).map(({ text, look }) => span(text, look === 'plain' ? 'strong' : look)),
        width,
      );
    case 'list':
      return block.items.flatMap((item, index) => hanging(block.ordered ? `${index + 1}. ` : '- ', spansOf(item), width));
    case 'table':
      // A word broken across lines of a narrow column can't be read, nor typed.
      return tableFits(block.columns, block.rows, width, 'wrapped')
        ? tableLines(block.columns, block.rows, width)
        : blockLines(asList(block), width);
    case 'code':
      return visible(block.text)
        .replaceAll('\t', '    ')
        .split('\n')
        .map((text) => [span(text === '' ? '' : `    ${text}`, 'code')]);
    case 'fields': {
      const names = block.fields.map(({ name }) => visibleLine(name));
      const indent = Math.min(Math.max(0, ...names.map(displayWidth)) + 2, Math.floor(width / 2));
      return block.fields.flatMap(({ value }, index) => field(names[index] ?? '', indent, spansOf(value, true), width));
    }
    case 'quote':
      return visible(block.text)
        .split('\n')
        .flatMap((text) => wrap([span(text)], width - 2))
        .map((line) => after(span('> ', 'faint'), line));
    case 'progress':
      return [[span(progressLine(block.label, block.done, block.of))]];
    case 'actions':
      // Short answers such as yes and no read best as one sentence.
      if (block.actions.every(({ label, typed }) => typed === label.toLowerCase()))
        return wrap(
          [
            span('Reply '),
            ...block.actions.flatMap(({ label }, index) => [
              span(index === 0 ? '' : ' or '),
              span(`\`${visibleLine(label.toLowerCase())}\``, 'code'),
            ]),
            span('.'),
          ],
          width,
        );
      return block.actions.flatMap(({ label, command, typed = command }) =>
        hanging('type: ', [span(visibleLine(typed), 'code'), span(`  (${visibleLine(label)})`, 'faint')], width),
      );
    case 'image':
      // The text beside it says the same.
      return [];
  }
}

/** Lines under a first line with a mark. */
function hanging(mark: string, spans: readonly Span[], width: number): Line[] {
  const indent = ' '.repeat(mark.length);
  return wrap(spans, width - mark.length).map((line, index) => after(span(index === 0 ? mark : indent), line));
}

function field(name: string, indent: number, value: readonly Span[], width: number): Line[] {
  const gap = indent - displayWidth(name);
  const lines = wrap(value, width - indent);
  const first: Line[] =
    gap >= 1 ? [[span(name, 'strong'), span(' '.repeat(gap)), ...(lines[0] ?? [])]] : wrap([span(name, 'strong')], width);
  const rest = gap >= 1 ? lines.slice(1) : lines;
  return [...first, ...rest.map((line) => after(span(' '.repeat(indent)), line))];
}

function progressLine(label: string, done: number, of: number): string {
  const share = of > 0 ? Math.min(1, Math.max(0, done / of)) : 0;
  const filled = Math.round(share * BAR_CELLS);
  return `${visibleLine(label)} [${'#'.repeat(filled)}${'-'.repeat(BAR_CELLS - filled)}] ${done}/${of} (${Math.floor(share * 100)} %)`.trimStart();
}

/** Blocks are separated by a blank line, except under a heading and within groups. */
function apart(before: Block, block: Block): boolean {
  if (before.kind === 'heading') return false;
  if (before.kind === 'paragraph' && (block.kind === 'list' || block.kind === 'code')) return false;
  return !(before.kind === block.kind && (block.kind === 'progress' || block.kind === 'fields' || block.kind === 'actions'));
}

function painted(line: Line, paint: Paint): string {
  return line
    .map(({ text, look }) => (look === 'plain' ? text : paint(text, look)))
    .join('')
    .trimEnd();
}

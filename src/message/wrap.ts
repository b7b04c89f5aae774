import { displayWidth, graphemes } from './width.ts';

/** A stretch of text that is shown in one way. */
export interface Span {
  readonly text: string;
  readonly look: Look;
}
export type Look = 'plain' | 'strong' | 'emphasis' | 'code' | 'faint';

/** One line of spans. */
export type Line = readonly Span[];

/**
 * Breaks spans into lines of at most `width` columns: at white space, at line breaks, and within a word only where it
 * is wider than a line. At least one line, which may be empty.
 */
export function wrap(spans: readonly Span[], width: number): Line[] {
  const room = Math.max(1, width);
  const lines: Span[][] = [[]];
  let used = 0;
  /** White space that is shown only when a word follows on the same line. */
  let gap: Span | null = null;
  const open = (): void => {
    lines.push([]);
    used = 0;
    gap = null;
  };
  const put = (text: string, look: Look, wide: number): void => {
    lines.at(-1)?.push({ text, look });
    used += wide;
  };
  /** Words without white space between them stay together: `strong` followed by a full stop does not break. */
  for (const word of glued(spans)) {
    if (word === 'break') {
      open();
      continue;
    }
    const wide = word.spans.reduce((sum, span) => sum + displayWidth(span.text), 0);
    if (word.space) {
      gap = word.spans[0] ?? null;
      continue;
    }
    const gapWidth: number = gap === null ? 0 : displayWidth(gap.text);
    if (used > 0 && used + gapWidth + wide > room) open();
    else if (gap !== null && gapWidth + wide <= room) put(gap.text, gap.look, gapWidth);
    gap = null;
    for (const span of word.spans) {
      if (displayWidth(span.text) <= room - used) {
        put(span.text, span.look, displayWidth(span.text));
        continue;
      }
      for (const grapheme of graphemes(span.text)) {
        const one = displayWidth(grapheme);
        if (used > 0 && used + one > room) open();
        put(grapheme, span.look, one);
      }
    }
  }
  return lines.map(merged);
}

/** A line with a span before it. */
export function after(first: Span, rest: Line): Line {
  return [first, ...rest];
}

/** The text of a line, without its looks. */
export function lineText(line: Line): string {
  return line.map(({ text }) => text).join('');
}

type Piece = { readonly space: boolean; readonly spans: Span[] } | 'break';

function glued(spans: readonly Span[]): Piece[] {
  const pieces: Piece[] = [];
  for (const { text, look } of spans) {
    for (const part of text.match(/\n|[^\S\n]+|\S+/g) ?? []) {
      if (part === '\n') {
        pieces.push('break');
        continue;
      }
      const space = /^\s/.test(part);
      const last = pieces.at(-1);
      if (last !== undefined && last !== 'break' && last.space === space) last.spans.push({ text: part, look });
      else pieces.push({ space, spans: [{ text: part, look }] });
    }
  }
  return pieces;
}

function merged(line: readonly Span[]): Line {
  const result: Span[] = [];
  for (const span of line) {
    const last = result.at(-1);
    if (last !== undefined && last.look === span.look) result[result.length - 1] = { text: last.text + span.text, look: last.look };
    else result.push(span);
  }
  return result;
}

import { visibleLine } from '../message/sanitize.ts';
import { graphemes } from '../message/width.ts';
import { widthsOf, type Face } from './font.ts';

/** In place of what the font has no picture of, such as an emoji or a Chinese character. DejaVu has this one. */
const UNKNOWN = '□';
const ELLIPSIS = '…';
/** Nothing is seen of these, and a font need not have them. */
const UNSEEN = /^[\p{Cf}\p{Mn}\p{Me}\u{fe00}-\u{fe0f}]$/u;
/** Longer texts are cut before anybody looks at each of their characters. */
const MOST_LOOKED_AT = 2_000;

/** The width of a text in px as `shown` gives it. */
export function textWidth(text: string, face: Face, size: number): number {
  return size * Array.from(text).reduce((sum, one) => sum + advance(one, face), 0);
}

/** A text from outside as one line that fits: control characters made visible, what the font lacks as boxes, cut with an ellipsis. */
export function shown(text: string, face: Face, size: number, width: number): string {
  // Runs of spaces mean something in code alone.
  const line = visibleLine(text.slice(0, MOST_LOOKED_AT).replaceAll('\t', face === 'mono' ? '    ' : ' '));
  const all = graphemes(face === 'mono' ? line : line.replaceAll(/\s+/g, ' ').trim()).map((one) => drawable(one, face));
  const room = width / size;
  let used = 0;
  /** How many fit together with an ellipsis behind them. */
  let kept = 0;
  for (const [index, one] of all.entries()) {
    used += Array.from(one).reduce((sum, point) => sum + advance(point, face), 0);
    if (used > room) return `${all.slice(0, kept).join('').trimEnd()}${ELLIPSIS}`;
    if (used + advance(ELLIPSIS, face) <= room) kept = index + 1;
  }
  return all.join('');
}

/** A path that fits: its end says more than its beginning. */
export function shownPath(path: string, face: Face, size: number, width: number): string {
  const whole = Array.from(shown(path, face, size, Number.MAX_SAFE_INTEGER));
  const room = width / size;
  let used = 0;
  /** Where the end begins that fits together with an ellipsis before it. */
  let from = whole.length;
  for (let at = whole.length - 1; at >= 0; at--) {
    used += advance(whole[at] ?? '', face);
    if (used > room) return ELLIPSIS + whole.slice(from).join('');
    if (used + advance(ELLIPSIS, face) <= room) from = at;
  }
  return whole.join('');
}

/** The lines of a text that fit below each other; the last one is cut. At words, and within one that is wider than a line. */
export function wrapped(text: string, face: Face, size: number, width: number, most: number): string[] {
  const words = visibleLine(text.slice(0, MOST_LOOKED_AT))
    .split(/\s+/)
    .filter((word) => word !== '');
  const lines: string[] = [];
  for (const [index, word] of words.entries()) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && textWidth(longer, face, size) <= width) lines[lines.length - 1] = longer;
    else if (lines.length < most) lines.push(word);
    else {
      lines[lines.length - 1] = [last, ...words.slice(index)].join(' ');
      break;
    }
  }
  return lines.map((line) => shown(line, face, size, width));
}

function advance(character: string, face: Face): number {
  if (UNSEEN.test(character)) return 0;
  return widthsOf(face).of(character.codePointAt(0) ?? 0) ?? widthsOf(face).of(UNKNOWN.codePointAt(0) ?? 0) ?? 1;
}

function drawable(grapheme: string, face: Face): string {
  const has = (one: string): boolean => widthsOf(face).of(one.codePointAt(0) ?? 0) !== null;
  const points = Array.from(grapheme);
  const first = points[0] ?? '';
  if (points.every((one) => UNSEEN.test(one) || has(one))) return grapheme;
  // A letter whose marks are missing is better than a box.
  return has(first) && !UNSEEN.test(first) && points.slice(1).every((one) => UNSEEN.test(one)) ? first : UNKNOWN;
}

import { graphemeStart } from './width.ts';

/** What a network counts its limits in: UTF-16 units, or bytes of UTF-8. */
export type TextUnit = 'utf16' | 'bytes';

/** The size of a text in a unit. */
export function textSize(text: string, unit: TextUnit): number {
  return unit === 'utf16' ? text.length : Buffer.byteLength(text, 'utf8');
}

/**
 * The longest beginning of a text that is no larger than `limit`, as an offset in UTF-16 units. It ends between
 * graphemes; only where a single grapheme is larger than the limit it ends between code points. At least one code
 * point, so that cutting always gets on.
 */
export function fittingOffset(text: string, limit: number, unit: TextUnit): number {
  if (textSize(text, unit) <= limit) return text.length;
  const most = largestFitting(text, limit, unit);
  const grapheme = graphemeStart(text, most);
  if (grapheme > 0) return grapheme;
  const point = isLow(text, most) && isHigh(text, most - 1) ? most - 1 : most;
  return point > 0 ? point : isHigh(text, 0) && isLow(text, 1) ? 2 : 1;
}

function largestFitting(text: string, limit: number, unit: TextUnit): number {
  if (unit === 'utf16') return Math.max(0, limit);
  let low = 0;
  // A UTF-16 unit takes at least one byte.
  let high = Math.min(text.length, Math.max(0, limit));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (Buffer.byteLength(text.slice(0, middle), 'utf8') <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isHigh(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function isLow(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** Graphemes: what a person sees as one character. A segmenter keeps nothing of the texts it cuts. Made when it is needed first: that takes 10 ms of a start. */
const segmentsOf = (
  (made: Intl.Segmenter | null) =>
  (text: string): Intl.Segments => {
    made ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
    return made.segment(text);
  }
)(null);

/** Characters that take two columns of a terminal by their East Asian Width (W and F), as ranges of code points. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1b000, 0x1b2fb],
  [0x20000, 0x3fffd],
];

/** Columns that a line of text takes in a terminal. Emoji and East Asian wide characters take two, combining marks none. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmentsOf(text)) width += graphemeWidth(segment);
  return width;
}

/** The text in graphemes. */
export function graphemes(text: string): string[] {
  return Array.from(segmentsOf(text), ({ segment }) => segment);
}

/** The offset of the last grapheme boundary at or before `offset`. UTF-16 units. */
export function graphemeStart(text: string, offset: number): number {
  if (offset <= 0 || offset >= text.length) return Math.min(Math.max(offset, 0), text.length);
  return segmentsOf(text).containing(offset)?.index ?? offset;
}

function graphemeWidth(grapheme: string): number {
  const point = grapheme.codePointAt(0) ?? 0;
  if (point < 0x300) return /^\p{Cc}/u.test(grapheme) ? 0 : grapheme.includes('\ufe0f') ? 2 : 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  return WIDE.some(([first, last]) => point >= first && point <= last) ? 2 : 1;
}

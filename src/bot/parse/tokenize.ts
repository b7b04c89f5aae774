/**
 * One word of a command text. Offsets are UTF-16 units of the source; `end` is exclusive and both take in the quotes.
 */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** False: the quote that opens the word is never closed, and the word took everything up to the end. */
  readonly closed: boolean;
}

/** A quote that is never closed; `offset` is its position. */
export interface UnclosedQuote {
  readonly code: 'unclosed-quote';
  readonly offset: number;
  readonly quote: string;
}

/** Opening quote to what closes it: straight ones, and the curly ones that phones and word processors make of them. */
const CLOSING: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['‘', '’'],
]);

/**
 * The word that begins at or after `offset`, or null if only white space is left. A quote opens a word only at
 * its start and is closed by its partner before white space or the end, so `don't` and `'don't stop'` both read as
 * meant. Nothing is an escape: a backslash is a backslash.
 */
export function readWord(source: string, offset: number): Word | null {
  const start = skipSpace(source, offset);
  if (start >= source.length) return null;
  const quote = source.charAt(start);
  const closing = CLOSING.get(quote);
  if (closing === undefined) {
    const end = wordEnd(source, start);
    return { text: source.slice(start, end), start, end, quoted: false, closed: true };
  }
  const close = closingQuote(source, start + 1, closing);
  if (close === null) return { text: source.slice(start + 1), start, end: source.length, quoted: true, closed: false };
  return { text: source.slice(start + 1, close), start, end: close + 1, quoted: true, closed: true };
}

/** All words of a text, or the first quote that is never closed. */
export function tokenize(source: string): { ok: true; value: Word[] } | { ok: false; error: UnclosedQuote } {
  const words: Word[] = [];
  for (let word = readWord(source, 0); word !== null; word = readWord(source, word.end)) {
    if (!word.closed) {
      return { ok: false, error: { code: 'unclosed-quote', offset: word.start, quote: source.charAt(word.start) } };
    }
    words.push(word);
  }
  return { ok: true, value: words };
}

/** The offset of the first character at or after `offset` that is not white space; the length if there is none. */
export function skipSpace(source: string, offset: number): number {
  const notSpace = /\S/g;
  notSpace.lastIndex = offset;
  return notSpace.exec(source)?.index ?? source.length;
}

/**
 * The text with an en or em dash at its start written as the `--` that was typed: phones replace two hyphens by one
 * dash. Null if the text starts with neither.
 */
export function afterDashes(text: string): string | null {
  if (text.startsWith('--')) return text.slice(2);
  return text.startsWith('–') || text.startsWith('—') ? text.slice(1) : null;
}

function wordEnd(source: string, start: number): number {
  const space = /\s/g;
  space.lastIndex = start;
  return space.exec(source)?.index ?? source.length;
}

function closingQuote(source: string, from: number, closing: string): number | null {
  const close = new RegExp(`${closing}(?=\\s|$)`, 'g');
  close.lastIndex = from;
  return close.exec(source)?.index ?? null;
}

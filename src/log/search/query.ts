import { BOUNDS } from '../../bounds.ts';

/** What somebody looks for, in the syntax of FTS5. Nothing of what was typed is syntax: each word is a quoted string. */
export interface TextQuery {
  /** A text with all the words. */
  readonly all: string;
  /** A text with one of them, one entry a word. */
  readonly each: readonly string[];
  /** The words as typed, for reading them again. */
  readonly words: string;
  /** More was typed than is looked for. */
  readonly cut: boolean;
}

/** A phrase in quotes, straight or curly, or a word. */
const PIECE = /"([^"]*)"|[“„]([^“”]*)[”“]|(\S+)/gu;
/** What the index has words of; an emoji or a dash alone is none. */
const HAS_WORD = /[\p{L}\p{N}\p{Co}]/u;

/** What was typed, as a query. A word finds all that begin with it, and a phrase in quotes is found as it is. Null: no word is in it. */
export function textQuery(typed: string): TextQuery | null {
  // FTS5 reads a query up to the first NUL. Not one of these characters can be part of a word.
  const clean = typed
    .slice(0, BOUNDS.searchTyped)
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- they are what is taken out
    .replace(/[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/gu, ' ');
  const found = new Map<string, { readonly piece: string; readonly match: string }>();
  for (const [piece, straight, curly, word = ''] of clean.matchAll(PIECE)) {
    const phrase = straight ?? curly;
    const text = phrase ?? word;
    if (!HAS_WORD.test(text)) continue;
    const match = phrase === undefined ? asPrefix(text) : quoted(text);
    if (!found.has(match.toLowerCase())) found.set(match.toLowerCase(), { piece, match });
  }
  const taken = [...found.values()].slice(0, BOUNDS.searchWords);
  if (taken.length === 0) return null;
  const each = taken.map(({ match }) => match);
  const words = taken.map(({ piece }) => piece).join(' ');
  return { all: each.join(' '), each, words, cut: found.size > each.length || typed.length > BOUNDS.searchTyped };
}

/** A single Latin letter or digit begins too many words to be looked for as a beginning. */
function asPrefix(word: string): string {
  return /^[\p{Script=Latin}\p{N}\P{L}]$/u.test(word) ? quoted(word) : `${quoted(word)}*`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

import type { WordReader } from './argument.ts';
import { afterDashes, readWord, skipSpace, type Word } from './tokenize.ts';

/** A reader that also reports flags and unclosed quotes. */
export interface CommandReader extends WordReader {
  /** Names of the known flags that were read. */
  readonly flags: ReadonlySet<string>;
  /** The first `--word` that no flag of the command has; null if there is none. */
  unknownFlag(): Word | null;
  /** The first word taken whose quote is never closed. */
  unclosed(): Word | null;
  /** Offset up to which the source was read. */
  offset(): number;
}

/**
 * Reads the words of `source` from `offset` on. Flags are removed wherever they are, up to a lone `--`. Where a
 * text begins, only flags that the command knows are flags: any other `--word` belongs to the text.
 */
export function wordReader(source: string, offset: number, known: ReadonlySet<string>): CommandReader {
  const flags = new Set<string>();
  let at = offset;
  let unknown: Word | null = null;
  let unclosed: Word | null = null;

  /** The next word that is not a flag. */
  const next = (strict: boolean): Word | null => {
    for (let word = readWord(source, at); word !== null; word = readWord(source, word.end)) {
      const name = flagName(word);
      if (name === null) return word;
      if (!known.has(name)) {
        if (!strict) return word;
        unknown ??= word;
      } else flags.add(name);
      at = word.end;
    }
    return null;
  };

  return {
    source,
    flags,
    peek: () => next(true),
    peekRest: () => next(false),
    take() {
      const word = next(true);
      if (word === null) return null;
      at = word.end;
      if (!word.closed) unclosed ??= word;
      return word;
    },
    takeRest() {
      const word = next(false);
      at = source.length;
      return word === null ? null : { text: source.slice(word.start).trimEnd(), start: word.start };
    },
    mark: () => at,
    reset(mark) {
      at = mark;
      const from = skipSpace(source, mark);
      if (unclosed !== null && unclosed.start >= from) unclosed = null;
      // What was read too far may be the beginning of a text: `comment 42 --force is not enough`.
      if (unknown !== null && unknown.start >= from) unknown = null;
    },
    unknownFlag: () => unknown,
    unclosed: () => unclosed,
    offset: () => at,
  };
}

/** The lower-case name of a word that is written like a flag: `--purge`, or with the dash that a phone makes of it. */
function flagName(word: Word): string | null {
  if (word.quoted) return null;
  const name = afterDashes(word.text);
  return name !== null && /^[a-z][a-z0-9-]{0,30}$/i.test(name) ? name.toLowerCase() : null;
}

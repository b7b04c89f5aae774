import { BOUNDS } from '../../bounds.ts';
import { err, ok } from '../../result.ts';
import { argument, problemAt, type Argument } from './argument.ts';
import { afterDashes, readWord } from './tokenize.ts';
import { parsing } from '../../words/bot/parsing.ts';

/** Longest title, in UTF-16 units. Anything longer is a description whose ` -- ` is missing. */
const LONGEST_TITLE = BOUNDS.title;

/** What `create` reads: one line, and everything after it. */
export interface TitleAndBody {
  readonly title: string;
  /** As typed, without surrounding white space; may be empty. */
  readonly body: string;
  /** What of the typed text is not in either: the quotes around the title, the dash before the description. */
  readonly leftOut: readonly ('quotes' | 'dash')[];
}

/**
 * The rest of the text as typed: line breaks kept, quotes not interpreted. Always last. A `--` before it ends the
 * flags and is not part of it.
 */
export function text(description = 'Text, line breaks included.'): Argument<string> {
  return argument({
    kind: 'rest',
    type: 'string',
    description,
    expects: 'a text',
    usage: (name) => `<${name}…>`,
    parse(reader) {
      const rest = reader.takeRest() ?? { text: '', start: reader.source.length };
      const afterDash = afterDashes(rest.text);
      const value = afterDash !== null && /^\s/.test(afterDash) ? afterDash.trim() : rest.text;
      return value === '' ? err(problemAt({ start: rest.start, end: reader.source.length }, parsing.emptyText)) : ok(value);
    },
  });
}

/** The beginning of a commit that is too short to be one: letters and digits, so that neither a word nor a number is taken for it. */
const SHORT_COMMIT = /^(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{4,6}$/i;

/** Words that put off what they follow, or make it depend on something: an approval would not wait for that. */
const NOT_NOW =
  /^(?:later|tomorrow|tonight|next|never|not|no|don['’]?t|if|unless|until|once|when|after|before|wait|as soon as|(?:in|at) \d|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/i;

/** Why words can’t be a reason for something that takes effect at once; null: they can. */
export function noReason(words: string): string | null {
  return NOT_NOW.test(words) ? parsing.atOnce : null;
}

/** Why somebody approves something: the rest of the text, behind items that were typed. */
export function why(description: string): Argument<string | null> {
  const any = text(description);
  return argument<string>({
    kind: 'rest',
    type: 'string',
    description,
    expects: any.expects,
    usage: (name) => any.usage(name),
    afterItems: true,
    parse(reader, context) {
      const first = reader.peekRest();
      if (first !== null && SHORT_COMMIT.test(first.text)) return err(problemAt(first, parsing.notACommit));
      const mark = reader.mark();
      const problem = noReason(reader.takeRest()?.text ?? '');
      if (first !== null && problem !== null) return err(problemAt(first, problem));
      reader.reset(mark);
      return any.parse(reader, context);
    },
  }).optional();
}

/**
 * A title, and after ` -- ` or a line break a description of any length. Quotes around the whole title are removed.
 * Phones turn two hyphens into one dash; that separates too, unless the line has a real ` -- `.
 */
export function titleAndBody(description = 'The title. A description goes after ` -- ` or on the next lines.'): Argument<TitleAndBody> {
  return argument({
    kind: 'rest',
    type: 'string',
    description,
    expects: 'a title',
    usage: (name) => `<${name}> [-- description]`,
    parse(reader) {
      const rest = reader.takeRest() ?? { text: '', start: reader.source.length };
      const { title, body, leftOut } = splitTitle(rest.text);
      const where = { start: rest.start, end: rest.start + title.length };
      if (title === '') return err(problemAt({ ...where, end: rest.start + 1 }, parsing.noTitle));
      if (title.length > LONGEST_TITLE) return err(problemAt(where, parsing.titleTooLong(title.length, LONGEST_TITLE)));
      return ok({ title, body, leftOut });
    },
  });
}

function splitTitle(text_: string): TitleAndBody {
  const lineEnd = /[\r\n\u2028\u2029]/.exec(text_)?.index ?? text_.length;
  const line = text_.slice(0, lineEnd);
  const first = readWord(line, 0);
  // Inside the quotes of a quoted title, a separator is part of the title.
  const from = first !== null && first.quoted && first.closed ? first.end : 0;
  const separator = /(?:^|\s)--(?=\s|$)/.exec(line.slice(from)) ?? /(?:^|\s)[–—](?=\s|$)/.exec(line.slice(from));
  const titleEnd = separator === null ? lineEnd : from + separator.index;
  const bodyStart = separator === null ? lineEnd : titleEnd + separator[0].length;
  const typed = line.slice(0, titleEnd).trim();
  const title = withoutQuotes(typed);
  const leftOut = [...(title === typed ? [] : (['quotes'] as const)), ...(separator === null ? [] : (['dash'] as const))];
  return { title, body: text_.slice(bodyStart).trim(), leftOut };
}

function withoutQuotes(title: string): string {
  const only = readWord(title, 0);
  return only !== null && only.quoted && only.closed && only.end === title.length ? only.text.trim() : title;
}

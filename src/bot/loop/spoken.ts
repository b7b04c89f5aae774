import { ITEM_NAMES, PHRASES, type Phrase } from './phrases.ts';

/** What was meant by a text that is no command: one that may run because it changes nothing, and such as may be shown. */
export interface Spoken {
  readonly asks: string | null;
  readonly perhaps: readonly string[];
}

/** Longer texts are no such phrases. UTF-16 units. */
const LONGEST = 120;
const NOTHING: Spoken = { asks: null, perhaps: [] };

/** Words that change nothing of what is meant. */
const FILLERS = new Set('the a an me please pls just right now currently so then bitte mal'.split(' '));
const KINDS = new Set(ITEM_NAMES);
const PRONOUNS = new Set('it this that'.split(' '));
const SHORT_FORMS = new Map(
  ['what', 'who', 'how', 'where', 'when', 'why', 'that'].flatMap((word): [string, string][] => [
    [`${word}'s`, `${word} is`],
    [`${word}s`, `${word} is`],
  ]),
);
const NUMBER = /^(?:[a-z][\w.-]{0,39}#|#)?\d{1,9}$/i;
/** Asks somebody to do something: what follows is what is wanted. */
const REQUEST =
  /^(?:(?:can|could|would|will) you|(?:i|we) (?:want|need|would like)(?: you)? to|i'd like(?: you)? to|let's|let us|kannst du) (?:please |just )?/i;
/** Begins an item: `make me a login page`, `open a bug: the login is broken`. */
const MAKE = new RegExp(
  `^(?:(?:make|build|add|write|create|open|file|report)(?: me| us)?(?: an?)? |(?:i|we) (?:want|need) an? )(?:new )?(?:(${ITEM_NAMES.join('|')})\\b[: ]*)?(?:(?:about|for|that) )?(?=\\S)`,
  'i',
);

const MEANT: ReadonlyMap<string, Phrase> = new Map(
  PHRASES.flatMap((phrase) => phrase.said.split('|').map((said): [string, Phrase] => [normal(said).join(' '), phrase])),
);

/** Reads a text as people speak. `about`: the conversation is about one item, which `it` then means. */
export function spoken(text: string, about: boolean): Spoken {
  if (text.length > LONGEST) return NOTHING;
  const line = text.replaceAll('’', "'").trim();
  const asked = line.replace(REQUEST, '');
  return meaning(line, about) ?? meaning(asked, about) ?? made(asked) ?? (asked === line ? NOTHING : { asks: asked, perhaps: [asked] });
}

function meaning(line: string, about: boolean): Spoken | null {
  const words = normal(line);
  const numbers = words.filter((word) => NUMBER.test(word));
  if (numbers.length > 1) return null;
  const [named] = numbers;
  const as = (isItem: (word: string) => boolean): Phrase | undefined =>
    MEANT.get(words.map((word) => (isItem(word) ? 'ITEM' : word)).join(' '));
  const phrase = as((word) => word === named) ?? as((word) => PRONOUNS.has(word));
  if (phrase === undefined) return null;
  const { asks = null, perhaps = [], unnamed = null } = phrase;
  if (named === undefined && !about && unnamed !== null) return { asks: unnamed, perhaps: [] };
  const withItem = (command: string): string => command.replace(' ITEM', named === undefined ? '' : ` ${named.replace(/^#/, '')}`);
  return { asks: asks === null ? null : withItem(asks), perhaps: perhaps.map(withItem) };
}

/** What would make the item that somebody asks for, in words of any kind. */
function made(line: string): Spoken | null {
  const found = MAKE.exec(line);
  if (found === null) return null;
  const type = found[1]?.toLowerCase() ?? '';
  return { asks: null, perhaps: [`create ${['bug', 'spike', 'refactor'].includes(type) ? type : 'story'} ${line.slice(found[0].length)}`] };
}

/** The words that matter, in small letters, short forms in full, without punctuation at the end. */
function normal(text: string): string[] {
  const words = text
    .trim()
    .split(/\s+/)
    .map((word) => (word === 'ITEM' ? word : word.toLowerCase()))
    .flatMap((word) => (SHORT_FORMS.get(word) ?? word).split(' '));
  const last = words.at(-1)?.replace(/[?!.,…]+$/, '') ?? '';
  const all = [...words.slice(0, -1).map((word) => word.replace(/,$/, '')), last].filter((word) => word !== '');
  const kept = all.filter((word, at) => !FILLERS.has(word) && !(KINDS.has(word) && NUMBER.test(all[at + 1] ?? '')));
  return kept.length === 0 ? all : kept;
}

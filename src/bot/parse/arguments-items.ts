import { BOUNDS } from '../../bounds.ts';
import { itemNumber, type ItemNumber } from '../../pipeline/values.ts';
import { err, ok, type Result } from '../../result.ts';
import { parsing } from '../../words/bot/parsing.ts';
import {
  argument,
  matching,
  problemAt,
  quoted,
  type Argument,
  type ArgumentProblem,
  type ParseContext,
  type WordReader,
} from './argument.ts';
import { completeItem, pick, projectsOfItems, readItem, type ItemRef } from './arguments-named.ts';
import type { Word } from './tokenize.ts';

/** Items by a word for all of a kind: the `blocked` of `retry blocked`. Which ones they are is found when the command runs. */
export interface ItemsCalled<W extends string = string> {
  readonly project: string;
  readonly called: W;
}

/** What a person typed for several items, in order, each once. */
export type SeveralItems<W extends string = string> = readonly (ItemRef | ItemsCalled<W>)[];

/** Items that one command may name at once. */
const MOST_ITEMS = BOUNDS.itemsNamed;
/** A number as long as this after the first is taken for the beginning of a commit: `approve 42 1234567`. */
const COMMIT_DIGITS = 7;

/**
 * What comes after the items. `nothing`: each word has to be an item. `word`: the first word that is none ends them.
 * `text`: numbers belong to the text unless a comma or `and` joins them: `reject 3 2 tests fail` is about item 3 alone.
 * `perhaps commit and text`: as `word` where at most a commit follows, and otherwise as `text`: what is approved is never guessed.
 * `perhaps text`: as `nothing` where all words are items, and otherwise as `text`: `retry 3 4`, but `retry 3 2 keys are new`.
 */
type Followed = 'nothing' | 'word' | 'text' | 'perhaps text' | 'perhaps commit and text';

/** One or more items: `40 41`, `40, 41`, `#40 and #41`, `20-24`, `shop#3-5`; each once. At most 50. */
export function itemRefs(description = 'One or more item numbers, like `40 41` or `20-24`.'): Argument<readonly ItemRef[]> {
  return itemsArgument<ItemRef>(description, [], 'nothing');
}

/** As `itemRefs`, for a command that does the same to each; `words` stand for all items of a kind: `retry blocked`. */
export function severalItems<const W extends string = never>(
  options: { readonly words?: readonly W[]; readonly followed?: Followed; readonly description?: string } = {},
): Argument<SeveralItems<W>> {
  const { words = [], followed = 'nothing' } = options;
  const also = words.length === 0 ? '' : ` Also ${words.map((word) => `\`${word}\``).join(', ')}.`;
  const description = options.description ?? `Item numbers: \`42\`, \`3 4\`, \`20-24\`; \`shop#42\` for another project.${also}`;
  return itemsArgument<ItemRef | ItemsCalled<W>>(description, words, followed);
}

function itemsArgument<T>(description: string, words: readonly string[], followed: Followed): Argument<readonly T[]> {
  return argument<readonly T[]>({
    kind: 'tokens',
    type: 'item',
    description,
    expects: 'item numbers, like 40 41 or 20-24',
    projects: projectsOfItems,
    usage: (name) => `<${name}…>`,
    // What is typed for `T` are the words given here, and nothing else.
    parse: (reader, context) => readItems(reader, context, words, followed) as Result<readonly T[], ArgumentProblem>,
    complete(prefix, context) {
      const before = /^.*[\s,;]/s.exec(prefix)?.[0] ?? '';
      const last = prefix.slice(before.length);
      return [...matching(last, words), ...completeItem(last, context)].map(({ value, label }) => ({ value: before + value, label }));
    },
  });
}

function readItems(
  reader: WordReader,
  context: ParseContext,
  words: readonly string[],
  followed: Followed,
): Result<SeveralItems, ArgumentProblem> {
  if (followed === 'perhaps text') {
    const start = reader.mark();
    const all = readItems(reader, context, words, 'nothing');
    // A number that is no item, or one too many, is no text.
    if (all.ok || !/\p{L}/u.test(reader.source.slice(all.error.start, all.error.end))) return all;
    reader.reset(start);
    return readItems(reader, context, words, 'text');
  }
  if (followed === 'perhaps commit and text') {
    const start = reader.mark();
    const all = readItems(reader, context, words, 'word');
    if (!all.ok) return all;
    const end = reader.mark();
    if (isCommit(reader.peek()?.text ?? '')) reader.take();
    const isTextNext = reader.peekRest() !== null;
    reader.reset(isTextNext ? start : end);
    return isTextNext ? readItems(reader, context, words, 'text') : all;
  }
  const found = new Map<string, ItemRef | ItemsCalled>();
  let joined = false;
  /** Where to go on if what was read last turns out to be no part of the items. */
  let end = reader.mark();
  for (let word = reader.take(); word !== null; word = reader.take()) {
    if (found.size > 0 && isAnd(word)) {
      joined = true;
      continue;
    }
    const isFirst = found.size === 0;
    if (!isFirst && !joined && followed === 'text' && !word.text.startsWith(',')) break;
    const read = isFirst || followed === 'nothing' || !isCommit(word.text) ? readPart(word, context, words) : null;
    if (read === null) break;
    if (!read.ok) {
      // `7 8 and later`: the items ended before the word that joins nothing.
      if (isFirst || followed === 'nothing') return read;
      break;
    }
    for (const one of read.value) found.set('called' in one ? `${one.project}#${one.called}` : `${one.project}#${one.number}`, one);
    if (found.size > MOST_ITEMS) return err(problemAt(word, parsing.tooManyItems(MOST_ITEMS)));
    joined = /[,;&]$/.test(word.text);
    end = reader.mark();
  }
  reader.reset(end);
  return ok([...found.values()]);
}

function isAnd(word: Word): boolean {
  return !word.quoted && /^(?:and|und|&|\+|[,;])$/i.test(word.text);
}

function isCommit(text: string): boolean {
  return /^[0-9a-f]+$/i.test(text) && text.length >= COMMIT_DIGITS;
}

/** The items of one word: `3,4`, `20-24`, `shop#blocked`. */
function readPart(word: Word, context: ParseContext, words: readonly string[]): Result<SeveralItems, ArgumentProblem> {
  const parts = word.text.split(/[,;&]/, MOST_ITEMS + 2).filter((part) => part !== '');
  const items: (ItemRef | ItemsCalled)[] = [];
  for (const part of parts) {
    const one = readCalled(word, part, context, words) ?? readRange(word, part, context) ?? readItem(word, part, context);
    if (!one.ok) return one;
    items.push(...('length' in one.value ? one.value : [one.value]));
  }
  return items.length === 0 ? err(problemAt(word, parsing.notItems(quoted(word.text), words))) : ok(items);
}

/** `blocked`, or `shop#blocked`; null for anything else. */
function readCalled(
  word: Word,
  part: string,
  context: ParseContext,
  words: readonly string[],
): Result<readonly ItemsCalled[], ArgumentProblem> | null {
  const hash = part.lastIndexOf('#');
  const said = part.slice(hash + 1).toLowerCase();
  const called = words.find((one) => one === said || (one === 'all' && said === 'everything'));
  if (called === undefined) return null;
  const owner = hash > 0 ? pick(word, part.slice(0, hash), context.projects, 'a project') : ok(context.currentProject);
  return owner.ok ? ok([{ project: owner.value, called }]) : owner;
}

/** `20-24`, `#20-#24`, `shop#3-5`, with any dash that a phone makes of it; null for anything else. */
function readRange(word: Word, part: string, context: ParseContext): Result<readonly ItemRef[], ArgumentProblem> | null {
  const [, first, last] = /^(.*\d)(?:[-–—]|\.\.|…)#?(\d{1,15})$/.exec(part) ?? [];
  if (first === undefined || last === undefined) return null;
  const from = readItem(word, first, context);
  if (!from.ok) return from;
  const { project, number } = from.value;
  const [low, high] = [Math.min(number, Number(last)), Math.max(number, Number(last))];
  // Before any of them is made: `1-999999999` is typed quickly.
  if (high - low >= MOST_ITEMS) return err(problemAt(word, parsing.tooManyItems(MOST_ITEMS)));
  const numbers: (ItemNumber | null)[] = Array.from({ length: high - low + 1 }, (_, i) => itemNumber(low + i));
  const items = numbers.flatMap((one) => (one === null ? [] : [{ project, number: one }]));
  return items.length === 0 ? err(problemAt(word, parsing.notAnItem(quoted(part)))) : ok(items);
}

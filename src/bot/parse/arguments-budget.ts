import { BOUNDS } from '../../bounds.ts';
import { NOTHING, plus, type Amount } from '../../pipeline/budget/budget.ts';
import { err, ok, type Result } from '../../result.ts';
import { argument, matching, problemAt, quoted, withWord, type Argument, type ArgumentProblem } from './argument.ts';
import { itemRef, type ItemRef } from './arguments-named.ts';
import { budgetExamples, parsing } from '../../words/bot/parsing.ts';
import type { Word } from './tokenize.ts';
import { microUsdOf } from '../../pipeline/money.ts';

/** Whose budget is meant. `named`: a project or a person, not checked here. */
export type BudgetOwner =
  | { readonly kind: 'item'; readonly ref: ItemRef }
  | { readonly kind: 'today' | 'all' }
  | { readonly kind: 'named'; readonly name: string };

const DAYS = ['today', 'all'] as const;
/** UTF-16 units of a typed amount that an example repeats. */
const LONGEST_SHOWN = 20;
const MOST_TOKENS = BOUNDS.budgetTokens;
const MOST_USD = BOUNDS.budgetUsd;
const TOKENS_PER: ReadonlyMap<string, number> = new Map([
  ['k', 1e3],
  ['m', 1e6],
  ['g', 1e9],
  ['t', 1],
  ['tok', 1],
  ['token', 1],
  ['tokens', 1],
]);
const DOLLARS = new Set(['$', 'usd', 'dollar', 'dollars']);

/** `42`, `today` (the room's project), `all` (all projects together), or the name of a project or person. */
export function budgetOwner(): Argument<BudgetOwner> {
  const number = itemRef();
  return argument<BudgetOwner>({
    kind: 'token',
    type: 'string',
    description: 'An item, `today` for the project’s day, `all` for all projects, or the name of a project or person.',
    expects: 'an item number, today, all, or the name of a project or person',
    projects: (value) => projectsOf(value as BudgetOwner | null),
    parse(reader, context) {
      const mark = reader.mark();
      return withWord<BudgetOwner>(reader.take(), (word) => {
        const day = DAYS.find((one) => one === word.text.toLowerCase());
        if (day !== undefined) return ok({ kind: day });
        if (/^#?\d+$|#/.test(word.text)) {
          reader.reset(mark);
          const ref = number.parse(reader, context);
          return ref.ok ? ok({ kind: 'item', ref: ref.value }) : ref;
        }
        if (/^[-+$]/.test(word.text) || amountIn([word]).ok)
          return err(problemAt(word, parsing.whoseBudget, [], budgetExamples(word.text.slice(0, LONGEST_SHOWN))));
        return ok({ kind: 'named', name: word.text });
      });
    },
    complete: (prefix, context) => [...matching(prefix, [...DAYS, ...context.projects]), ...number.complete(prefix, context)],
  });
}

/** What is added to a budget: `+50k`, `1.5M`, `+$5`, `5usd`, or tokens and money together. */
export function amount(description = 'How much to add: `+50k` or `1.5M` tokens, `+5usd` or `$5`.'): Argument<Amount> {
  return argument<Amount>({
    kind: 'tokens',
    type: 'string',
    description,
    expects: 'an amount, like +50k or +5usd',
    usage: (name) => `<+${name}>`,
    parse(reader) {
      const words: Word[] = [];
      for (let word = reader.take(); word !== null; word = reader.take()) words.push(word);
      return amountIn(words);
    },
    complete: () => [],
  });
}

/** Names are resolved later, so that projects the sender can't see look the same as ones that don't exist. */
function projectsOf(owner: BudgetOwner | null): readonly string[] {
  return owner?.kind === 'item' ? [owner.ref.project] : [];
}

function amountIn(words: readonly Word[]): Result<Amount, ArgumentProblem> {
  let sum = NOTHING;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    const next = words[i + 1];
    // The unit may be a separate word: `5 usd`, `50k tokens`.
    const unit = next !== undefined && isUnit(next.text) ? next.text : '';
    const one = read(word.text, unit);
    if (typeof one === 'string') return err(problemAt(word, one));
    if (unit !== '') i += 1;
    sum = plus(sum, one);
  }
  return ok(sum);
}

function isUnit(text: string): boolean {
  return TOKENS_PER.has(text.toLowerCase()) || DOLLARS.has(text.toLowerCase());
}

/** The amount, or what is wrong with it. */
function read(text: string, apart: string): Amount | string {
  if (/^[-–−]/.test(text)) return parsing.lowerBudget;
  const [, sign, digits = '', suffix = ''] = /^\+?(\$?)(\d{1,13}(?:_\d{3})*(?:\.\d{1,6})?)([a-z$]*)$/i.exec(text) ?? [];
  if (sign === undefined) return parsing.notAnAmount(quoted(text));
  const value = Number(digits.replaceAll('_', ''));
  const units = [sign, suffix, apart].map((unit) => unit.toLowerCase()).filter((unit) => unit !== '');
  if (units.length === 0) return parsing.amountOfWhat(quoted(text), text);
  if (units.every((unit) => DOLLARS.has(unit))) return dollars(text, value);
  const sizes = units.map((unit) => TOKENS_PER.get(unit));
  if (sizes.some((size) => size === undefined)) return parsing.notAnAmount(quoted(text));
  return tokens(text, value * sizes.reduce<number>((product, size) => product * (size ?? 1), 1));
}

function dollars(text: string, value: number): Amount | string {
  const microUsd = microUsdOf(value);
  if (microUsd < 1 || value > MOST_USD) return parsing.dollarRange(quoted(text));
  return { tokens: 0, microUsd };
}

function tokens(text: string, value: number): Amount | string {
  const count = Math.round(value);
  if (count < 1 || count > MOST_TOKENS) return parsing.tokenRange(quoted(text));
  return { tokens: count, microUsd: 0 };
}

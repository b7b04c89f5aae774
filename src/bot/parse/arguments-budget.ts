import { NOTHING, plus, type Amount } from '../../pipeline/budget/budget.ts';
import { err, ok, type Result } from '../../result.ts';
import { argument, matching, problemAt, quoted, withWord, type Argument, type ArgumentProblem } from './argument.ts';
import { itemRef, type ItemRef } from './arguments-named.ts';
import type { Word } from './tokenize.ts';

/** Whose budget is meant. `named`: a project or a person; whether there is such a one is not checked here. */
export type BudgetOwner =
  | { readonly kind: 'item'; readonly ref: ItemRef }
  | { readonly kind: 'today' | 'all' }
  | { readonly kind: 'named'; readonly name: string };

const DAYS = ['today', 'all'] as const;
const MOST_TOKENS = 1e12;
const MOST_USD = 1e6;
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
    description: 'An item, `today` for the day of the project, `all` for that of all projects, or the name of a project or person.',
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
          return err(problemAt(word, `Say whose budget: budget 42 ${word.text}, budget today ${word.text}.`, ['today', 'all']));
        return ok({ kind: 'named', name: word.text });
      });
    },
    complete: (prefix, context) => [...matching(prefix, [...DAYS, ...context.projects]), ...number.complete(prefix, context)],
  });
}

/** What is added to a budget: `+50k`, `1.5M`, `+$5`, `5usd`, or tokens and money together. */
export function amount(description = 'What is added: `+50k` or `1.5M` tokens, `+5usd` or `$5`.'): Argument<Amount> {
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

/** Whose name a word is turns out later: what the sender may not see is then not found. */
function projectsOf(owner: BudgetOwner | null): readonly string[] {
  return owner?.kind === 'item' ? [owner.ref.project] : [];
}

function amountIn(words: readonly Word[]): Result<Amount, ArgumentProblem> {
  let sum = NOTHING;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    const next = words[i + 1];
    // A unit may stand apart: `5 usd`, `50k tokens`.
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
  if (/^[-–−]/.test(text)) return 'A budget can only be added to; smaller caps stand in bot.toml and the project file.';
  const [, sign, digits = '', suffix = ''] = /^\+?(\$?)(\d{1,13}(?:_\d{3})*(?:\.\d{1,6})?)([a-z$]*)$/i.exec(text) ?? [];
  if (sign === undefined) return `${quoted(text)} is not an amount; write tokens as +50k or 1.5M, money as +5usd or $5.`;
  const value = Number(digits.replaceAll('_', ''));
  const units = [sign, suffix, apart].map((unit) => unit.toLowerCase()).filter((unit) => unit !== '');
  if (units.length === 0) return `${quoted(text)} of what? Write ${text}k or ${text}tokens for tokens, ${text}usd for money.`;
  if (units.every((unit) => DOLLARS.has(unit))) return dollars(text, value);
  const sizes = units.map((unit) => TOKENS_PER.get(unit));
  if (sizes.some((size) => size === undefined)) return `${quoted(text)} is not an amount; write tokens as +50k, money as +5usd.`;
  return tokens(text, value * sizes.reduce<number>((product, size) => product * (size ?? 1), 1));
}

function dollars(text: string, value: number): Amount | string {
  const microUsd = Math.round(value * 1_000_000);
  if (microUsd < 1 || value > MOST_USD) return `${quoted(text)} is not between a millionth and a million dollars.`;
  return { tokens: 0, microUsd };
}

function tokens(text: string, value: number): Amount | string {
  const count = Math.round(value);
  if (count < 1 || count > MOST_TOKENS) return `${quoted(text)} is not between one token and a million millions.`;
  return { tokens: count, microUsd: 0 };
}

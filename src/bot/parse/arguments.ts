import { z } from 'zod';
import { nearest } from '../../nearest.ts';
import type { Content } from '../../message/build.ts';
import { err, ok } from '../../result.ts';
import { parsing, wholeNumber } from '../../words/bot/parsing.ts';
import { argument, matching, problemAt, quoted, withWord, type Argument, type ParseContext } from './argument.ts';
import type { Word } from './tokenize.ts';

export type { Argument, ArgumentProblem, Choice, ParseContext } from './argument.ts';
export { itemRefs, severalItems, type ItemsCalled, type SeveralItems } from './arguments-items.ts';
export { agent, commandName, itemRef, itemsNamed, project, projectOrAll, type ItemRef } from './arguments-named.ts';
export { text, titleAndBody, type TitleAndBody } from './arguments-text.ts';

/** The arguments of a command by name, in the order in which they are typed. Flags may be anywhere. */
export type ArgumentTypes = Readonly<Record<string, Argument<unknown>>>;

/** The values that `run` gets: null for an optional argument that was not typed, false for a flag that was not typed. */
export type ArgumentValues<A extends ArgumentTypes> = { readonly [K in keyof A]: A[K] extends Argument<infer T> ? T : never };

/** One of a few values, in any case; a value of several words is typed as such: `by agent`. */
export function choice<const V extends readonly [string, ...string[]]>(values: V, description = 'One of the values.'): Argument<V[number]> {
  const byText = new Map<string, V[number]>(values.map((value) => [value.toLowerCase(), value]));
  const longest = Math.max(...values.map((value) => value.split(' ').length));
  return argument<V[number]>({
    kind: longest > 1 ? 'tokens' : 'token',
    type: 'choice',
    choices: values,
    description,
    expects: `one of ${values.join(', ')}`,
    usage: () => `<${values.join('|')}>`,
    parse(reader) {
      const words: Word[] = [];
      let best: { value: V[number]; mark: number } | null = null;
      for (let word = reader.take(); word !== null; word = reader.take()) {
        words.push(word);
        const value = byText.get(words.map(({ text }) => text.toLowerCase()).join(' '));
        if (value !== undefined) best = { value, mark: reader.mark() };
        if (words.length === longest) break;
      }
      if (best !== null) {
        reader.reset(best.mark);
        return ok(best.value);
      }
      return withWord(words[0] ?? null, (word) => {
        const typed = words.map(({ text }) => text).join(' ');
        const near = nearest(typed, values) ?? nearest(word.text, values);
        return err(problemAt(word, parsing.isNot(quoted(word.text), `one of ${values.join(', ')}`), near === null ? [] : [near]));
      });
    },
    complete: (prefix) => matching(prefix, values),
  });
}

/** A fixed word that makes a command read as a sentence: the `on` of `depends 42 on 40`. */
export function keyword(text: string): Argument<true> {
  return argument<true>({
    kind: 'token',
    type: 'string',
    description: `The word \`${text}\`.`,
    expects: `the word “${text}”`,
    usage: () => text,
    parse: (reader) =>
      withWord(reader.take(), (word) =>
        word.text.toLowerCase() === text.toLowerCase()
          ? ok(true as const)
          : err(problemAt(word, parsing.notTheWord(quoted(word.text), text), [text])),
      ),
    complete: (prefix) => matching(prefix, [text]),
  });
}

/** A whole number, both ends of its range included. */
export function integer(limits: { min?: number; max?: number; description?: string } = {}): Argument<number> {
  const { min = null, max = null } = limits;
  const expects = wholeNumber(min, max);
  const schema = z
    .string()
    .regex(/^[+-]?\d{1,15}$/)
    .transform(Number)
    .pipe(
      z
        .int()
        .min(min ?? Number.MIN_SAFE_INTEGER)
        .max(max ?? Number.MAX_SAFE_INTEGER),
    );
  return argument({
    kind: 'token',
    type: 'integer',
    range: { min, max },
    description: limits.description ?? 'A whole number.',
    expects,
    parse: (reader) =>
      withWord(reader.take(), (word) => {
        const number = schema.safeParse(word.text);
        return number.success ? ok(number.data) : err(problemAt(word, parsing.isNot(quoted(word.text), expects)));
      }),
  });
}

/**
 * One word, or several in quotes. `schema` checks and converts it; its first message is shown if a word is not valid.
 * `complete` lists the values to offer.
 */
export function word(options?: { description?: string; complete?: (context: ParseContext) => Iterable<string> }): Argument<string>;
export function word<T>(options: {
  schema: z.ZodType<T, string>;
  description?: string;
  expects?: string;
  /** What to do where a word does not fit. */
  next?: readonly Content[];
  complete?: (context: ParseContext) => Iterable<string>;
}): Argument<T>;
export function word(
  options: {
    schema?: z.ZodType<unknown, string>;
    description?: string;
    expects?: string;
    next?: readonly Content[];
    complete?: (context: ParseContext) => Iterable<string>;
  } = {},
): Argument<unknown> {
  const schema: z.ZodType<unknown, string> = options.schema ?? z.string().min(1, parsing.emptyWord);
  return argument({
    kind: 'token',
    type: 'string',
    description: options.description ?? 'A word, or several in quotes.',
    expects: options.expects ?? 'a word',
    parse: (reader) =>
      withWord(reader.take(), (typed) => {
        const value = schema.safeParse(typed.text);
        return value.success
          ? ok(value.data)
          : err(problemAt(typed, value.error.issues[0]?.message ?? parsing.notValid(quoted(typed.text)), [], options.next));
      }),
    complete: (prefix, context) => matching(prefix, options.complete?.(context) ?? []),
  });
}

/** A switch, typed `--name` anywhere before a text. */
export function flag(name: string, description = `Switches on ${name}.`): Argument<boolean> {
  return argument({
    kind: 'flag',
    type: 'boolean',
    flag: name.toLowerCase(),
    description,
    required: false,
    expects: 'nothing after it',
    usage: () => `[--${name}]`,
    parse: () => ok(true),
  });
}

/** One of two arguments: the first that fits. */
export function either<A, B>(first: Argument<A>, second: Argument<B>, description?: string): Argument<A | B> {
  const bare = (usage: string): string => usage.replace(/^<(.*)>$/s, '$1');
  return argument<A | B>({
    kind: first.kind === 'token' && second.kind === 'token' ? 'token' : 'tokens',
    type: 'string',
    choices: [...first.choices, ...second.choices],
    description: description ?? `${first.description} Or: ${second.description}`,
    expects: `${first.expects}, or ${second.expects}`,
    projects: (value) => [...first.projects(value), ...second.projects(value)],
    usage: (name) => `<${bare(first.usage(name))}|${bare(second.usage(name))}>`,
    parse(reader, context) {
      const mark = reader.mark();
      const one = first.parse(reader, context);
      if (one.ok) return one;
      reader.reset(mark);
      const other = second.parse(reader, context);
      if (other.ok) return other;
      const typed = quoted(reader.source.slice(other.error.start, other.error.end));
      const message = parsing.neither(typed, first.expects, second.expects);
      return err({ ...other.error, message, near: [...one.error.near, ...other.error.near] });
    },
    complete: (prefix, context) => [...first.complete(prefix, context), ...second.complete(prefix, context)],
  });
}

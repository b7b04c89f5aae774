import type { Content } from '../../message/build.ts';
import { err, type Result } from '../../result.ts';
import { parsing } from '../../words/bot/parsing.ts';
import type { ItemNumber } from '../../pipeline/values.ts';
import type { Word } from './tokenize.ts';

/** How an argument is typed: one word, several, everything that is left, or a `--flag`. */
export type ArgumentKind = 'token' | 'tokens' | 'rest' | 'flag';

/** What a network with typed options calls an argument's type. */
export type ArgumentType = 'integer' | 'string' | 'boolean' | 'choice' | 'item';

/** What arguments are read and completed against. Whatever is left out is not checked. */
export interface ParseContext {
  /** The project that a bare number belongs to. */
  readonly currentProject: string;
  readonly projects: readonly string[];
  /** The item that is meant where none is typed: that of the thread, or of the message replied to. */
  readonly item?: { readonly project: string; readonly number: ItemNumber } | null;
  readonly itemNumbers?: (project: string) => Iterable<{ readonly number: number; readonly title: string }>;
  readonly agentNames?: (project: string) => Iterable<string>;
  /** The commands that the sender may use, as typed: `show`, `timer list`. */
  readonly commandNames?: () => Iterable<string>;
  /** The rooms that Musher serves, by name. */
  readonly roomNames?: () => Iterable<string>;
}

/** A value that completes what was typed; `label` says more about it. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Why a word does not fit. */
export interface ArgumentProblem {
  /** One sentence with a full stop. */
  readonly message: string;
  /** What to do about it, with its commands; empty if the message says enough. */
  readonly next: readonly Content[];
  /** Values that were perhaps meant, best first. */
  readonly near: readonly string[];
  /** UTF-16 offsets in the source of what it is about. */
  readonly start: number;
  readonly end: number;
}

/** The words that are left to read; flags are taken out on the way. */
export interface WordReader {
  readonly source: string;
  /** The next word, left in place; null at the end. */
  peek(): Word | null;
  /** The word that a text would begin with, left in place; null if nothing is left. */
  peekRest(): Word | null;
  /** The next word, taken. */
  take(): Word | null;
  /** Everything from the next word on as it was typed, taken; null if nothing is left. */
  takeRest(): { readonly text: string; readonly start: number } | null;
  /** The reader's position, for `reset`. */
  mark(): number;
  reset(mark: number): void;
}

/** An argument of a command: how it is typed, read, completed and described. */
export interface Argument<T> {
  readonly kind: ArgumentKind;
  readonly type: ArgumentType;
  readonly required: boolean;
  /** A flag's name without `--`; null for the other kinds. */
  readonly flag: string | null;
  /** The values of a choice. */
  readonly choices: readonly string[];
  /** The smallest and largest integer, if there is one. */
  readonly range: { readonly min: number | null; readonly max: number | null };
  readonly description: string;
  /** What fits, as a noun: `an item number, like 42`. */
  readonly expects: string;
  /** The projects that a value names. The sender needs the command's role in each of them. */
  projects(value: unknown): readonly string[];
  /** It counts only behind items that were typed: `approve of it` in an item’s thread is talk. */
  readonly afterItems: boolean;
  /** Its part of the usage line, given its name in the declaration. */
  usage(name: string): string;
  /** Reads the value. Called only where at least one word is left. */
  parse(reader: WordReader, context: ParseContext): Result<T, ArgumentProblem>;
  /** Values that continue `prefix`, which is everything typed for this argument so far. Each value replaces all of it. */
  complete(prefix: string, context: ParseContext): readonly Choice[];
  /** The same argument, but null if it was not typed. */
  optional(): Argument<T | null>;
}

/** What defines a kind of argument; the rest has defaults. */
export interface ArgumentShape<T> {
  readonly kind: ArgumentKind;
  readonly type: ArgumentType;
  readonly description: string;
  readonly expects: string;
  readonly flag?: string;
  readonly choices?: readonly string[];
  readonly range?: { readonly min: number | null; readonly max: number | null };
  readonly required?: boolean;
  readonly afterItems?: boolean;
  readonly projects?: (value: unknown) => readonly string[];
  readonly usage?: (name: string) => string;
  readonly parse: (reader: WordReader, context: ParseContext) => Result<T, ArgumentProblem>;
  readonly complete?: (prefix: string, context: ParseContext) => readonly Choice[];
}

/** Makes an argument from its shape. */
export function argument<T>(shape: ArgumentShape<T>): Argument<T> {
  const required = shape.required ?? true;
  const usage = shape.usage ?? ((name: string) => `<${name}>`);
  return {
    kind: shape.kind,
    type: shape.type,
    required,
    flag: shape.flag ?? null,
    choices: shape.choices ?? [],
    range: shape.range ?? { min: null, max: null },
    description: shape.description,
    expects: shape.expects,
    afterItems: shape.afterItems ?? false,
    projects: shape.projects ?? (() => []),
    usage,
    parse: shape.parse,
    complete: shape.complete ?? (() => []),
    optional: () => argument<T | null>({ ...shape, required: false, usage: (name) => inBrackets(usage(name)) }),
  };
}

/** A problem about one word. */
export function problemAt(
  word: { readonly start: number; readonly end: number },
  message: string,
  near: readonly string[] = [],
  next: readonly Content[] = [],
): ArgumentProblem {
  return { message, next, near, start: word.start, end: word.end };
}

/** Longest part of a person's word that a message repeats, in UTF-16 units. */
const LONGEST_QUOTE = 40;

/** A person's word as a message repeats it: in quotes, on one line, and visibly shortened. */
export function quoted(text: string): string {
  // Cut first: the word may be a megabyte.
  const line = text
    .slice(0, 4 * LONGEST_QUOTE)
    .toWellFormed()
    .replaceAll(/\s+/g, ' ');
  if (line.length <= LONGEST_QUOTE) return `“${line}”`;
  const cut = line.slice(0, LONGEST_QUOTE - 1);
  // Cutting a surrogate pair in two would leave half a character.
  return `“${cut.isWellFormed() ? cut : cut.slice(0, -1)}…”`;
}

/** The values that start with the prefix; case does not matter. */
export function matching(prefix: string, values: Iterable<string>): readonly Choice[] {
  const wanted = prefix.toLowerCase();
  return [...values].filter((value) => value.toLowerCase().startsWith(wanted)).map((value) => ({ value, label: value }));
}

/** The parser only calls an argument when a word is left. This keeps the types honest about that. */
export function withWord<T>(typed: Word | null, read: (typed: Word) => Result<T, ArgumentProblem>): Result<T, ArgumentProblem> {
  return typed === null ? err(problemAt({ start: 0, end: 0 }, parsing.emptyWord)) : read(typed);
}

function inBrackets(usage: string): string {
  if (usage.startsWith('[')) return usage;
  return usage.startsWith('<') && usage.endsWith('>') && !usage.slice(1).includes('<') ? `[${usage.slice(1, -1)}]` : `[${usage}]`;
}

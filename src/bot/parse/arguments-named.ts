import { nearest } from '../../nearest.ts';
import { parsing } from '../../words/bot/parsing.ts';
import { itemNumber, type ItemNumber } from '../../pipeline/values.ts';
import { err, ok, type Result } from '../../result.ts';
import {
  argument,
  matching,
  problemAt,
  quoted,
  withWord,
  type Argument,
  type ArgumentProblem,
  type Choice,
  type ParseContext,
} from './argument.ts';
import type { Word } from './tokenize.ts';

/** An item as people name it. That it exists is not checked here. */
export interface ItemRef {
  readonly project: string;
  readonly number: ItemNumber;
}

/** Items that completion offers at once; networks show 25. */
const MOST_CHOICES = 25;

/** One item: `42`, `#42`, or `shop#42` for an item of another project. */
export function itemRef(description = 'An item number; `shop#42` for an item of another project.'): Argument<ItemRef> {
  return argument({
    kind: 'token',
    type: 'item',
    description,
    expects: 'an item number, like 42',
    projects: projectsOfItems,
    parse: (reader, context) => withWord(reader.take(), (word) => readItem(word, word.text, context)),
    complete: completeItem,
  });
}

/** The items that the arguments of a command name, in order. */
export function itemsNamed(args: Readonly<Record<string, unknown>>): ItemRef[] {
  return Object.values(args)
    .flat()
    .filter(
      (value): value is ItemRef =>
        typeof value === 'object' && value !== null && 'project' in value && 'number' in value && Object.keys(value).length === 2,
    );
}

/** The name of an agent of the current project, checked if the context knows the agents. */
export function agent(description = 'The name of an agent.'): Argument<string> {
  return named('an agent', description, (context) => context.agentNames?.(context.currentProject));
}

/** The name of a project. */
export function project(description = 'The name of a project.'): Argument<string> {
  return named(
    'a project',
    description,
    (context) => context.projects,
    (value) => (typeof value === 'string' ? [value] : []),
  );
}

/** The name of a project, or `all` for every project that the sender may see. */
export function projectOrAll(description = 'The name of a project, or `all`. Default: the room’s project.'): Argument<string> {
  return named(
    'a project, or all',
    description,
    (context) => [...context.projects, 'all'],
    (value) => (typeof value === 'string' && value !== 'all' ? [value] : []),
  );
}

/** The words of a command that the sender may use, as one text: `timer list`. */
export function commandName(description = 'A command.'): Argument<string> {
  return argument({
    kind: 'tokens',
    type: 'string',
    description,
    expects: 'the name of a command',
    parse(reader) {
      const words: string[] = [];
      for (let typed = reader.take(); typed !== null; typed = reader.take()) words.push(typed.text.toLowerCase());
      return ok(words.join(' '));
    },
    complete: (prefix, context) => matching(prefix, context.commandNames?.() ?? []),
  });
}

/** The projects of one item, or of several. */
export function projectsOfItems(value: unknown): readonly string[] {
  const refs: readonly unknown[] = Array.isArray(value) ? value : [value];
  return refs.flatMap((ref) =>
    typeof ref === 'object' && ref !== null && 'project' in ref && typeof ref.project === 'string' ? [ref.project] : [],
  );
}

function named(
  what: string,
  description: string,
  names: (context: ParseContext) => Iterable<string> | undefined,
  projects: (value: unknown) => readonly string[] = () => [],
): Argument<string> {
  return argument({
    kind: 'token',
    type: 'string',
    projects,
    description,
    expects: `the name of ${what}`,
    parse: (reader, context) =>
      withWord(reader.take(), (typed) => {
        const known = names(context);
        return known === undefined ? ok(typed.text) : pick(typed, typed.text, [...known], what);
      }),
    complete: (prefix, context) => matching(prefix, names(context) ?? []),
  });
}

/** The known name that was typed, either exactly or in another case. */
export function pick(typed: Word, name: string, known: readonly string[], what: string): Result<string, ArgumentProblem> {
  const found = known.find((one) => one === name) ?? known.find((one) => one.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return ok(found);
  const near = nearest(name, known);
  return err(problemAt(typed, parsing.unknownName(quoted(name), what, known), near === null ? [] : [near]));
}

/** The item that a part of a word names. */
export function readItem(typed: Word, text_: string, context: ParseContext): Result<ItemRef, ArgumentProblem> {
  const hash = text_.lastIndexOf('#');
  const digits = text_.slice(hash + 1);
  const number = /^\d{1,15}$/.test(digits) ? itemNumber(Number(digits)) : null;
  if (number === null) return err(problemAt(typed, parsing.notAnItem(quoted(text_))));
  if (hash <= 0) return ok({ project: context.currentProject, number });
  const owner = pick(typed, text_.slice(0, hash), context.projects, 'a project');
  return owner.ok
    ? ok({ project: owner.value, number })
    : err({ ...owner.error, near: owner.error.near.map((name) => `${name}#${number}`) });
}

/** Items whose number or title goes on from the prefix. */
export function completeItem(prefix: string, context: ParseContext): readonly Choice[] {
  const hash = prefix.lastIndexOf('#');
  const before = prefix.slice(0, hash + 1);
  const owner = hash <= 0 ? context.currentProject : prefix.slice(0, hash);
  const found: Choice[] = [];
  if (hash > 0 && !context.projects.includes(owner)) return found;
  const wanted = prefix.slice(hash + 1).toLowerCase();
  for (const { number, title } of context.itemNumbers?.(owner) ?? []) {
    if (!String(number).startsWith(wanted) && !(wanted.length > 1 && title.toLowerCase().includes(wanted))) continue;
    found.push({ value: `${before}${number}`, label: `${number} ${title}` });
    if (found.length === MOST_CHOICES) break;
  }
  return found;
}

import { nearest } from '../../nearest.ts';
import { err, ok, type Result } from '../../result.ts';
import { parsing } from '../../words/bot/parsing.ts';
import { problemAt, quoted, type Argument, type ArgumentProblem, type ParseContext } from './argument.ts';
import type { ArgumentTypes, ArgumentValues, ItemRef } from './arguments.ts';
import { withoutLead, withoutTrail } from '../courtesy.ts';
import { leadingWords, matchCommand, matchPunctuated, type CommandTable, type Declared } from '../command-table.ts';
import { suggestCommands } from './suggest.ts';
import { afterDashes, type Word } from './tokenize.ts';
import { wordReader, type CommandReader } from './word-reader.ts';
import { commandName } from '../../words/described.ts';
import type { ParseProblem, ParseProblemCode } from '../../words/bot/parse-problem.ts';

export interface ParsedCommand<C extends Declared = Declared> {
  readonly command: C;
  /** By name, without a prototype. */
  readonly args: ArgumentValues<ArgumentTypes>;
  /** What was typed, with the item that it left out. */
  readonly text: string;
}

/**
 * Reads a command text. Only commands for which `mayUse` is true are suggested. It does not decide what may run; the
 * caller does. Polite words and punctuation around a command count only where the text is none as it stands, so that what
 * belongs to a title or a reason stays there; a question mark counts only after a command that changes nothing.
 */
export function parseCommand<C extends Declared>(
  source: string,
  table: CommandTable<C>,
  context: ParseContext,
  mayUse: (command: C) => boolean = () => true,
): Result<ParsedCommand<C>, ParseProblem<C>> {
  const typed = parseAsTyped(source, table, context, mayUse);
  if (typed.ok || typed.error.code === 'which-item') return typed;
  const lead = withoutLead(source);
  const led = lead === source ? typed : parseAsTyped(lead, table, context, mayUse);
  if (led.ok) return led;
  const { text, asks } = withoutTrail(lead);
  const bare = text === lead ? led : parseAsTyped(text, table, context, mayUse);
  if (bare.ok && (!asks || bare.value.command.role === 'viewer')) return bare;
  // Of `reject 3.` the item is understood, and the reason is what is missing.
  if (!bare.ok && !led.ok && bare.error.code === 'missing-argument' && bare.error.argument !== led.error.argument) return bare;
  // What is wrong with `please shwo 3` is the second word.
  return typed.error.code === 'unknown-command' ? led : typed;
}

function parseAsTyped<C extends Declared>(
  source: string,
  table: CommandTable<C>,
  context: ParseContext,
  mayUse: (command: C) => boolean,
): Result<ParsedCommand<C>, ParseProblem<C>> {
  const leading = leadingWords(source, table.longest);
  const first = leading[0];
  const nowhere = { source, next: [], near: [], command: null, argument: null };
  if (first === undefined) return err({ ...nowhere, code: 'empty', message: parsing.empty, offset: source.length, length: 0 });
  const match = matchCommand(table, leading) ?? matchPunctuated(table, leading);
  if (match === null) {
    const names = table.commands.filter(mayUse).flatMap((one) => [one.words, ...(one.aliases ?? [])].map((words) => words.join(' ')));
    const near = suggestCommands(
      leading.map(({ text }) => text),
      names,
    );
    const message = parsing.unknownCommand(quoted(first.text));
    return err({ ...nowhere, code: 'unknown-command', message, near, offset: first.start, length: first.end - first.start });
  }
  return readArguments(source, match.command, match.end, context);
}

/** Reads the arguments of a known command from `offset` on. Networks that name the command separately use it too. */
export function readArguments<C extends Declared>(
  source: string,
  command: C,
  offset: number,
  context: ParseContext,
): Result<ParsedCommand<C>, ParseProblem<C>> {
  const positional = Object.entries(command.args).filter(([, argument]) => argument.kind !== 'flag');
  const flags = Object.entries(command.args).filter(([, argument]) => argument.kind === 'flag');
  const known = new Set(flags.map(([, argument]) => argument.flag ?? ''));
  const reader = wordReader(source, offset, known);
  const args: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const problem = (code: ParseProblemCode, about: ArgumentProblem, argument: string | null): Result<never, ParseProblem<C>> =>
    err({
      code,
      message: about.message,
      next: about.next,
      source,
      offset: about.start,
      length: about.end - about.start,
      near: about.near,
      command,
      argument,
    });

  const leftOutItem = itemIn(context, positional);
  let text = source;
  for (const [index, [name, argument]] of positional.entries()) {
    // If a text may begin here, a `--word` that is not a flag of the command is part of the text.
    const beforeText = positional.slice(index).find(([, one]) => one.required || one.kind === 'rest')?.[1].kind === 'rest';
    const next = beforeText ? reader.peekRest() : reader.peek();
    const flagProblem = unknownFlag(reader, known);
    if (flagProblem !== null) return problem('extra-argument', flagProblem, null);
    const item = name === leftOutItem?.name ? leftOutItem : null;
    if (item !== null && next !== null && hasTextAfter(positional, index) && isOtherNumber(next, item.ref, reader))
      return problem('which-item', problemAt(next, parsing.whichItem(commandName(command), next.text, item.ref.number)), name);
    if (item !== null && (next === null || !isItem(argument, reader, context))) {
      args[name] = argument.kind === 'tokens' ? [item.ref] : item.ref;
      const at = next?.start ?? source.length;
      text = `${source.slice(0, at).trimEnd()} ${item.typed} ${source.slice(at)}`.trimEnd();
      continue;
    }
    const leftOut = next === null || (argument.kind !== 'rest' && beforeText && !next.quoted && afterDashes(next.text) !== null);
    if (leftOut) {
      if (argument.required) {
        const end = { start: source.length, end: source.length };
        return problem('missing-argument', problemAt(end, parsing.missing(commandName(command), name, argument.expects)), name);
      }
      args[name] = null;
      continue;
    }
    if (argument.afterItems && leftOutItem !== null && text !== source && next !== null)
      return problem('bad-argument', problemAt(next, parsing.itemsFirst(commandName(command), leftOutItem.typed)), name);
    const mark = reader.mark();
    const value = argument.parse(reader, context);
    const unclosed = reader.unclosed();
    if (unclosed !== null) {
      const { start } = unclosed;
      return problem('bad-argument', problemAt({ start, end: start + 1 }, parsing.unclosed(source.charAt(start))), name);
    }
    if (value.ok) args[name] = value.value;
    else if (!argument.required && index < positional.length - 1) {
      // An optional argument in the middle that doesn't match was left out.
      reader.reset(mark);
      args[name] = null;
    } else return problem('bad-argument', value.error, name);
  }

  const extra = reader.peek();
  const flagProblem = unknownFlag(reader, known);
  if (flagProblem !== null) return problem('extra-argument', flagProblem, null);
  if (extra !== null) return problem('extra-argument', problemAt(extra, parsing.unexpected(quoted(extra.text))), null);
  for (const [name, argument] of flags) args[name] = reader.flags.has(argument.flag ?? '');
  return ok({ command, args, text });
}

/** The item that a command is about where none is typed, and the argument that it is the value of; null where there is none. */
function itemIn(
  { item, currentProject }: ParseContext,
  positional: readonly (readonly [string, Argument<unknown>])[],
): { readonly name: string; readonly ref: ItemRef; readonly typed: string } | null {
  const name = positional.find(([, { type }]) => type === 'item')?.[0];
  if (item === undefined || item === null || name === undefined) return null;
  return { name, ref: item, typed: item.project === currentProject ? String(item.number) : `${item.project}#${item.number}` };
}

/** Whether items are typed next. What has a `#` in it is meant as one, even if it is none. */
function isItem(argument: Argument<unknown>, reader: CommandReader, context: ParseContext): boolean {
  const mark = reader.mark();
  if (reader.peek()?.text.includes('#') === true) return true;
  const parsed = argument.parse(reader, context);
  reader.reset(mark);
  return parsed.ok;
}

function hasTextAfter(positional: readonly (readonly [string, Argument<unknown>])[], index: number): boolean {
  return positional[index + 1]?.[1].kind === 'rest';
}

/** A bare number of another item with a text behind it: in the thread of 42, is `reject 3 tests fail` about 3, or about three tests? */
function isOtherNumber(next: Word, ref: ItemRef, reader: CommandReader): boolean {
  if (!/^\d+$/.test(next.text) || Number(next.text) === ref.number) return false;
  const mark = reader.mark();
  reader.take();
  const isFollowed = reader.peekRest() !== null;
  reader.reset(mark);
  return isFollowed;
}

function unknownFlag(reader: CommandReader, known: ReadonlySet<string>): ArgumentProblem | null {
  const word = reader.unknownFlag();
  if (word === null) return null;
  const near = nearest(word.text.replace(/^(?:--|[–—])/, ''), known);
  return problemAt(word, parsing.unknownFlag(quoted(word.text)), near === null ? [] : [`--${near}`]);
}

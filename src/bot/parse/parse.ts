import { nearest } from '../../nearest.ts';
import { err, ok, type Result } from '../../result.ts';
import { quoted, type ArgumentProblem, type ParseContext } from './argument.ts';
import type { ArgumentTypes, ArgumentValues } from './arguments.ts';
import { commandName, leadingWords, matchCommand, type CommandTable, type Declared } from '../command-table.ts';
import { suggestCommands } from './suggest.ts';
import { afterDashes } from './tokenize.ts';
import { wordReader, type CommandReader } from './word-reader.ts';

export { problemDocument } from './problem-document.ts';

export type ParseProblemCode = 'empty' | 'unknown-command' | 'missing-argument' | 'bad-argument' | 'extra-argument';

/** Why a text is not a command that can run. */
export interface ParseProblem<C extends Declared = Declared> {
  readonly code: ParseProblemCode;
  /** One sentence with a full stop. */
  readonly message: string;
  readonly source: string;
  /** UTF-16 offset and length of what it is about; the end of the text and 0 where something is missing. */
  readonly offset: number;
  readonly length: number;
  /** What was perhaps meant instead of that word, best first. */
  readonly near: readonly string[];
  /** The command, where it was found. */
  readonly command: C | null;
  /** The name of the argument, where it is about one. */
  readonly argument: string | null;
}

export interface ParsedCommand<C extends Declared = Declared> {
  readonly command: C;
  /** By name; has no prototype. */
  readonly args: ArgumentValues<ArgumentTypes>;
}

/**
 * Reads a command text. `mayUse` says which commands the sender may use: only those are suggested. It does not decide
 * what may run; that is for who calls.
 */
export function parseCommand<C extends Declared>(
  source: string,
  table: CommandTable<C>,
  context: ParseContext,
  mayUse: (command: C) => boolean = () => true,
): Result<ParsedCommand<C>, ParseProblem<C>> {
  const leading = leadingWords(source, table.longest);
  const first = leading[0];
  const nowhere = { source, near: [], command: null, argument: null };
  if (first === undefined) return err({ ...nowhere, code: 'empty', message: 'There is no command.', offset: source.length, length: 0 });
  const match = matchCommand(table, leading);
  if (match === null) {
    const names = table.commands.filter(mayUse).flatMap((one) => [one.words, ...(one.aliases ?? [])].map((words) => words.join(' ')));
    const near = suggestCommands(
      leading.map(({ text }) => text),
      names,
    );
    const message = `${quoted(first.text)} is not a command.`;
    return err({ ...nowhere, code: 'unknown-command', message, near, offset: first.start, length: first.end - first.start });
  }
  return readArguments(source, match.command, match.end, context);
}

/** Reads the arguments of a command that is known already, from `offset` on: also for networks that name it apart. */
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
      source,
      offset: about.start,
      length: about.end - about.start,
      near: about.near,
      command,
      argument,
    });

  for (const [index, [name, argument]] of positional.entries()) {
    // Where a text may begin already, a `--word` that is no flag of the command is part of it.
    const beforeText = positional.slice(index).find(([, one]) => one.required || one.kind === 'rest')?.[1].kind === 'rest';
    const next = beforeText ? reader.peekRest() : reader.peek();
    const flagProblem = unknownFlag(reader, known);
    if (flagProblem !== null) return problem('extra-argument', flagProblem, null);
    const leftOut = next === null || (argument.kind !== 'rest' && beforeText && !next.quoted && afterDashes(next.text) !== null);
    if (leftOut) {
      if (argument.required) {
        const message = `${commandName(command)} needs ${argument.expects}.`;
        return problem('missing-argument', { message, near: [], start: source.length, end: source.length }, name);
      }
      args[name] = null;
      continue;
    }
    const mark = reader.mark();
    const value = argument.parse(reader, context);
    const unclosed = reader.unclosed();
    if (unclosed !== null) {
      const message = `The quote ${source.charAt(unclosed.start)} is never closed.`;
      return problem('bad-argument', { message, near: [], start: unclosed.start, end: unclosed.start + 1 }, name);
    }
    if (value.ok) args[name] = value.value;
    else if (!argument.required && index < positional.length - 1) {
      // An optional argument in the middle that does not fit was left out.
      reader.reset(mark);
      args[name] = null;
    } else return problem('bad-argument', value.error, name);
  }

  const extra = reader.peek();
  const flagProblem = unknownFlag(reader, known);
  if (flagProblem !== null) return problem('extra-argument', flagProblem, null);
  if (extra !== null) {
    const message = `${quoted(extra.text)} is more than ${commandName(command)} takes.`;
    return problem('extra-argument', { message, near: [], start: extra.start, end: extra.end }, null);
  }
  for (const [name, argument] of flags) args[name] = reader.flags.has(argument.flag ?? '');
  return ok({ command, args });
}

function unknownFlag(reader: CommandReader, known: ReadonlySet<string>): ArgumentProblem | null {
  const word = reader.unknownFlag();
  if (word === null) return null;
  const near = nearest(word.text.replace(/^(?:--|[–—])/, ''), known);
  const message = `There is no flag ${quoted(word.text)} here.`;
  return { message, near: near === null ? [] : [`--${near}`], start: word.start, end: word.end };
}

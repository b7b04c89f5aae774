import type { ParseContext } from './argument.ts';
import { matchCommand, type CommandTable, type Declared } from '../command-table.ts';
import { readWord, skipSpace, tokenize } from './tokenize.ts';
import { wordReader } from './word-reader.ts';

/** One possible completion. */
export interface Completion {
  readonly value: string;
  /** More than the value: an item's title. */
  readonly label: string;
  /** UTF-16 offsets of the text that the value replaces. */
  readonly replaces: readonly [start: number, end: number];
}

/**
 * How a typed line may continue: command words, then the values of the argument at its end, and
 * flags. Only commands that the sender may use are offered.
 */
export function completeLine<C extends Declared>(
  line: string,
  table: CommandTable<C>,
  context: ParseContext,
  mayUse: (command: C) => boolean = () => true,
): readonly Completion[] {
  const names = completeName(line, table, mayUse);
  const words = tokenize(line);
  // The word under the cursor may still change, so it is not yet part of a name.
  const whole = words.ok ? words.value.filter((word) => word.end < line.length) : [];
  const match = matchCommand(table, whole.slice(0, table.longest));
  if (match === null || !mayUse(match.command)) return names;
  return [...names, ...completeArgument(line, match.command, match.end, context)];
}

function completeName<C extends Declared>(line: string, table: CommandTable<C>, mayUse: (command: C) => boolean): readonly Completion[] {
  const start = skipSpace(line, 0);
  const typed = line.slice(start).replaceAll(/\s+/g, ' ').toLowerCase();
  const found: Completion[] = [];
  for (const [name, command] of table.byName) {
    if (name.startsWith(typed) && name !== typed.trimEnd() && mayUse(command))
      found.push({ value: name, label: name, replaces: [start, line.length] });
    else if (name === typed && mayUse(command)) found.push({ value: name, label: name, replaces: [start, line.length] });
  }
  return found;
}

function completeArgument(line: string, command: Declared, offset: number, context: ParseContext): readonly Completion[] {
  const all = Object.values(command.args);
  const flags = all.flatMap(({ flag }) => (flag === null ? [] : [flag]));
  const last = lastWord(line, offset);
  if (last !== null && (last.text.startsWith('-') || last.text.startsWith('—'))) {
    const typed = last.text.replace(/^(?:--?|—)/, '').toLowerCase();
    const used = wordReader(line.slice(0, last.start), offset, new Set(flags));
    while (used.take() !== null);
    return flags
      .filter((flag) => flag.startsWith(typed) && !used.flags.has(flag))
      .map((flag) => ({ value: `--${flag}`, label: `--${flag}`, replaces: [last.start, line.length] as const }));
  }

  const reader = wordReader(line, offset, new Set(flags));
  const isLast = (argument: Declared['args'][string]): boolean => all.findLast(({ kind }) => kind !== 'flag') === argument;
  for (const argument of all) {
    if (argument.kind === 'flag') continue;
    const next = reader.peek();
    const start = next === null ? line.length : next.start;
    // Without a space, the cursor is still in the word before.
    if (next === null && !/\s$/.test(line)) return [];
    const parsed = next === null ? null : argument.parse(reader, context);
    const goesOn =
      parsed === null ||
      !parsed.ok ||
      reader.offset() === line.length ||
      (argument.kind === 'tokens' && reader.peek() === null && takesMore(argument.type, isLast(argument), line));
    if (!goesOn) continue;
    return argument
      .complete(line.slice(start), context)
      .map(({ value, label }) => ({ value, label, replaces: [start, line.length] as const }));
  }
  return [];
}

/** Several items may be followed by another, after a comma or where nothing else comes; a choice of several words is complete. */
function takesMore(type: string, isLast: boolean, line: string): boolean {
  return type === 'item' && (isLast || /[,;&]\s*$/.test(line));
}

/** The word that ends where the line ends; null if the line ends with white space. */
function lastWord(line: string, offset: number): { readonly text: string; readonly start: number } | null {
  const text = /\S+$/.exec(line.slice(Math.max(offset, line.length - 200)))?.[0];
  if (text === undefined || readWord(text, 0) === null) return null;
  return { text, start: line.length - text.length };
}

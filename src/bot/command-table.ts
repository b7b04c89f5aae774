import type { Command } from './command.ts';
import { readWord, type Word } from './parse/tokenize.ts';

/** What parsing, completion and help need to know about a command. */
export type Declared = Pick<Command, 'words' | 'aliases' | 'args'> & Partial<Pick<Command, 'role'>>;

/** Commands by their words. */
export interface CommandTable<C extends Declared> {
  readonly commands: readonly C[];
  /** Lower-case words and aliases, joined by one space. */
  readonly byName: ReadonlyMap<string, C>;
  /** Words of the longest name. */
  readonly longest: number;
}

/** Longer than any name, so not worth a look-up. */
const LONGEST_NAME_WORD = 64;

/** Throws if two commands share a name: that is a bug in the list of commands. */
export function commandTable<C extends Declared>(commands: readonly C[]): CommandTable<C> {
  const byName = new Map<string, C>();
  for (const command of commands) {
    for (const words of [command.words, ...(command.aliases ?? [])]) {
      const name = words.join(' ').toLowerCase();
      if (byName.has(name)) throw new Error(`Two commands are called “${name}”.`);
      byName.set(name, command);
    }
  }
  const longest = Math.max(1, ...Array.from(byName.keys(), (name) => name.split(' ').length));
  return { commands, byName, longest };
}

/** The first words of a line, as many as the longest command name has. */
export function leadingWords(source: string, count: number): readonly Word[] {
  const words: Word[] = [];
  for (let word = readWord(source, 0); word !== null && words.length < count; word = readWord(source, word.end)) words.push(word);
  return words;
}

/** The command with the longest name that the line starts with, and where its arguments begin; null if there is none. */
export function matchCommand<C extends Declared>(
  table: CommandTable<C>,
  leading: readonly Word[],
): { readonly command: C; readonly end: number } | null {
  for (let count = leading.length; count > 0; count--) {
    const words = leading.slice(0, count);
    if (words.some((word) => word.quoted || word.text.length > LONGEST_NAME_WORD)) continue;
    const command = table.byName.get(words.map((word) => word.text.toLowerCase()).join(' '));
    const end = words.at(-1)?.end ?? 0;
    if (command !== undefined) return { command, end };
  }
  return null;
}

/** Punctuation that people put after a command: `status?`, `Help!`. */
const PUNCTUATION = /[?!.,;:…]+$/;

/**
 * As `matchCommand`, for a command with punctuation after it. With a question mark only commands that change nothing
 * match: whoever types `undo?` may be asking.
 */
export function matchPunctuated<C extends Declared>(
  table: CommandTable<C>,
  leading: readonly Word[],
): { readonly command: C; readonly end: number } | null {
  for (let count = leading.length; count > 0; count--) {
    const words = leading.slice(0, count);
    const last = words.at(-1);
    const marks = PUNCTUATION.exec(last?.text ?? '')?.[0] ?? '';
    if (last === undefined || last.quoted || marks === '') continue;
    const match = matchCommand(table, [...words.slice(0, -1), { ...last, text: last.text.slice(0, -marks.length) }]);
    if (match?.end === last.end && (!marks.includes('?') || match.command.role === 'viewer')) return match;
  }
  return null;
}

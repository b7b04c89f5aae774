import type { Command } from './command.ts';
import { readWord, type Word } from './parse/tokenize.ts';

/** What parsing, completion and help need of a command; a command of any arguments fits. */
export type Declared = Pick<Command, 'words' | 'aliases' | 'args'>;

/** Commands by their words. */
export interface CommandTable<C extends Declared> {
  readonly commands: readonly C[];
  /** Lower-case words and aliases, joined by one space. */
  readonly byName: ReadonlyMap<string, C>;
  /** Words of the longest name. */
  readonly longest: number;
}

/** A word longer than any name: not worth a look-up. */
const LONGEST_NAME_WORD = 64;

/** Throws when two commands share a name: that is a mistake in the list of commands. */
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

/** The first words of a line, as many as the longest name has. */
export function leadingWords(source: string, count: number): readonly Word[] {
  const words: Word[] = [];
  for (let word = readWord(source, 0); word !== null && words.length < count; word = readWord(source, word.end)) words.push(word);
  return words;
}

/** The command whose name takes most of the leading words, and where its arguments begin; null where none does. */
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

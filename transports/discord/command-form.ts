import { commandTextOf, type CatalogueCommand, type CatalogueOption } from '../command-catalogue.ts';
import type { Where } from '../network.ts';
import { askedFor, publishable, type Published } from './intake/commands.ts';

/** `/start item:1` if there is such a slash command, else `!start 1`; in a direct conversation `start 1`. */
export function commandForm(command: string, { direct, catalogue }: Omit<Where, 'thread'>): string {
  return formsOf(catalogue === null ? null : publishable(catalogue))(command, direct);
}

/** The same for many commands, of what has been published. */
export function formsOf(published: Published | null): (command: string, direct: boolean) => string {
  return (command, direct) => (direct ? command : ((published === null ? null : slashForm(command, published)) ?? `!${command}`));
}

/** A command with typed options, as Discord's clients complete it; null if it does not fit into them. */
function slashForm(text: string, { byName }: Published): string | null {
  const found = [...byName]
    .filter(([, { words }]) => text === words.join(' ') || text.startsWith(`${words.join(' ')} `))
    .toSorted(([, a], [, b]) => b.words.length - a.words.length)[0];
  if (found === undefined || text.includes('\n')) return null;
  const [name, command] = found;
  const values = valuesIn(text.slice(command.words.join(' ').length).trim(), command);
  // What would come back from Discord must be the same command.
  if (values === null || commandTextOf(command, values) !== text) return null;
  const options = askedFor(command).flatMap((option) => (values.has(option.name) ? [`${option.name}:${values.get(option.name)}`] : []));
  return [`/${name}`, ...options].join(' ');
}

/** The words after the command, by option; null if a required option has no matching word. */
function valuesIn(rest: string, { options }: CatalogueCommand): Map<string, string | number | boolean> | null {
  const values = new Map<string, string | number | boolean>();
  let left = rest;
  const take = (length: number): string => {
    const taken = left.slice(0, length);
    left = left.slice(length).trimStart();
    return taken;
  };
  for (const { name, flag } of options.filter((option) => option.flag !== null)) {
    const at = left.split(' ').indexOf(`--${flag}`);
    if (at < 0) continue;
    values.set(name, true);
    left = left.split(' ').toSpliced(at, 1).join(' ');
  }
  for (const [index, option] of options.entries()) {
    if (option.flag !== null) continue;
    const word = left.split(' ', 1)[0] ?? '';
    if (option.keyword !== null) {
      if (word === option.keyword) take(word.length);
    } else if (left !== '' && fits(option, word)) {
      const value = take(option.rest ? left.length : option.several ? severalIn(left, option, options.slice(index + 1)) : word.length);
      values.set(option.name, option.type === 'integer' ? Number(value) : value);
    } else if (option.required) return null;
  }
  return left === '' ? values : null;
}

/** How long the words are that come before the next fixed word, or the end; of items, before what is none. */
function severalIn(text: string, { type }: CatalogueOption, later: readonly CatalogueOption[]): number {
  if (type === 'item' && later.some(({ flag }) => flag === null))
    return itemsIn(
      text,
      later.some(({ rest }) => rest),
    );
  const keyword = later.find((option) => option.keyword !== null)?.keyword ?? null;
  const at = keyword === null ? -1 : ` ${text} `.indexOf(` ${keyword} `);
  return at < 0 ? text.length : text.slice(0, at).trimEnd().length;
}

/** How long the items are at the start of a text. Before a free text, only a comma goes on to another. */
function itemsIn(text: string, beforeText: boolean): number {
  const first = text.split(' ', 1)[0] ?? '';
  const others = beforeText ? (first.endsWith(',') ? /^(?: \S+,)* \S+/ : /^/) : /^(?:,? (?:[\w.-]*#)?\d{1,6}(?:-\d{1,6})?,?(?= |$))*/;
  return first.length + (others.exec(text.slice(first.length))?.[0].length ?? 0);
}

function fits({ type, choices }: CatalogueOption, word: string): boolean {
  if (type === 'integer') return /^\d+$/.test(word);
  return choices.length === 0 || choices.includes(word);
}

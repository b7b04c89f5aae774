import type { AccessRole } from '../../config/choices.ts';
import { nearest } from '../../nearest.ts';
import { changesNothing, unknownCommand, unknownFlag } from '../../words/steer/two-person.ts';
import { commandName } from '../../words/described.ts';
import type { Command } from '../command.ts';
import type { CommandTable } from '../command-table.ts';

/** An entry of `two_person`: a command, and the flags that have to be typed for it to count. */
interface Entry {
  readonly name: string;
  readonly flags: readonly string[];
}

function entryOf(text: string): Entry {
  const words = text.split(' ');
  return {
    name: words.filter((word) => !word.startsWith('--')).join(' '),
    flags: words.filter((word) => word.startsWith('--')).map((word) => word.slice(2)),
  };
}

/** Whether a second person has to confirm this call. An alias in the configuration stands for its command. */
export function wantsSecond(
  entries: readonly string[],
  table: CommandTable<Command>,
  command: Command,
  args: Readonly<Record<string, unknown>>,
): boolean {
  return entries.map(entryOf).some(({ name, flags }) => {
    if (table.byName.get(name) !== command) return false;
    return flags.every((flag) => Object.entries(command.args).some(([key, one]) => one.flag === flag && args[key] === true));
  });
}

/** The least role with which somebody can confirm an entry: whatever only viewers may do changes nothing. */
export function roleFor(entry: string, table: CommandTable<Command>): AccessRole | null {
  const role = table.byName.get(entryOf(entry).name)?.role ?? null;
  return role === 'viewer' ? 'operator' : role;
}

/** What is wrong with the entries of `two_person`, by their position. */
export function wrongEntries(
  entries: readonly string[],
  table: CommandTable<Command>,
): { readonly index: number; readonly message: string }[] {
  return entries.flatMap((text, index) => {
    const { name, flags } = entryOf(text);
    const command = table.byName.get(name);
    if (command === undefined) return [{ index, message: unknownCommand(name, nearest(name, table.byName.keys())) }];
    const known = Object.values(command.args).flatMap(({ flag }) => (flag === null ? [] : [flag]));
    const odd = flags.find((flag) => !known.includes(flag));
    if (odd !== undefined) return [{ index, message: unknownFlag(commandName(command), odd, known) }];
    return command.role === 'viewer' && command.confirm === undefined ? [{ index, message: changesNothing(commandName(command)) }] : [];
  });
}

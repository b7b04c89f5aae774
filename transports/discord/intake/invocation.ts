import type { APIApplicationCommandAutocompleteInteraction, APIChatInputApplicationCommandInteraction } from 'discord.js';
import { commandTextOf, type CommandCatalogue, type CatalogueCommand, type OptionValues, type Typist } from '../../command-catalogue.ts';
import { askedFor, PUBLIC, shortened } from './commands.ts';
import { LIMITS } from '../limits.ts';

type Given = NonNullable<APIChatInputApplicationCommandInteraction['data']['options']>;

/** What a slash command says, and whether everybody may see the answer. */
export interface Invocation {
  readonly text: string;
  readonly visible: boolean;
}

/** A choice as Discord shows it while a person types. */
export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

/** The text that a person would have typed instead of the slash command. */
export function invocation(command: CatalogueCommand, given: Given): Invocation {
  const values = valuesOf(given);
  const own = askedFor(command).some(({ name }) => name === PUBLIC);
  return { text: commandTextOf(command, values), visible: !own && values.get(PUBLIC) === true };
}

/** How the option that is being filled in may continue, at most as many as Discord shows. */
export function choices(
  catalogue: CommandCatalogue,
  command: CatalogueCommand,
  data: APIApplicationCommandAutocompleteInteraction['data'],
  typist: Typist,
): Choice[] {
  const given = data.options as Given;
  const focused = given.find((one) => 'focused' in one && one.focused);
  const at = command.options.findIndex(({ name }) => name === focused?.name);
  const option = command.options[at];
  if (focused === undefined || option === undefined || !('value' in focused)) return [];
  const typed = String(focused.value);
  const own = option.choices.filter((one) => one.startsWith(typed.toLowerCase())).map((value) => ({ value, label: value }));
  const before = commandTextOf({ ...command, options: command.options.slice(0, at) }, valuesOf(given));
  const found = own.length > 0 ? own : catalogue.complete(`${before} ${typed}`, typist);
  const byValue = new Map<string, Choice>();
  for (const { value, label } of found) {
    const text = value.trim();
    // A value that is cut would be another one.
    if (text === '' || text.length > LIMITS.choice || byValue.size >= LIMITS.choices || byValue.has(text)) continue;
    const number = option.type === 'integer';
    if (number && !/^-?\d{1,15}$/.test(text)) continue;
    byValue.set(text, { name: shortened(label, LIMITS.choice) || text, value: number ? Number(text) : text });
  }
  return [...byValue.values()];
}

function valuesOf(given: Given): OptionValues {
  const values = new Map<string, string | number | boolean>();
  for (const one of given) {
    if ('value' in one) values.set(one.name, one.value);
  }
  return values;
}

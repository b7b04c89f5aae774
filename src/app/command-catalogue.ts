import type { CommandCatalogue, CatalogueCommand, CatalogueOption } from '../../transports/command-catalogue.ts';
import type { Argument } from '../bot/parse/arguments.ts';
import type { Command } from '../bot/command.ts';

/** What networks with typed commands show of the commands: derived from their declarations and nothing else. */
export function catalogueOf(commands: readonly Command[], complete: CommandCatalogue['complete']): CommandCatalogue {
  return { commands: commands.map(catalogued), complete };
}

function catalogued(command: Command): CatalogueCommand {
  const { words, summary, args, form, aliases = [] } = command;
  const options = Object.entries(args).map(([name, argument]) => option(name, argument));
  return { words, summary, options, ...(form === undefined ? {} : { form: { ...form, aliases } }) };
}

function option(name: string, argument: Argument<unknown>): CatalogueOption {
  const { description, type, required, choices, range, flag, kind } = argument;
  // What a fixed word expects is itself.
  const keyword = /^the word “(.+)”$/.exec(argument.expects)?.[1] ?? null;
  return {
    name: name.toLowerCase(),
    description,
    type,
    required,
    choices,
    min: range.min,
    max: range.max,
    flag,
    several: kind === 'tokens',
    rest: kind === 'rest',
    keyword,
    completes: keyword === null && flag === null && kind !== 'rest' && choices.length === 0 && type !== 'integer',
  };
}

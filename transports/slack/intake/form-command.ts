import { commandTextOf, type CatalogueCommand, type CatalogueForm, type OptionValues } from '../../command-catalogue.ts';

/** Names the form, and the field of what goes below the last option; every other field is named after its option. */
export const FORM = 'musher-form';
export const BELOW = 'body';

/** A command whose options can be asked for in a form. */
export interface FormCommand extends CatalogueCommand {
  readonly form: CatalogueForm;
}

/** The commands with a form. */
export function formCommands(commands: readonly CatalogueCommand[]): FormCommand[] {
  return commands.flatMap((command) => (command.form === undefined ? [] : [{ ...command, form: command.form }]));
}

/** The form that a text asks for: the words of a command without its last option. Null: it is a command as it stands. */
export function formFor(
  text: string,
  commands: readonly FormCommand[],
): { readonly command: FormCommand; readonly given: readonly string[] } | null {
  for (const command of commands) {
    const called = [command.words, ...command.form.aliases]
      .map((words) => words.join(' '))
      .find((words) => text === words || text.startsWith(`${words} `));
    if (called === undefined) continue;
    const given = text
      .slice(called.length)
      .split(/\s+/)
      .filter((word) => word !== '');
    const before = command.options.slice(0, -1);
    // `create banana` has no title either, but what is wrong with it is the command's to say.
    if (given.length <= before.length && given.every((word, index) => before[index]?.choices.includes(word) === true))
      return { command, given };
  }
  return null;
}

/** The text that a person would have typed for a form that was filled in. */
export function formText(command: FormCommand, values: OptionValues, below: string): string {
  const lines = below.trim();
  return `${commandTextOf(command, values)}${lines === '' ? '' : `\n${lines}`}`;
}

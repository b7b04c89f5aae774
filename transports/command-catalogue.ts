import type { IncomingMessage } from '../src/message/address.ts';

/** Who is typing, and where. */
export type Typist = Pick<IncomingMessage, 'sender' | 'at' | 'ingress' | 'direct'>;

/** What a network with typed commands shows of Musher's commands. Derived from their declarations by the composition root. */
export interface CommandCatalogue {
  readonly commands: readonly CatalogueCommand[];
  /** Ways to continue with a command text typed up to its end, best first; only what the typist may see. */
  readonly complete: (text: string, typist: Typist) => readonly CatalogueChoice[];
}

export interface CatalogueChoice {
  readonly value: string;
  readonly label: string;
}

export interface CatalogueCommand {
  /** `['timer', 'list']` is typed `timer list`. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly options: readonly CatalogueOption[];
  /** On networks with forms, a form asks for the options if the command is typed without its last one. */
  readonly form?: CatalogueForm;
}

/** The words of a form that are not in the options themselves. */
export interface CatalogueForm {
  readonly title: string;
  readonly submit: string;
  /** Other words that the command is called by. */
  readonly aliases: readonly (readonly string[])[];
  /** What may continue the lines below the last option. */
  readonly below: { readonly label: string; readonly hint: string };
}

/** How a command is typed: `create <story|bug> <title>`. */
export function usageOf({ words, options }: CatalogueCommand): string {
  const shown = options.map(({ name, choices, keyword, flag, required }) => {
    const one = keyword ?? (flag === null ? `<${choices.length > 0 ? choices.join('|') : name}>` : `--${flag}`);
    return required || keyword !== null ? one : `[${one}]`;
  });
  return [...words, ...shown].join(' ');
}

export interface CatalogueOption {
  /** As in the declaration: lower case letters, digits, `_`. */
  readonly name: string;
  readonly description: string;
  readonly type: 'integer' | 'string' | 'boolean' | 'choice' | 'item';
  readonly required: boolean;
  readonly choices: readonly string[];
  readonly min: number | null;
  readonly max: number | null;
  /** Typed `--flag` in a text. */
  readonly flag: string | null;
  /** Takes several words, apart by spaces. */
  readonly several: boolean;
  /** Takes all that is left, raw: always the last one. */
  readonly rest: boolean;
  /** A fixed word of the sentence (the `on` of `depends 42 on 40`): not asked for, only put into the text. */
  readonly keyword: string | null;
  /** Completed by `CommandCatalogue.complete`. */
  readonly completes: boolean;
}

/** Values by the option's name, as the network gave them. */
export type OptionValues = ReadonlyMap<string, string | number | boolean>;

/** The text that a person would have typed for an invocation with typed options. */
export function commandTextOf(command: CatalogueCommand, values: OptionValues): string {
  const flags: string[] = [];
  const parts: string[] = [];
  for (const [at, option] of command.options.entries()) {
    const value = values.get(option.name);
    if (option.keyword !== null) {
      // The `on` of `depends 42 on 40` is added only if something comes after it, or is being typed.
      const followed = command.options.slice(at + 1).some((later) => later.flag === null && values.has(later.name));
      if (followed || option.required || at === command.options.length - 1) parts.push(option.keyword);
    } else if (option.flag !== null) {
      if (value === true) flags.push(`--${option.flag}`);
    } else if (value !== undefined) {
      parts.push(option.rest ? String(value) : asToken(String(value), option));
    }
  }
  return [...command.words, ...flags, ...parts].join(' ').trim();
}

/** One word of the text; several words are quoted, unless the option takes several. */
function asToken(value: string, option: CatalogueOption): string {
  if (option.type !== 'string' || option.several || !/\s/.test(value)) return value;
  const quote = value.includes('"') ? "'" : '"';
  return `${quote}${value}${quote}`;
}

import { createHash } from 'node:crypto';
import type { RESTPostAPIChatInputApplicationCommandsJSONBody as CommandBody } from 'discord.js';
import { visibleLine } from '../../../src/message/sanitize.ts';
import type { CommandCatalogue, CatalogueCommand, CatalogueOption } from '../../command-catalogue.ts';
import { LIMITS } from '../limits.ts';

type OptionBody = NonNullable<CommandBody['options']>[number];

/** Discord's numbers of option types. */
const TEXT = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const NAME = new RegExp(`^[-_a-z0-9]{1,${LIMITS.name}}$`);

/** The option by which a slash answer is shown to the room. */
export const PUBLIC = 'public';

/** What is published, and what of the catalogue Discord has no room for. */
export interface Published {
  readonly body: readonly CommandBody[];
  /** The commands by their name at Discord. */
  readonly byName: ReadonlyMap<string, CatalogueCommand>;
  readonly problems: readonly string[];
}

/** The catalogue as Discord's commands, one for each: `timer list` is `/timer-list`. */
export function publishable(catalogue: CommandCatalogue): Published {
  const byName = new Map<string, CatalogueCommand>();
  const body: CommandBody[] = [];
  const problems: string[] = [];
  for (const command of catalogue.commands) {
    const name = command.words.join('-').toLowerCase();
    const problem =
      byName.size >= LIMITS.commands ? `Discord accepts at most ${LIMITS.commands} commands` : problemWith(name, command, byName);
    if (problem !== null) {
      problems.push(`/${name} is not published: ${problem}.`);
      continue;
    }
    byName.set(name, command);
    // In guilds and in direct messages with the bot.
    body.push({
      type: 1,
      name,
      description: description(command.summary, name),
      options: options(command),
      contexts: [0, 1],
      integration_types: [0],
    });
  }
  return { body, byName, problems };
}

/** Names what is published, so that it is published again only when it is something else. */
export function hashOf(body: readonly CommandBody[], applicationId: string): string {
  return createHash('sha256').update(applicationId).update(JSON.stringify(body)).digest('base64url');
}

/** The options that a person fills in, in the order of the sentence. */
export function askedFor(command: CatalogueCommand): CatalogueOption[] {
  return command.options.filter(({ keyword }) => keyword === null);
}

function problemWith(name: string, command: CatalogueCommand, taken: ReadonlyMap<string, CatalogueCommand>): string | null {
  if (!NAME.test(name)) return `its name is not 1 to ${LIMITS.name} lower-case letters, digits, - and _`;
  if (taken.has(name)) return 'another command already has this name';
  const asked = askedFor(command);
  if (asked.length > LIMITS.options) return `it has more than ${LIMITS.options} options`;
  const bad = asked.find((option) => !NAME.test(option.name));
  if (bad !== undefined) return `its option ${bad.name} has a name that Discord does not accept`;
  return new Set(asked.map((option) => option.name)).size < asked.length ? 'two of its options have the same name' : null;
}

function options(command: CatalogueCommand): OptionBody[] {
  const asked = askedFor(command);
  // Discord wants the required ones first; the text is put together in the order of the declaration all the same.
  const body = [...asked.filter(({ required }) => required), ...asked.filter(({ required }) => !required)].map(optionBody);
  if (body.length < LIMITS.options && !asked.some(({ name }) => name === PUBLIC)) {
    body.push({ type: BOOLEAN, name: PUBLIC, description: 'Show the answer to everyone in the channel.', required: false });
  }
  return body;
}

function optionBody(option: CatalogueOption): OptionBody {
  const base = { name: option.name, description: description(option.description, option.name), required: option.required };
  switch (option.type) {
    case 'integer':
      return {
        ...base,
        type: INTEGER,
        ...(option.min === null ? {} : { min_value: option.min }),
        ...(option.max === null ? {} : { max_value: option.max }),
      };
    case 'boolean':
      return { ...base, type: BOOLEAN };
    case 'choice':
      return fitsChoices(option)
        ? { ...base, type: TEXT, choices: option.choices.map((value) => ({ name: value, value })) }
        : { ...base, type: TEXT, autocomplete: true };
    case 'string':
    case 'item':
      return { ...base, type: TEXT, max_length: LIMITS.optionText, ...(option.completes ? { autocomplete: true as const } : {}) };
  }
}

function fitsChoices({ choices }: CatalogueOption): boolean {
  return choices.length > 0 && choices.length <= LIMITS.choices && choices.every((one) => one.length >= 1 && one.length <= LIMITS.choice);
}

function description(text: string, fallback: string): string {
  return shortened(text, LIMITS.description) || fallback;
}

/** On one line, shortened with `…`. */
export function shortened(text: string, limit: number): string {
  const line = visibleLine(text).trim();
  if (line.length <= limit) return line;
  return `${line.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

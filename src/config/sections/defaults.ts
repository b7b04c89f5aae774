import * as z from 'zod';
import type { Choice, Defaults } from '../../pipeline/next/choice.ts';
import { ITEM_TYPES, type ItemType } from '../../pipeline/types.ts';
import { modelName, name } from './fields.ts';

const choiceSchema = z.strictObject({ agent: name().optional(), model: modelName().optional() });

/** `[defaults]`, in bot.toml and in a project's file. `whose`: the rest of its description. */
export const defaultsSchemaOf = (whose: string) =>
  z
    .partialRecord(z.enum(ITEM_TYPES), choiceSchema)
    .default({})
    .meta({
      description: `The coder (\`agent\`) and the \`model\` for items of a type (${ITEM_TYPES.join(', ')}) where nobody chose by \`assign\` or \`model\`. ${whose}`,
      example: { bug: { agent: 'coder-2', model: 'haiku' } },
      type: 'table of tables',
    });

type DefaultsSection = z.output<ReturnType<typeof defaultsSchemaOf>>;

/** Who works on items that nobody chose an agent or a model for, by their type. */
export type DefaultSettings = Defaults;

/** What a file says for each type; what it leaves out is null. */
export function defaultSettings(section: DefaultsSection): DefaultSettings {
  const of = (type: ItemType): Choice => ({ agent: section[type]?.agent ?? null, model: section[type]?.model ?? null });
  return { story: of('story'), bug: of('bug'), spike: of('spike'), refactor: of('refactor') };
}

/**
 * A project's own defaults over those of bot.toml. An agent that bot.toml names is the default in those projects alone that have a
 * coder of that name.
 */
export function mergedDefaults(own: DefaultSettings, shared: DefaultSettings, coders: readonly string[]): DefaultSettings {
  const of = (type: ItemType): Choice => {
    const { agent, model } = shared[type];
    return { agent: own[type].agent ?? (agent !== null && coders.includes(agent) ? agent : null), model: own[type].model ?? model };
  };
  return { story: of('story'), bug: of('bug'), spike: of('spike'), refactor: of('refactor') };
}

/** Agents that a file's defaults name and that are none of these coders: the type, and what is wrong. */
export function defaultsProblems(defaults: DefaultSettings, coders: readonly string[], whose: string): [type: ItemType, message: string][] {
  return ITEM_TYPES.flatMap((type): [ItemType, string][] => {
    const { agent } = defaults[type];
    return agent === null || coders.includes(agent) ? [] : [[type, `"${agent}" is no coder of ${whose}`]];
  });
}

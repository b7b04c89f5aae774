import type { ItemType, WorkItem } from '../types.ts';

/** Who works on an item, and with which model; null: whoever is free, and the agent's own. */
export interface Choice {
  readonly agent: string | null;
  readonly model: string | null;
}

/** What the configuration says for items of each type that people chose nothing for. */
export type Defaults = { readonly [T in ItemType]: Choice };

/** Whoever is free, with the model of its own. */
export const NO_CHOICE: Choice = { agent: null, model: null };

/** What holds for the coder's runs of an item: what people chose for it, and otherwise what its type says. */
export function chosenFor({ type, assignedTo, model }: Pick<WorkItem, 'type' | 'assignedTo' | 'model'>, defaults: Defaults): Choice {
  return { agent: assignedTo ?? defaults[type].agent, model: model ?? defaults[type].model };
}

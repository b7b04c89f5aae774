import { BOUNDS } from '../../bounds.ts';

/** What is known of the models that an agent can work with. */
export interface ModelUser {
  /** Its own, as configured; null or missing: its program's own. */
  readonly model?: string | null;
  /** Those that its program is known to have; with the provider in front where the program wants it so (`anthropic/claude-opus-5`). */
  readonly knownModels?: readonly string[];
}

/** Whether an agent is known to be able to work with a model: it is its own, or one that its program has. Others may work as well. */
export function takesModel({ model: own, knownModels = [] }: ModelUser, model: string): boolean {
  if (model === own) return true;
  const name = canonicalModel(model);
  return knownModels.some((known) => known.includes('/') === model.includes('/') && canonicalModel(known) === name);
}

/** Those of some agents that can work with a model; null: any. One that no program is known to have can be tried with all. */
export function takersOf<A extends ModelUser>(agents: readonly A[], model: string | null): readonly A[] {
  if (model === null) return agents;
  const able = agents.filter((agent) => takesModel(agent, model));
  return able.length === 0 ? agents : able;
}

/** Names of models as providers write them (`claude-opus-5`, `openai/gpt-5.5`, `opus[1m]`); never what a program would read as an option. */
export function isModelName(text: string): boolean {
  return text.length <= 100 && /^[\p{L}\d][\p{L}\d._:/@+[\]-]*$/u.test(text);
}

/**
 * One name for what providers and programs write in several: without the provider in front (`openai/`, `us.anthropic.`),
 * the length of the context (`[1m]`), the release's date (`-20250929`, `-2025-09-29`, `@20250929`), `-latest` and `-v1:0`.
 */
export function canonicalModel(model: string): string {
  return model
    .slice(0, BOUNDS.modelName)
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^(?:[a-z]{2,6}\.)?anthropic\./, '')
    .replace(/\[[^\]]*\]$/, '')
    .replace(/-v\d+(?::\d+)?$/, '')
    .replace(/(?:[-@]\d{8}|-\d{4}-\d{2}-\d{2}|-latest)$/, '');
}

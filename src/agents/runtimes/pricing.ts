import { BOUNDS } from '../../bounds.ts';
import { LIST_PRICES } from './list-prices.ts';
import type { Usage } from '../../pipeline/usage.ts';
import type { ModelPrice } from './model-price.ts';

/** Tells what tokens cost. */
export interface Pricing {
  /** Millionths of a dollar, whole. Null: no price is known, which never means that it is free. `hourWrites`: how many of the cache writes are kept for an hour. */
  cost(model: string, tokens: Omit<Usage, 'microUsd'>, hourWrites?: number): number | null;
}

/** List prices under the ones that the configuration gives, by the model's name as the program or the provider writes it. */
export function pricing(own: Readonly<Record<string, ModelPrice>> = {}): Pricing {
  const listed = new Map<string, ModelPrice>(LIST_PRICES.models.map(({ model, ...price }) => [model, price]));
  const exact = new Map(Object.entries(own));
  const canonical = new Map(Object.entries(own).map(([model, price]) => [canonicalModel(model), price]));
  return {
    cost(model, tokens, hourWrites = 0) {
      // Nothing used is free, whatever it would have cost.
      if (tokens.inputTokens + tokens.outputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens === 0) return 0;
      const name = canonicalModel(model);
      const price = exact.get(model) ?? canonical.get(name) ?? listed.get(name);
      if (price === undefined) return null;
      const hour = Math.min(hourWrites, tokens.cacheWriteTokens);
      // Dollars per million tokens are millionths of a dollar per token.
      return Math.round(
        tokens.inputTokens * price.input +
          tokens.outputTokens * price.output +
          tokens.cacheReadTokens * price.cacheRead +
          (tokens.cacheWriteTokens - hour) * price.cacheWrite +
          hour * (price.cacheWriteHour ?? price.cacheWrite),
      );
    },
  };
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

import { canonicalModel } from '../../pipeline/next/model.ts';
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
  const listed = new Map<string, ModelPrice>(LIST_PRICES.models.map((price) => [price.model, price]));
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

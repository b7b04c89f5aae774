import { LIST_PRICES } from './list-prices.ts';
import type { Runtime } from './runtime.ts';

/** Models that a runtime is known to have, as its program names them. It may have others: providers have new ones every month. */
export function knownModels({ models: { provider, aliases } }: Runtime): string[] {
  return [
    ...aliases,
    ...LIST_PRICES.models.flatMap((one) =>
      provider === 'any' ? [`${one.provider}/${one.model}`] : one.provider === provider ? [one.model] : [],
    ),
  ];
}

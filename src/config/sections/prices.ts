import * as z from 'zod';
import { asSettings, type AsSettings } from '../as-settings.ts';

const usd = () => z.number().min(0);

/** What one model costs, in US dollars per million tokens. */
const priceSchema = z.strictObject({ input: usd(), output: usd(), cache_read: usd().optional(), cache_write: usd().optional() });

/** `[prices]` of bot.toml: for models that have no list price, or another one for you. */
export const pricesSchema = z
  .record(z.string().min(1), priceSchema)
  .default({})
  .meta({
    description:
      'What models cost, in US dollars per million tokens: `input`, `output`, and where it differs from input `cache_read` and `cache_write`. Wins over the list prices in Musher; a model that costs nothing has 0. A run of a model without a price is charged its full reservation.',
    example: { 'my-model': { input: 0.5, output: 2, cache_read: 0.05, cache_write: 0.5 } },
    type: 'table of tables',
  });

/** US dollars per million tokens. */
export type PriceSettings = { readonly [Key in keyof AsSettings<typeof priceSchema>]: number };

/** The prices as settings: what the cache costs is what input costs, where nothing else is said. */
export function priceSettings(prices: z.output<typeof pricesSchema>): Record<string, PriceSettings> {
  return Object.fromEntries(
    Object.entries(prices).map(([model, price]) => {
      const { cacheRead, cacheWrite, ...own } = asSettings(priceSchema, price);
      return [model, { ...own, cacheRead: cacheRead ?? own.input, cacheWrite: cacheWrite ?? own.input }];
    }),
  );
}

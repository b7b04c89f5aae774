import type { ModelPrice } from './pricing.ts';

/** What Anthropic asks for its cache follows from the price of input: a tenth to read, 1.25 to write, twice for an hour. */
function anthropic(model: string, input: number, output: number): ModelPrice & { readonly model: string } {
  return { model, input, output, cacheRead: input / 10, cacheWrite: input * 1.25, cacheWriteHour: input * 2 };
}

/**
 * The providers' list prices in US dollars per million tokens, by canonical name. The one place that holds prices; `[prices]`
 * in bot.toml wins over it. A model that is not here has no known price, which is told and never counted as free.
 */
export const LIST_PRICES: { readonly date: string; readonly models: readonly (ModelPrice & { readonly model: string })[] } = {
  /** When they were last compared with the providers' pages. */
  date: '2026-11-30',
  models: [
    anthropic('claude-opus-4-5', 5, 25),
    anthropic('claude-opus-4-1', 15, 75),
    anthropic('claude-opus-4-0', 15, 75),
    anthropic('claude-opus-4', 15, 75),
    anthropic('claude-sonnet-4-5', 3, 15),
    anthropic('claude-sonnet-4-0', 3, 15),
    anthropic('claude-sonnet-4', 3, 15),
    anthropic('claude-3-7-sonnet', 3, 15),
    anthropic('claude-haiku-4-5', 1, 5),
    anthropic('claude-3-5-haiku', 0.8, 4),
  ],
};

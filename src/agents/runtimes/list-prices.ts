import type { ModelPrice } from './model-price.ts';

export type Provider = 'anthropic' | 'openai' | 'google';
type Listed = ModelPrice & { readonly model: string; readonly provider: Provider };

/** What Anthropic asks for its cache follows from the price of input: mostly a tenth to read, 1.25 to write, twice for an hour. */
function anthropic(model: string, input: number, output: number, cacheRead: number = input / 10): Listed {
  return { model, provider: 'anthropic', input, output, cacheRead, cacheWrite: input * 1.25, cacheWriteHour: input * 2 };
}

/** OpenAI asks nothing more for a cache write before GPT-5.6, and 1.25 of input since. */
function openai(model: string, input: number, output: number, cacheRead: number = input / 10, cacheWrite: number = input): Listed {
  return { model, provider: 'openai', input, output, cacheRead, cacheWrite };
}

function google(model: string, input: number, output: number): Listed {
  return { model, provider: 'google', input, output, cacheRead: input / 10, cacheWrite: input };
}

/**
 * The providers' list prices in US dollars per million tokens, by canonical name. The one place that holds prices; `[prices]`
 * in bot.toml wins over it. A model that is not here has no known price, which is told and never counted as free.
 *
 * Some models cost up to twice as much beyond 200,000 or 272,000 tokens of context. Programs don't tell the length of each
 * request, so the lower price stands here.
 */
export const LIST_PRICES: { readonly date: string; readonly models: readonly Listed[] } = {
  /** When the list was made, from a public catalogue of models; compare it with the providers' pages before you rely on a cap to the cent. */
  date: '2026-11-30',
  models: [
    anthropic('claude-fable-5-1', 10, 50, 0.25),
    anthropic('claude-fable-5', 10, 50),
    anthropic('claude-opus-5-5', 4, 20, 0.2),
    anthropic('claude-opus-5', 5, 25),
    anthropic('claude-opus-4-8', 5, 25),
    anthropic('claude-opus-4-7', 5, 25),
    anthropic('claude-opus-4-6', 5, 25),
    anthropic('claude-sonnet-5', 2, 10),
    anthropic('claude-sonnet-4-6', 3, 15),
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
    openai('gpt-6-astra', 10, 50, 1, 12.5),
    openai('gpt-6-sol', 2, 10, 0.2, 2.5),
    openai('gpt-6-luna', 0.1, 0.5, 0.01, 0.125),
    openai('gpt-5.6', 4, 20, 0.4, 5),
    openai('gpt-5.6-sol', 4, 20, 0.4, 5),
    openai('gpt-5.6-terra', 2, 12, 0.2, 2.5),
    openai('gpt-5.6-luna', 0.2, 1.2, 0.02, 0.25),
    openai('gpt-5.5', 5, 30),
    openai('gpt-5.4', 2.5, 15),
    openai('gpt-5.4-mini', 0.75, 4.5),
    openai('gpt-5.4-nano', 0.2, 1.25),
    openai('gpt-5.3-codex', 1.75, 14),
    openai('gpt-5.2', 1.75, 14),
    openai('gpt-5.1', 1.25, 10),
    openai('gpt-5-codex', 1.25, 10),
    openai('gpt-5', 1.25, 10),
    openai('gpt-5-mini', 0.25, 2),
    openai('gpt-5-nano', 0.05, 0.4),
    openai('gpt-4.1', 2, 8, 0.5),
    openai('gpt-4.1-mini', 0.4, 1.6, 0.1),
    openai('o3', 2, 8, 0.5),
    openai('o4-mini', 1.1, 4.4, 0.275),
    google('gemini-3.8-flash', 0.75, 3.75),
    google('gemini-3.7-flash', 0.75, 3.75),
    google('gemini-3.6-flash', 0.75, 3.75),
    google('gemini-3.5-flash', 1.5, 9),
    google('gemini-3.5-flash-lite', 0.3, 2.5),
    google('gemini-3.1-pro-preview', 2, 12),
    google('gemini-3.1-flash-lite', 0.25, 1.5),
    google('gemini-3-flash-preview', 0.5, 3),
    google('gemini-2.5-pro', 1.25, 10),
    google('gemini-2.5-flash', 0.3, 2.5),
    google('gemini-2.5-flash-lite', 0.1, 0.4),
  ],
};

import type { Usage } from '../../../pipeline/events.ts';

/** US dollars per million tokens. Cache writes: kept for 5 minutes, and for an hour. */
interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

function price(input: number, output: number): Price {
  return { input, output, cacheRead: input / 10, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2 };
}

/**
 * Anthropic's list prices. The stream tells tokens at once but money only at the end, so money is metered with these
 * until the end line corrects it upwards. A model that is not listed is metered in tokens alone until then, and the
 * command line's own budget check (`--max-budget-usd`) stands guard.
 */
const PRICES: readonly (readonly [RegExp, Price])[] = [
  [/^claude-opus-4-5(-\d{8})?$/, price(5, 25)],
  [/^claude-opus-4(-[01])?(-\d{8})?$/, price(15, 75)],
  [/^claude-sonnet-4(-[05])?(-\d{8})?$/, price(3, 15)],
  [/^claude-3-7-sonnet(-\d{8}|-latest)?$/, price(3, 15)],
  [/^claude-haiku-4-5(-\d{8})?$/, price(1, 5)],
  [/^claude-3-5-haiku(-\d{8}|-latest)?$/, price(0.8, 4)],
];

/** What the tokens cost at list price, in millionths of a dollar; 0 for a model that is not listed. `cacheWrite1h`: how many of the cache writes were for an hour. */
export function listPrice(model: string, usage: Omit<Usage, 'microUsd'>, cacheWrite1h: number): number {
  const found = PRICES.find(([pattern]) => pattern.test(model))?.[1];
  if (found === undefined) return 0;
  const hour = Math.min(cacheWrite1h, usage.cacheWriteTokens);
  // Dollars per million tokens are millionths of a dollar per token.
  return Math.round(
    usage.inputTokens * found.input +
      usage.outputTokens * found.output +
      usage.cacheReadTokens * found.cacheRead +
      (usage.cacheWriteTokens - hour) * found.cacheWrite5m +
      hour * found.cacheWrite1h,
  );
}

/** What a model used. Money in millionths of a US dollar: whole numbers, so that sums are exact. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly microUsd: number;
}

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 0 };

/** Two usages, count by count. */
function combine(a: Usage, b: Usage, how: (x: number, y: number) => number): Usage {
  return {
    inputTokens: how(a.inputTokens, b.inputTokens),
    outputTokens: how(a.outputTokens, b.outputTokens),
    cacheReadTokens: how(a.cacheReadTokens, b.cacheReadTokens),
    cacheWriteTokens: how(a.cacheWriteTokens, b.cacheWriteTokens),
    microUsd: how(a.microUsd, b.microUsd),
  };
}

/** The sum of two usages. */
export function addUsage(a: Usage, b: Usage): Usage {
  return combine(a, b, (x, y) => x + y);
}

/** What is left of `a` without `b`; counts may be negative. */
export function subtractUsage(a: Usage, b: Usage): Usage {
  return combine(a, b, (x, y) => x - y);
}

/** The larger of two usages, count by count: totals never go down, whatever an agent says later. */
export function maxUsage(a: Usage, b: Usage): Usage {
  return combine(a, b, Math.max);
}

/** How far `total` is beyond `before`, no count below 0: a total that goes down is not believed. */
export function usageBeyond(before: Usage, total: Usage): Usage {
  return combine(total, before, (x, y) => Math.max(0, x - y));
}

/** Whether two usages are equal in every count. */
export function sameUsage(a: Usage, b: Usage): boolean {
  return Object.values(combine(a, b, (x, y) => x - y)).every((n) => n === 0);
}

/** All tokens of a usage: input, output and both kinds of cache. */
export function totalTokens(usage: Usage): number {
  return usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}

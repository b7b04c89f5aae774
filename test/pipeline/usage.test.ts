import { expect, it } from 'vitest';
import { addUsage, maxUsage, NO_USAGE, sameUsage, subtractUsage, totalTokens, usageBeyond, type Usage } from '../../src/pipeline/usage.ts';

const usage = (...[inputTokens = 0, outputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, microUsd = 0]: number[]): Usage => ({
  inputTokens,
  outputTokens,
  cacheReadTokens,
  cacheWriteTokens,
  microUsd,
});
const a = usage(1, 20, 300, 4_000, 50_000);
const b = usage(5, 4, 3, 2, 1);

it('is summed, compared and bounded count by count', () => {
  expect(addUsage(a, b)).toEqual(usage(6, 24, 303, 4_002, 50_001));
  expect(subtractUsage(b, a)).toEqual(usage(4, -16, -297, -3_998, -49_999));
  expect(maxUsage(a, b)).toEqual(usage(5, 20, 300, 4_000, 50_000));
  expect(usageBeyond(b, a)).toEqual(usage(0, 16, 297, 3_998, 49_999));
  expect(totalTokens(a)).toBe(4_321);
  expect([sameUsage(a, { ...a }), sameUsage(a, addUsage(a, NO_USAGE)), sameUsage(a, { ...a, cacheWriteTokens: 4_001 })]).toEqual([
    true,
    true,
    false,
  ]);
});

import { tokensField, type Fields } from '../json-line.ts';
import type { Tokens } from '../run-usage.ts';

/**
 * What a run used, from the `usage` of its end line: that one holds the whole thread, so what the thread's earlier runs
 * are known to have used is taken off. Codex counts cached tokens as input, and reasoning as output.
 */
export function threadTokens(usage: Fields, before: Tokens): Tokens {
  const cacheReadTokens = tokensField(usage, 'cached_input_tokens');
  const cacheWriteTokens = tokensField(usage, 'cache_write_input_tokens');
  const inputTokens = Math.max(0, tokensField(usage, 'input_tokens') - cacheReadTokens - cacheWriteTokens);
  const rest = (whole: number, earlier: number): number => Math.max(0, whole - earlier);
  return {
    inputTokens: rest(inputTokens, before.inputTokens),
    outputTokens: rest(tokensField(usage, 'output_tokens'), before.outputTokens),
    cacheReadTokens: rest(cacheReadTokens, before.cacheReadTokens),
    cacheWriteTokens: rest(cacheWriteTokens, before.cacheWriteTokens),
  };
}

import { claudeRuntime } from '../../../src/agents/runtimes/claude/claude.ts';
import type { Plays } from './cases.ts';
import { recorded, withOddities } from './recording.ts';
import type { Usage } from '../../../src/pipeline/usage.ts';

const SONNET = 'claude-sonnet-4-5';
const lines = (name: string): readonly string[] => recorded('claude', name);
/** What the scripted model server said that each of its answers used. */
const calls = (count: number): { readonly [SONNET]: Usage } => ({
  [SONNET]: {
    inputTokens: 1000 * count,
    outputTokens: 50 * count,
    cacheReadTokens: 200 * count,
    cacheWriteTokens: 0,
    microUsd: 3810 * count,
  },
});
/** The end line of `basic` with other names and other text. */
const end = (change: object): string => JSON.stringify({ ...(JSON.parse(lines('basic').at(-1) ?? '') as object), ...change });
const modelUsage = (name: string, canonicalModel: string): object => ({
  [name]: {
    inputTokens: 3000,
    outputTokens: 150,
    cacheReadInputTokens: 600,
    cacheCreationInputTokens: 0,
    costUSD: 0.01143,
    canonicalModel,
  },
});

export const claudePlays: Plays = {
  runtime: claudeRuntime,
  cases: {
    success: { steps: [{ print: lines('basic') }, { exit: 0 }], says: 'All done.', usage: calls(3) },
    'empty success': {
      steps: [
        { print: [...lines('basic').slice(0, 1), end({ result: '', modelUsage: {}, model_usage_since_last_result: {} })] },
        { exit: 0 },
      ],
      usage: {},
    },
    failure: {
      steps: [{ print: [...lines('basic').slice(0, 1), end({ is_error: true, result: 'API Error: 500' })] }, { exit: 1 }],
      says: '500',
    },
    'one 429': { steps: [{ print: lines('r429once') }, { exit: 0 }], says: 'ok after 429', usage: calls(1) },
    '429 for ever': { steps: [{ print: lines('r429long') }, { exit: 1 }], says: '429' },
    '401': { steps: [{ print: lines('e401') }, { stay: true }], says: '401' },
    'a cut connection': { steps: [{ print: lines('cut_once') }, { exit: 0 }], says: 'ok after cut', usage: calls(1) },
    resume: {
      steps: [{ print: lines('resume2') }, { exit: 0 }],
      resume: { session: 'f289df6f-e833-4bf0-8b33-202fb4a5efce', before: calls(1)[SONNET] },
      argument: '--resume\nf289df6f-e833-4bf0-8b33-202fb4a5efce\n',
      usage: calls(1),
    },
    'a refused tool': { steps: [{ print: lines('denied') }, { exit: 0 }], says: 'I could not.' },
    'SIGTERM while idle': { steps: [{ print: lines('stall') }, { stay: true }] },
    'SIGTERM while a tool runs': { steps: [{ print: lines('basic').slice(0, 3) }, { tool: true }, { stay: true }] },
    'told while it works': { cannot: 'it is interrupted, and its session continues with the words' },
    'output that never ends': { steps: [{ flood: lines('basic')[1] ?? '' }] },
    'a process that stays after its result': { steps: [{ print: lines('basic') }, { stay: true }], says: 'All done.', usage: calls(3) },
    // The stream names the model with its date, the end line with the length of its context: it is one model.
    'usage that is cumulative': {
      steps: [
        {
          print: [
            ...lines('basic')
              .slice(0, -1)
              .map((line) => line.replaceAll(`"model":"${SONNET}"`, `"model":"${SONNET}-20250929"`)),
            end({
              modelUsage: modelUsage(`${SONNET}[1m]`, SONNET),
              model_usage_since_last_result: modelUsage(`${SONNET}[1m]`, SONNET),
            }),
          ],
        },
        { exit: 0 },
      ],
      usage: { [`${SONNET}-20250929`]: calls(3)[SONNET] },
    },
    'odd output': { steps: [{ print: withOddities(lines('basic')) }, { exit: 0 }], says: 'All done.', usage: calls(3) },
  },
};

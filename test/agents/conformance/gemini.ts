import { geminiRuntime } from '../../../src/agents/runtimes/gemini/gemini.ts';
import type { Plays } from './cases.ts';
import { recorded, withOddities } from './recording.ts';
import type { Usage } from '../../../src/pipeline/usage.ts';

const MODEL = 'gemini-2.5-pro';
/** The scripted model server called its model `fake`. */
const lines = (name: string): readonly string[] => recorded('gemini', name).map((line) => line.replaceAll('"fake"', `"${MODEL}"`));
const calls = (count: number): { readonly [MODEL]: Usage } => ({
  [MODEL]: {
    inputTokens: 800 * count,
    outputTokens: 50 * count,
    cacheReadTokens: 200 * count,
    cacheWriteTokens: 0,
    microUsd: 1525 * count,
  },
});
const SESSION = '91f8ae16-1966-42d7-b6d7-3e2e98e31363';
const error = (message: string): string =>
  (lines('e400').at(-1) ?? '').replace(/"message":".*?"\},"stats"/, `"message":${JSON.stringify(message)}},"stats"`);

export const geminiPlays: Plays = {
  runtime: geminiRuntime,
  model: MODEL,
  cases: {
    success: { steps: [{ print: lines('basic') }, { exit: 0 }], says: 'All done.', usage: calls(2) },
    'empty success': {
      steps: [{ print: [...lines('basic').slice(0, 2), '{"type":"result","status":"success","stats":{"models":{}}}'] }, { exit: 0 }],
      usage: {},
    },
    failure: {
      steps: [{ print: [...lines('e400').slice(0, 2), error('[API Error: The request is malformed.]')] }, { exit: 1 }],
      says: 'malformed',
    },
    'one 429': {
      steps: [{ complain: ['Attempt 1 failed with status 429. Retrying with backoff...'] }, { print: lines('r429once') }, { exit: 0 }],
      says: 'ok',
      usage: calls(1),
    },
    '429 for ever': { steps: [{ print: lines('r429long') }, { exit: 173 }], says: 'Quota exceeded' },
    '401': { steps: [{ print: lines('e401') }, { stay: true }], says: 'API key not valid' },
    'a cut connection': { cannot: 'it tries again without a word on standard output' },
    resume: {
      steps: [{ print: lines('resume2') }, { exit: 0 }],
      resume: { session: SESSION, before: calls(2)[MODEL] },
      argument: `--resume\n${SESSION}\n`,
      usage: calls(1),
    },
    'a refused tool': { steps: [{ print: lines('default_mode') }, { exit: 0 }], says: 'could not' },
    // It ends with exit code 0 when it is asked to.
    'SIGTERM while idle': { steps: [{ onTerm: [], exit: 0 }, { print: lines('r429forever') }, { stay: true }] },
    'SIGTERM while a tool runs': { steps: [{ onTerm: [], exit: 0 }, { print: lines('sig_TERM') }, { tool: true }, { stay: true }] },
    'told while it works': { cannot: 'it is interrupted, and its session continues with the words' },
    'output that never ends': { steps: [{ flood: lines('basic')[4] ?? '' }] },
    'a process that stays after its result': { steps: [{ print: lines('basic') }, { stay: true }], says: 'All done.', usage: calls(2) },
    'usage that is cumulative': {
      steps: [{ print: [...lines('basic'), lines('basic').at(-1) ?? ''] }, { exit: 0 }],
      usage: calls(2),
    },
    'odd output': { steps: [{ print: withOddities(lines('basic')) }, { exit: 0 }], says: 'All done.', usage: calls(2) },
  },
};

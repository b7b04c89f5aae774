import { codexRuntime } from '../../../src/agents/runtimes/codex/codex.ts';
import type { Plays } from './cases.ts';
import { recorded, withOddities } from './recording.ts';
import type { Usage } from '../../../src/pipeline/usage.ts';

const MODEL = 'gpt-5';
const lines = (name: string): readonly string[] => recorded('codex', name);
/** What the scripted model server said that each of its answers used, at the price of that model. */
const calls = (count: number): { readonly [MODEL]: Usage } => ({
  [MODEL]: {
    inputTokens: 800 * count,
    outputTokens: 50 * count,
    cacheReadTokens: 200 * count,
    cacheWriteTokens: 0,
    microUsd: 1525 * count,
  },
});
const THREAD = '01a1fbc1-d6f0-7271-8b22-8621ae8da862';

export const codexPlays: Plays = {
  runtime: codexRuntime,
  model: MODEL,
  cases: {
    success: { steps: [{ print: lines('tools') }, { exit: 0 }], says: 'All done.', usage: calls(2) },
    'empty success': {
      steps: [{ print: [...lines('tools').slice(0, 3), '{"type":"turn.completed","usage":{}}'] }, { exit: 0 }],
      usage: {},
    },
    failure: { steps: [{ print: lines('failed') }, { exit: 1 }], says: 'ran out of room' },
    'one 429': { steps: [{ print: lines('r429once') }, { exit: 0 }], says: 'ok', usage: calls(1) },
    '429 for ever': { steps: [{ print: lines('r429forever') }, { exit: 1 }], says: '429' },
    '401': { steps: [{ print: lines('e401').slice(0, 4) }, { stay: true }], says: '401' },
    'a cut connection': {
      steps: [
        {
          print: [
            ...lines('r429once').slice(0, 3),
            '{"type":"error","message":"Reconnecting... 1/5 (stream disconnected before completion: stream closed before response.completed)"}',
            ...lines('r429once').slice(4),
          ],
        },
        { exit: 0 },
      ],
      says: 'ok',
      usage: calls(1),
    },
    // The thread's total is three calls, of which two were the earlier run's.
    resume: {
      steps: [{ print: lines('resume') }, { exit: 0 }],
      resume: { session: THREAD, before: calls(2)[MODEL] },
      argument: `resume\n${THREAD}\n-\n`,
      usage: calls(1),
    },
    'a refused tool': {
      steps: [{ print: lines('failcmd').map((line) => line.replace('"status":"failed"', '"status":"declined"')) }, { exit: 0 }],
      says: 'done',
    },
    'SIGTERM while idle': { steps: [{ print: lines('sig_TERM').slice(0, 3) }, { stay: true }] },
    'SIGTERM while a tool runs': { steps: [{ print: lines('sig_TERM') }, { tool: true }, { stay: true }] },
    'told while it works': { cannot: 'it is interrupted, and its session continues with the words' },
    'output that never ends': { steps: [{ flood: lines('tools')[4] ?? '' }] },
    'a process that stays after its result': { steps: [{ print: lines('tools') }, { stay: true }], says: 'All done.', usage: calls(2) },
    // Two turns in one process: each end line holds all of the thread.
    'usage that is cumulative': {
      steps: [{ print: [...lines('tools'), ...lines('resume').slice(2)] }, { exit: 0 }],
      usage: calls(3),
    },
    'odd output': { steps: [{ print: withOddities(lines('tools')) }, { exit: 0 }], says: 'All done.', usage: calls(2) },
  },
};

import { commandRuntime } from '../../../src/agents/runtimes/command/command.ts';
import type { Plays } from './cases.ts';
import { withOddities } from './recording.ts';

const line = (value: object): string => JSON.stringify(value);
const session = line({ type: 'session', id: 's1' });
const usage = (input: number, output: number): string =>
  line({ type: 'usage', model: 'own', input_tokens: input, output_tokens: output, cost_usd: input / 1e6 });
const done = line({ type: 'result', status: 'success', text: 'All done.' });
const used = { inputTokens: 1000, outputTokens: 50, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 1000 };
const NO_MODEL = 'its program speaks to a model itself, or to none, and tells of a limit by a line of its own';

export const commandPlays: Plays = {
  runtime: commandRuntime,
  cases: {
    success: { steps: [{ print: [session, usage(1000, 50), done] }, { exit: 0 }], says: 'All done.', usage: { own: used } },
    'empty success': { steps: [{ print: [line({ type: 'result', status: 'success' })] }, { exit: 0 }], usage: {} },
    failure: { steps: [{ print: [line({ type: 'result', status: 'failure', text: 'no answer' })] }, { exit: 0 }], says: 'no answer' },
    'one 429': { steps: [{ print: [line({ type: 'rate_limit', text: '429' }), done] }, { exit: 0 }], says: 'All done.' },
    '429 for ever': { steps: [{ print: [line({ type: 'rate_limit', text: '429' })] }, { exit: 1 }], says: '429' },
    '401': { steps: [{ print: [line({ type: 'signed_out', text: 'the key is wrong' })] }, { stay: true }], says: 'the key is wrong' },
    'a cut connection': { cannot: NO_MODEL },
    resume: { cannot: 'it gets the session in its environment (MUSHER_SESSION), and only its program knows what it used before' },
    'a refused tool': { cannot: 'what its program may do is set in its own command' },
    'SIGTERM while idle': { steps: [{ print: [session] }, { stay: true }] },
    'SIGTERM while a tool runs': { steps: [{ print: [session] }, { tool: true }, { stay: true }] },
    'told while it works': {
      steps: [{ print: [session] }, { hears: true }, { print: [line({ type: 'read', id: 7 }), usage(1000, 50), done] }, { exit: 0 }],
      says: 'All done.',
    },
    'output that never ends': { steps: [{ flood: line({ type: 'status', text: 'on and on' }) }] },
    'a process that stays after its result': { steps: [{ print: [usage(1000, 50), done] }, { stay: true }], says: 'All done.' },
    'usage that is cumulative': {
      steps: [{ print: [usage(400, 20), usage(1000, 50), usage(700, 50), done] }, { exit: 0 }],
      usage: { own: used },
    },
    'odd output': {
      steps: [{ print: withOddities([session, usage(1000, 50), done]) }, { exit: 0 }],
      says: 'All done.',
      usage: { own: used },
    },
  },
};

import { opencodeRuntime } from '../../../src/agents/runtimes/opencode/opencode.ts';
import type { Plays } from './cases.ts';
import { recorded, withOddities } from './recording.ts';
import type { Usage } from '../../../src/pipeline/usage.ts';

const MODEL = 'fake/fake-model';
const lines = (name: string): readonly string[] => recorded('opencode', name);
/** What the scripted model server said that each of its answers used, and opencode that it costs. */
const calls = (count: number): { readonly [MODEL]: Usage } => ({
  [MODEL]: {
    inputTokens: 800 * count,
    outputTokens: 50 * count,
    cacheReadTokens: 200 * count,
    cacheWriteTokens: 0,
    microUsd: 3150 * count,
  },
});
const SESSION = 'ses_e043ce97dffemXvJz8S475iMpo';
const STREAM_ERROR = 'level=ERROR run=1 message="stream error" providerID=fake error.error="AI_APICallError: Rate limit reached"';

export const opencodePlays: Plays = {
  runtime: opencodeRuntime,
  model: MODEL,
  cases: {
    success: { steps: [{ print: lines('tools') }, { exit: 0 }], says: 'All done.', usage: calls(2) },
    'empty success': {
      steps: [{ print: lines('r429once').filter((line) => !line.startsWith('{"type":"text"')) }, { exit: 0 }],
      usage: calls(1),
    },
    failure: {
      steps: [
        { print: lines('e401').map((line) => line.replaceAll('401', '500').replace('Incorrect API key', 'malformed request')) },
        { exit: 1 },
      ],
      says: 'malformed',
    },
    'one 429': { steps: [{ complain: [STREAM_ERROR] }, { print: lines('r429once') }, { exit: 0 }], says: 'ok', usage: calls(1) },
    '429 for ever': {
      steps: [{ print: lines('e401').map((line) => line.replaceAll('401', '429').replace('Incorrect API key', 'limit')) }, { exit: 1 }],
      says: 'limit',
    },
    '401': { steps: [{ print: lines('e401') }, { stay: true }], says: '401' },
    'a cut connection': { cannot: 'it tries again without a word on either output' },
    resume: {
      steps: [{ print: lines('resume') }, { exit: 0 }],
      resume: { session: SESSION, before: calls(2)[MODEL] },
      argument: `--session\n${SESSION}\n`,
      usage: calls(1),
    },
    // Its exit code is 0, and there is no line for the end.
    'a refused tool': { steps: [{ print: lines('ask_perm') }, { exit: 0 }], reason: 'failed', says: 'nobody allowed' },
    'SIGTERM while idle': { steps: [{ print: lines('sig_TERM') }, { stay: true }] },
    'SIGTERM while a tool runs': { steps: [{ print: lines('sig_TERM') }, { tool: true }, { stay: true }] },
    'told while it works': { cannot: 'it is interrupted, and its session continues with the words' },
    'output that never ends': { steps: [{ flood: lines('tools')[2] ?? '' }] },
    'a process that stays after its result': {
      cannot: 'it has no line for its end, and may go on after any step; the limit of silence holds it',
    },
    // The same step told twice.
    'usage that is cumulative': {
      steps: [{ print: lines('tools').flatMap((line) => (line.startsWith('{"type":"step_finish"') ? [line, line] : [line])) }, { exit: 0 }],
      usage: calls(2),
    },
    'odd output': { steps: [{ print: withOddities(lines('tools')) }, { exit: 0 }], says: 'All done.', usage: calls(2) },
  },
};

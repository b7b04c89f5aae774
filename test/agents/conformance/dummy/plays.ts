import type { Plays } from '../cases.ts';
import { withOddities } from '../recording.ts';
import { dummyRuntime } from './dummy.ts';

const line = (did: string, text = '', tokens = 0): string => JSON.stringify({ did, text, tokens });
const used = (tokens: number) => ({
  'dummy-1': { inputTokens: tokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 0 },
});
const whole = [line('begin', 's1'), line('work', '', 70), line('end', 'Done.')];

export const dummyPlays: Plays = {
  runtime: dummyRuntime,
  cases: {
    success: { steps: [{ print: whole }, { exit: 0 }], says: 'Done.', usage: used(70) },
    'empty success': { steps: [{ print: [line('end')] }, { exit: 0 }] },
    failure: { steps: [{ print: [line('fail', 'no luck')] }, { exit: 1 }], says: 'no luck' },
    'one 429': { cannot: 'it says nothing of what it waits out' },
    '429 for ever': { steps: [{ print: [line('fail', '429')] }, { exit: 1 }], says: '429' },
    '401': { steps: [{ print: [line('locked', 'Who are you?')] }, { stay: true }], says: 'Who are you?' },
    'a cut connection': { steps: [{ print: whole.slice(0, 2) }, { exit: 0 }], reason: 'failed' },
    resume: {
      steps: [{ print: [line('work', '', 170), line('end', 'Done.')] }, { exit: 0 }],
      resume: { session: 's1', before: { inputTokens: 70, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 0 } },
      argument: '--go-on\ns1',
      usage: used(100),
    },
    'a refused tool': { steps: [{ print: [line('ask', 'a hammer'), line('end', 'Done.')] }, { exit: 0 }] },
    'SIGTERM while idle': { steps: [{ print: whole.slice(0, 1) }, { stay: true }] },
    'SIGTERM while a tool runs': { steps: [{ print: whole.slice(0, 1) }, { tool: true }, { stay: true }] },
    'told while it works': { cannot: 'it is interrupted, and its session continues with the words' },
    'output that never ends': { steps: [{ flood: whole[0] ?? '' }] },
    'a process that stays after its result': { steps: [{ print: whole }, { stay: true }], says: 'Done.' },
    'usage that is cumulative': { steps: [{ print: [line('work', '', 50), ...whole] }, { exit: 0 }], usage: used(70) },
    'odd output': { steps: [{ print: withOddities(whole) }, { exit: 0 }], says: 'Done.', usage: used(70) },
  },
};

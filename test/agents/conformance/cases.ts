import type { Runtime } from '../../../src/agents/runtimes/runtime.ts';
import type { RunOutcome } from '../../../src/agents/supervision/outcome.ts';
import type { Step } from './replay.ts';
import type { Usage } from '../../../src/pipeline/usage.ts';

/**
 * What every runtime has to get right. `until`: what the suite waits for before it acts; `act`: what Musher then does.
 * A table of recordings says for each case what the program prints, or why it can't have the case.
 */
export const CASES = {
  success: { does: 'ends as finished, with its summary, its session and what it used', reason: 'finished' },
  'empty success': { does: 'ends as finished without a word: whether anything was done, git says', reason: 'finished' },
  failure: { does: 'ends as failed, with the reason that it gave', reason: 'failed' },
  'one 429': { does: 'goes on after a limit that it waits out by itself', reason: 'finished' },
  '429 for ever': { does: 'ends as rate-limited, which is no failed attempt', reason: 'rate-limited' },
  '401': { does: 'ends as signed out at the first refusal', reason: 'signed-out' },
  'a cut connection': { does: 'goes on after it, or fails; it is no success by itself', reason: 'finished' },
  resume: { does: 'is started with the session, and what was used before does not count again', reason: 'finished' },
  'a refused tool': { does: 'is told as something that it asked for', reason: 'finished' },
  'SIGTERM while idle': { does: 'is stopped, and nothing of it is left', reason: 'stopped', act: 'stop' },
  'SIGTERM while a tool runs': {
    does: 'is stopped, and its tool with it, which stands in a session of its own',
    reason: 'stopped',
    act: 'stop',
  },
  'told while it works': { does: 'is given what people say once, and says that it has read it', reason: 'finished', act: 'tell' },
  'output that never ends': { does: 'is stopped before it fills the disk', reason: 'stuck' },
  'a process that stays after its result': { does: 'gets some seconds, and then its work is judged', reason: 'finished', act: 'wait' },
  'usage that is cumulative': { does: 'counts once what its lines say again', reason: 'finished' },
  'odd output': { does: 'reads on over escape sequences, half objects and a line of 2 MB', reason: 'finished' },
} as const satisfies Record<string, Case>;

export interface Case {
  readonly does: string;
  readonly reason: RunOutcome['reason'];
  readonly act?: 'stop' | 'wait' | 'tell';
}
export type CaseName = keyof typeof CASES;

/** What a program prints in a case, and what has to come of it beside what the case says. */
export interface Play {
  readonly steps: readonly Step[];
  /** Where this program ends otherwise than the case says, and why that is right. */
  readonly reason?: RunOutcome['reason'];
  /** Part of the summary. */
  readonly says?: string;
  /** Per model; missing: it is not looked at. */
  readonly usage?: Readonly<Record<string, Usage>>;
  /** The session that an earlier run had, and what that had used. */
  readonly resume?: { readonly session: string; readonly before: Usage };
  /** How the session stands in the arguments. */
  readonly argument?: string;
}

/** All cases of one runtime. */
export interface Plays {
  readonly runtime: Runtime;
  /** Words of `command` behind the program, and what else its agent needs. */
  readonly model?: string;
  readonly cases: { readonly [C in CaseName]: Play | { readonly cannot: string } };
}

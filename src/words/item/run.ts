import type { Run } from '../../log/projections/run.ts';
import type { EndReason } from '../../pipeline/types.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { StuckCause } from '../../pipeline/why/fault.ts';
import { itemLabel } from './item.ts';

/** How a run was stuck. */
export const STUCK_WORDS: { readonly [C in StuckCause]: string } = {
  silent: 'silent',
  'out-of-time': 'out of time',
  flooding: 'endless output',
  spinning: 'going in circles',
  'waits-for-input': 'waiting for input',
};

/** How a run ended, in words. */
export const END_WORDS: { readonly [R in EndReason]: string } = {
  finished: 'finished',
  failed: 'failed',
  hollow: 'hollow (no usage, no change)',
  stuck: 'stuck',
  'rate-limited': 'rate-limited',
  'signed-out': 'signed out',
  'over-budget': 'over budget',
  stopped: 'stopped',
  lost: 'lost',
};

/** How a run ended, and in what it was stuck: `stuck (going in circles)`. */
export function endWords(reason: EndReason, cause: StuckCause | null): string {
  return cause === null ? END_WORDS[reason] : `${END_WORDS[reason]} (${STUCK_WORDS[cause]})`;
}

/** The state of a run: how it ended, or what it is doing. */
export function runState(run: Run): string {
  if (run.state === 'pending') return 'being made ready';
  if (run.state === 'running') return run.stopRequested === null ? 'running' : 'stopping';
  return run.reason === null ? 'ended' : endWords(run.reason, run.cause);
}

/** How long a run has taken, or takes so far; the time until its process started is part of it. */
export function runTime(run: Run, now: Millis): Millis {
  return (run.endedAt ?? now) - (run.startedAt ?? run.pendingAt);
}

/** Runs that a line names; more are counted. */
const NAMED_RUNS = 4;

/** Runs by agent and item: `coder-1 on #3 and coder-2 on docs#5`. */
export function runsWords(runs: readonly Run[], current: string): string {
  const named = runs.slice(0, NAMED_RUNS).map((run) => `${run.agent} on ${itemLabel({ project: run.project, number: run.item }, current)}`);
  const more = runs.length - named.length;
  const all = more === 0 ? named : [...named, `${more} more`];
  return all.length === 1 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

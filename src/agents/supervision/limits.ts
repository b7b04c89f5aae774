import type { LimitSettings } from '../../config/settings.ts';
import type { EndReason } from '../../pipeline/types.ts';
import { sumUsage, type UsageTotals } from './signals.ts';
import type { SignsOfLife } from './signs-of-life.ts';
import { totalTokens } from '../../pipeline/usage.ts';
import type { PlainFault, StuckCause } from '../../pipeline/why/fault.ts';
import { BOUNDS } from '../../bounds.ts';

/** Why Musher ends a run. */
export interface StopReason {
  readonly reason: Extract<EndReason, 'stopped' | 'over-budget' | 'stuck' | 'failed' | 'signed-out' | 'rate-limited'>;
  /** Where `reason` is `stuck`. */
  readonly cause?: StuckCause;
  /** What it comes to. */
  readonly summary: PlainFault | string;
}

/** Output beyond this many bytes is no work any more, and would fill the disk. */
export const OUTPUT_BYTES = BOUNDS.output;

/** Whether what was used is over a limit; null: it is not. Called after each line that tells of usage or turns. */
export function overBudget(limits: LimitSettings, totals: UsageTotals, turns: number): StopReason | null {
  const used = sumUsage(totals);
  const tokens = totalTokens(used);
  if (limits.microUsd !== null && used.microUsd > limits.microUsd) {
    return { reason: 'over-budget', summary: { kind: 'over-limit', unit: 'microUsd', used: used.microUsd, cap: limits.microUsd } };
  }
  if (limits.tokens !== null && tokens > limits.tokens) {
    return { reason: 'over-budget', summary: { kind: 'over-limit', unit: 'tokens', used: tokens, cap: limits.tokens } };
  }
  if (limits.turns !== null && turns > limits.turns) {
    return { reason: 'over-budget', summary: { kind: 'over-limit', unit: 'turns', used: turns, cap: limits.turns } };
  }
  return null;
}

/** Between two looks at a run that waits. */
const SOONEST_LOOK_MS = 1_000;

/** Time in which a run waited for people, and besides that for Musher. */
export interface Waited {
  readonly forPeople: number;
  readonly forMusher: number;
}

/** Whether a time limit has passed at `now`; otherwise when to look again. All times in ms since the epoch. */
export function timeLimit(
  limits: LimitSettings,
  startedAt: number,
  signs: Pick<SignsOfLife, 'lastOutputAt' | 'lastNewsAt' | 'repeated' | 'question'>,
  now: number,
  waited: (from: number, to: number) => Waited = () => ({ forPeople: 0, forMusher: 0 }),
): StopReason | { readonly lookAgainAt: number } {
  // Time that passed while it waited moves a limit on; of wall clock only that in which it waited for people.
  const paused = (since: number): number => {
    const { forPeople, forMusher } = waited(since, now);
    return forPeople + forMusher;
  };
  const end = startedAt + limits.wallClockMs + waited(startedAt, now).forPeople;
  const silent = signs.lastOutputAt + limits.silenceMs + paused(signs.lastOutputAt);
  const stale = signs.lastNewsAt + limits.silenceMs + paused(signs.lastNewsAt);
  const unanswered = signs.lastOutputAt + limits.questionMs + paused(signs.lastOutputAt);
  const stuck = (cause: StuckCause, summary: PlainFault): StopReason => ({ reason: 'stuck', cause, summary });
  if (now >= end) return stuck('out-of-time', { kind: 'ran-too-long', ms: limits.wallClockMs });
  if (signs.question !== null && now >= unanswered) return stuck('waits-for-input', { kind: 'asked-nobody', question: signs.question });
  if (now >= silent) return stuck('silent', { kind: 'no-output', ms: limits.silenceMs });
  if (now >= stale)
    return stuck('spinning', { kind: 'old-lines', ms: limits.silenceMs, times: signs.repeated.times, text: signs.repeated.text });
  // A question may come up at any time, and has its own, shorter wait.
  const due = Math.min(end, silent, stale, unanswered > now ? unanswered : now + limits.questionMs);
  // While it waits, the limits are extended by the time that has passed, now and then rather than continuously.
  return { lookAgainAt: paused(startedAt) > 0 ? Math.max(due, now + SOONEST_LOOK_MS) : due };
}

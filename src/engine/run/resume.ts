import type { Run } from '../../log/projections/run.ts';
import type { EndReason } from '../../pipeline/types.ts';
import type { EngineParts } from '../parts.ts';
import { NO_USAGE, addUsage, type Usage } from '../../pipeline/usage.ts';

const INTERRUPTED: ReadonlySet<EndReason> = new Set(['stopped', 'rate-limited', 'signed-out', 'over-budget', 'lost']);

/** A run that was interrupted continues in its session; one that failed starts afresh, with the failure's evidence in its prompt. */
export function sessionToResume(parts: Pick<EngineParts, 'log'>, run: Run): string | null {
  return runToResume(parts, run)?.session ?? null;
}

/** The run whose session continues; null: none. */
export function runToResume({ log }: Pick<EngineParts, 'log'>, run: Run): Run | null {
  const before = log.reads.runs(run.project, run.item).findLast((other) => other.run < run.run && other.stage === run.stage);
  // A session lives where its account does: on another one the run starts afresh, in the worktree as it was left.
  if (before === undefined || before.agent !== run.agent || before.account !== run.account || before.session === null) return null;
  // Another model starts afresh too: not every program lets a session go on with one.
  if (before.chosenModel !== run.chosenModel) return null;
  return before.reason !== null && INTERRUPTED.has(before.reason) ? before : null;
}

/** What earlier runs have used in a session that is resumed: a program may count that in. */
export function usedInSession({ log }: Pick<EngineParts, 'log'>, run: Run, session: string | null): Usage {
  if (session === null) return NO_USAGE;
  const earlier = log.reads.runs(run.project, run.item).filter((other) => other.run < run.run && other.session === session);
  return earlier.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE);
}

import type { RunOutcome } from '../../agents/supervision/outcome.ts';
import type { Run } from '../../log/projections/run.ts';
import type { EngineParts } from '../parts.ts';

/**
 * A reviewer's verdict is what it told Musher over its own connection. What its output says may be of the code under review, which
 * it runs: a rejection there counts, since it can do no harm, an approval does not. Where agents have no way to Musher, it has to.
 */
export function withVerdict({ log, access }: EngineParts, run: Run, outcome: RunOutcome): RunOutcome {
  if (run.role !== 'qa' || access === null) return outcome;
  const told = log.reads.run(run.project, run.item, run.run)?.told;
  if (told !== undefined) return { ...outcome, verdict: told.verdict, verdictReason: told.reason };
  if (outcome.verdict !== 'approve') return outcome;
  const hint = 'Give the verdict by the tool `verdict` of the server musher: an approval in the output does not count.';
  return { ...outcome, verdict: null, verdictReason: '', evidence: [hint, outcome.evidence].join('\n\n') };
}

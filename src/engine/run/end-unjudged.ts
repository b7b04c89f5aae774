import { agentActor } from '../../pipeline/actor.ts';
import { crashPoint } from '../../crash-point.ts';
import type { Run } from '../../log/projections/run.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Fault } from '../../pipeline/why/fault.ts';
import { machineOf } from '../machine.ts';
import { failAttempt, record, runMarker, type EngineParts } from '../parts.ts';
import { keepLeftovers } from './keep-leftovers.ts';
import { countUnwatched } from './meter.ts';
import { spendReservation } from './unpriced.ts';

/**
 * Ends what is left of a run by its marker and writes its end down, with nothing but the log and the process table: its work
 * can't be looked at. `lost` counts as a failed attempt, `stopped` does not.
 */
export async function endUnjudged(parts: EngineParts, item: WorkItem, run: Run, reason: 'lost' | 'stopped', summary: Fault): Promise<void> {
  const now = known(parts, run);
  await sweepRun(parts, item, now);
  crashPoint('after-orphan-ended');
  // Its files may be what is broken, and must not keep it from its end.
  const settings = parts.projects.get(run.project)?.settings ?? null;
  const unpriced = await countUnwatched(parts, settings, item, now).catch((error: unknown): readonly string[] => {
    parts.onProblem(`counting what run ${run.run} of ${run.project}#${run.item} used`, error);
    return [];
  });
  parts.log.transaction((tx) => {
    const current = tx.item(item.project, item.number);
    const mine =
      current !== null &&
      current.deletedAt === null &&
      current.runs === run.run &&
      (current.execution.state === 'pending' || current.execution.state === 'running');
    const ended = { run: run.run, reason, exitCode: null, summary, resumeAt: null, turns: null, verdict: null } as const;
    spendReservation(tx, settings, item, run, unpriced);
    record(tx, item, 'run.ended', ended, agentActor(run.agent));
    if (mine && reason === 'lost') failAttempt(tx, item, { cause: 'musher', summary, evidence: '' });
  });
}

/** Ends what is left of a run at once; what it has changed and not committed is kept before. */
export async function sweepRun(parts: EngineParts, item: WorkItem, { project, run, pid, pidStart }: Run): Promise<void> {
  const git = parts.projects.get(project)?.git;
  const now = parts.log.reads.item(project, item.number) ?? item;
  if (git !== undefined) await keepLeftovers(git, now, `before what is left of run ${run} was ended`, parts.onProblem);
  await machineOf(parts).sweep({ marker: runMarker(parts, item, run), pid: pid ?? 0, pidStart }, parts.clock);
}

/** The run as the log has it by now: what an earlier process of it used was counted meanwhile. */
export function known(parts: EngineParts, run: Run): Run {
  return parts.log.reads.run(run.project, run.item, run.run) ?? run;
}

import { timingSafeEqual } from 'node:crypto';
import { tokenHash } from '../agents/access.ts';
import type { AgentSettings } from '../config/settings.ts';
import type { Run } from '../log/projections/run.ts';
import { isUnderWay } from '../pipeline/requests.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { EngineParts, EngineProject } from '../engine/parts.ts';

/** The run that speaks, as its token says. All that a call may read or change hangs on it. */
export interface Caller {
  readonly project: EngineProject;
  readonly item: WorkItem;
  readonly run: Run;
  readonly agent: AgentSettings;
}

/** Whose token this is; null where it belongs to no run that is under way now. Costs the open runs. */
export function callerOf(parts: Pick<EngineParts, 'log' | 'projects'>, token: string): Caller | null {
  const hash = Buffer.from(tokenHash(token));
  for (const [name, project] of parts.projects) {
    for (const run of parts.log.reads.openRuns(name)) {
      if (run.tokenHash === null || !sameHash(hash, Buffer.from(run.tokenHash))) continue;
      return present(parts, project, run);
    }
  }
  return null;
}

/** The caller's present state; null if its run has ended. */
export function stillThere(parts: Pick<EngineParts, 'log' | 'projects'>, { project, run }: Caller): Caller | null {
  const now = parts.log.reads.run(run.project, run.item, run.run);
  return now === null ? null : present(parts, project, now);
}

function present(parts: Pick<EngineParts, 'log'>, project: EngineProject, run: Run): Caller | null {
  const item = parts.log.reads.item(run.project, run.item);
  const agent = project.settings.agents.find(({ name }) => name === run.agent);
  return item === null || agent === undefined || !isUnderWay(item, run) ? null : { project, item, run, agent };
}

function sameHash(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

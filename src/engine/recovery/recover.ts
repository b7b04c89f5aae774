import { join } from 'node:path';
import { sweepStrays } from '../../agents/process/strays.ts';
import { processesOf } from '../../agents/process/table.ts';
import type { KnownItem } from '../../git/reconcile.ts';
import { unconfiguredProjects } from '../../decide/unconfigured.ts';
import type { Run } from '../../log/projections/run.ts';
import { isResumable } from '../../pipeline/moves.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Discovered } from '../../pipeline/why/discovery.ts';
import { keepLeftovers } from '../run/keep-leftovers.ts';
import { runMarker, type EngineParts } from '../parts.ts';

/** The most archived items to check: blocked ones still have a branch, and older ones were checked before. */
const ARCHIVED_LOOKED_AT = 200;

/** What a start has found and done before the engine continues. */
export interface Recovered {
  /** Moved to the quarantine. */
  readonly quarantined: readonly Discovered[];
  readonly mended: readonly Discovered[];
  /** Left as it is. */
  readonly odd: readonly Discovered[];
  /** Agents that continued without Musher, and those that ended meanwhile. */
  readonly running: number;
  readonly ended: number;
  /** Processes of Musher that belonged to no open run, and were ended. */
  readonly strays: number;
}

/**
 * Brings worktrees, branches and processes together with the log, once at each start and before the engine begins
 * anything. What it can't do is told and never stops the start. May be repeated after a crash at any point.
 */
export async function recover(parts: EngineParts): Promise<Recovered> {
  const { log, clock } = parts;
  const stamp = new Date(clock.now()).toISOString().replaceAll(':', '-');
  const into = join(parts.dataDir, 'quarantine', stamp);
  const all = { quarantined: [] as Discovered[], mended: [] as Discovered[], odd: [] as Discovered[] };
  const open = [...parts.projects.keys()].flatMap((name) => log.reads.openRuns(name));
  const alive = await Promise.all(open.map((run) => isAlive(parts, run)));
  for (const [name, { git }] of parts.projects) {
    const busy = new Set(log.reads.openRuns(name).map((run) => run.item));
    const known = (item: WorkItem | null): KnownItem | null =>
      item === null ? null : { number: item.number, state: stateOf(item), busy: busy.has(item.number), work: item.work };
    const live = liveItems(parts, name).flatMap((item) => known(item) ?? []);
    try {
      const found = await git.reconcile({ live, find: (number) => known(log.reads.item(name, number)) }, into);
      for (const kind of ['quarantined', 'mended', 'odd'] as const)
        for (const one of found[kind]) all[kind].push({ ...one, project: name });
    } catch (error) {
      parts.onProblem(`reconciling ${name} with its log`, error);
      all.odd.push({ kind: 'not-compared', project: name });
    }
  }
  for (const { project, items, open: unfinished } of unconfiguredProjects(log.reads, parts.projects.keys()))
    all.odd.push({ kind: 'not-configured', project, items, open: unfinished });
  const keep = new Set([...open, ...log.reads.openRunsElsewhere([...parts.projects.keys()])].flatMap((run) => markerOf(parts, run) ?? []));
  const strays = await sweepStrays(`${parts.installation}-`, keep, clock, (markers) => keepWork(parts, markers));
  return { ...all, running: alive.filter(Boolean).length, ended: alive.filter((one) => !one).length, strays };
}

/** Stray processes may be working in items' worktrees, so uncommitted files there are saved before the processes are ended. */
async function keepWork(parts: EngineParts, markers: readonly string[]): Promise<void> {
  for (const [name, { git }] of parts.projects) {
    const items = liveItems(parts, name).filter((item) => markers.some((marker) => marker.startsWith(runMarker(parts, item, ''))));
    for (const item of items) await keepLeftovers(git, item, 'before stray processes were ended', parts.onProblem);
  }
}

function liveItems(parts: EngineParts, name: string): WorkItem[] {
  const { reads } = parts.log;
  const archived = reads.recentInStage(name, 'archived', ARCHIVED_LOOKED_AT).filter(({ stage }) => isResumable(stage));
  return [...reads.active(name), ...archived];
}

function stateOf({ deletedAt, removal, stage }: WorkItem): KnownItem['state'] {
  if (deletedAt !== null) return removal?.state === 'asked' ? 'over' : 'gone';
  return stage.name === 'done' || (stage.name === 'archived' && !isResumable(stage)) ? 'over' : 'live';
}

function markerOf(parts: EngineParts, run: Run): string | null {
  const item = parts.log.reads.item(run.project, run.item);
  return item === null ? null : runMarker(parts, item, run.run);
}

async function isAlive(parts: EngineParts, run: Run): Promise<boolean> {
  const marker = markerOf(parts, run);
  if (marker === null || run.pid === null) return false;
  return (await processesOf({ marker, pid: run.pid, pidStart: run.pidStart })).length > 0;
}

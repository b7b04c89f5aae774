import type { Run } from '../log/projections/run.ts';
import type { Reads } from '../log/reads/reads.ts';
import { isResumable } from '../pipeline/moves.ts';
import type { Step } from '../pipeline/next/step.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { decide, type ProjectFacts } from './facts.ts';

/** An item with what happens to it next; `run`: the one in progress. */
export interface StandingItem {
  readonly item: WorkItem;
  readonly step: Step;
  readonly run: Run | null;
}

/** Where the items of a project stand that are not over. */
export interface Standing {
  /** With a run in progress. */
  readonly running: readonly StandingItem[];
  /** Without one, and Musher does something next. */
  readonly moving: readonly StandingItem[];
  /** For people, slots, agents, limits, dependencies. */
  readonly waiting: readonly StandingItem[];
  /** In the archive and can go on: blocked, failed to merge, or held for review. The latest first. */
  readonly blocked: readonly StandingItem[];
  /** The archived items that were looked at. */
  readonly archived: readonly WorkItem[];
}

/** `archiveLook`: archived items looked at, the latest, so that the archive's size does not count. */
export function standingItems(reads: Reads, facts: ProjectFacts, archiveLook: number): Standing {
  const { name } = facts.settings;
  const runs = new Map(reads.openRuns(name).map((run) => [run.item, run]));
  const stand = (item: WorkItem): StandingItem => ({ item, step: decide(reads, item, facts), run: runs.get(item.number) ?? null });
  const active = reads.active(name).map(stand);
  const queued = reads
    .waking(name)
    .filter((item) => item.stage.name === 'backlog' && item.deletedAt === null)
    .map(stand)
    // Items that nobody has started are only counted.
    .filter(({ item, step }) => item.queued || (step.do === 'wait' && step.for !== 'start'));
  const idle = active.filter(({ run }) => run === null);
  const archived = reads.recentInStage(name, 'archived', archiveLook);
  return {
    running: active.filter(({ run }) => run !== null),
    moving: idle.filter(({ step }) => step.do !== 'wait'),
    waiting: [...idle, ...queued].filter(({ step }) => step.do === 'wait'),
    blocked: archived.filter(({ stage }) => isResumable(stage)).map(stand),
    archived,
  };
}

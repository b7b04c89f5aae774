import { decide } from '../../decide/facts.ts';
import type { StandingItem } from '../../decide/standing.ts';
import { isResumable } from '../../pipeline/moves.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { needsPeople, stepSign } from '../../words/item/step.ts';
import type { Look, Overview } from '../view.ts';

/** Items of one stage that a page looks at, the first in their order: all others wait behind them. */
const LOOKED_AT = 60;
/** The latest archived items, among which are those that are blocked. */
const ARCHIVE_LOOK = 100;

/** Looks at the first items of a project. */
export function overviewOf(look: Look, project: string): Overview {
  const { reads } = look;
  const facts = look.facts(project);
  const runs = new Map(reads.openRuns(project).map((run) => [run.item, run]));
  const stand = (item: WorkItem): StandingItem => ({ item, step: decide(reads, item, facts), run: runs.get(item.number) ?? null });
  const queued = reads.waking(project, LOOKED_AT).filter((item) => item.stage.name === 'backlog' && item.deletedAt === null);
  const first = (['qa', 'merge', 'current'] as const).flatMap((stage) => reads.inStage(project, stage, LOOKED_AT));
  const seen = new Set(first.map(({ number }) => number));
  // Whoever has a run is shown, however far behind in its stage.
  const running = [...runs.keys()].filter((number) => !seen.has(number)).flatMap((number) => reads.item(project, number) ?? []);
  const all = [...running.filter(({ deletedAt }) => deletedAt === null), ...first, ...queued].map(stand);
  const blocked = reads
    .recentInStage(project, 'archived', ARCHIVE_LOOK)
    .filter(({ stage }) => isResumable(stage))
    .map(stand);
  const needs = [...all.filter(({ step }) => stepSign(step) === '!' && needsPeople(step)), ...blocked];
  const counts = reads.counts(project);
  return {
    needs,
    working: all.filter((one) => one.run !== null && !needs.includes(one)),
    waiting: all.filter((one) => one.run === null && !needs.includes(one)),
    open: counts.current + counts.qa + counts.merge + queued.length,
  };
}

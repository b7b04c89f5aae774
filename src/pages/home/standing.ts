import { decide } from '../../decide/facts.ts';
import type { StandingItem } from '../../decide/standing.ts';
import { attentionOf, ATTENTIONS } from '../../pipeline/next/attention.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { needsPeople, stepSign } from '../../words/item/step.ts';
import type { Look, Overview } from '../view.ts';

/** Items of one stage that a page looks at, the first in their order: all others wait behind them. */
const LOOKED_AT = 60;

/** Looks at the first items of a project; at `most` of each kind that needs somebody. */
export function overviewOf(look: Look, project: string, most: number): Overview {
  const { reads } = look;
  const facts = look.facts(project);
  const runs = new Map(reads.openRuns(project).map((run) => [run.item, run]));
  const stand = (item: WorkItem): StandingItem => ({ item, step: decide(reads, item, facts), run: runs.get(item.number) ?? null });
  const queued = reads.waking(project, LOOKED_AT).filter((item) => item.stage.name === 'backlog' && item.deletedAt === null);
  const first = (['qa', 'merge', 'current'] as const).flatMap((stage) => reads.inStage(project, stage, LOOKED_AT));
  const counted = reads.attention.counts(project);
  const wanted = ATTENTIONS.filter((why) => why !== 'qa' || facts.qaDefault === 'human');
  const forPeople = wanted.flatMap((why) => reads.attention.items(project, why, most));
  // Whoever has a run is shown, however far behind in its stage.
  const running = [...runs.keys()].flatMap((number) => reads.item(project, number) ?? []).filter(({ deletedAt }) => deletedAt === null);
  const all = [...new Map([...forPeople, ...running, ...first, ...queued].map((item) => [item.number, item])).values()].map(stand);
  const needs = all.filter(({ step }) => stepSign(step) === '✗' || (stepSign(step) === '!' && needsPeople(step)));
  // A request, or a setting that has to change: of items that are looked at anyway.
  const others = needs.filter(({ item }) => !wanted.some((why) => why === attentionOf(item))).length;
  const needsTotal = wanted.reduce((sum, why) => sum + counted[why], 0) + others;
  const working = all.filter((one) => one.run !== null && !needs.includes(one));
  const waiting = all.filter((one) => one.run === null && !needs.includes(one));
  const { current, qa, merge } = reads.counts(project);
  const begun = current + qa + merge + queued.length;
  // What was not looked at waits behind what was.
  const waitingTotal = Math.max(waiting.length, begun - working.length - (needsTotal - counted.blocked));
  return { needs, needsTotal, working, waiting, waitingTotal };
}

import type { ProjectSettings } from '../config/settings.ts';
import type { Reads } from '../log/reads/reads.ts';
import { isReported } from '../pipeline/moves.ts';
import type { Step } from '../pipeline/next/step.ts';
import type { Done, WorkItem } from '../pipeline/types.ts';
import type { Millis } from '../pipeline/values.ts';
import { decide, projectFacts } from './facts.ts';

/** An item with what happens to it next. */
export interface Standing {
  readonly item: WorkItem;
  readonly step: Step;
}

/** What came of a project since a time, and what needs people now. */
export interface Digest {
  readonly since: Millis;
  /** Merged since, the latest first. */
  readonly merged: readonly WorkItem[];
  /** Done since by a report, the latest first. */
  readonly reported: readonly WorkItem[];
  /** Blocked or held for review now, the latest first. */
  readonly blocked: readonly Standing[];
  /** Items at work that only a person moves on. */
  readonly waiting: readonly Standing[];
  readonly running: number;
  /** Spent since; counted by quarter hours, those that `since` and now fall into as a whole. */
  readonly microUsd: number;
  /** More was merged or blocked than is looked at. */
  readonly cut: boolean;
}

const QUARTER_MS = 15 * 60_000;

/** Items of a stage looked at, the latest ones. */
const LOOKED_AT = 200;

/** `needsPeople`: whether a step waits for a person. Costs the active items and the latest of those that are over. */
export function digestOf(
  reads: Reads,
  settings: ProjectSettings,
  since: Millis,
  now: Millis,
  needsPeople: (step: Step) => boolean,
): Digest {
  const facts = projectFacts(reads, settings, now);
  const stand = (item: WorkItem): Standing => ({ item, step: decide(reads, item, facts) });
  const done = reads.recentInStage(settings.name, 'done', LOOKED_AT);
  const archived = reads.recentInStage(settings.name, 'archived', LOOKED_AT);
  const merged = [...done, ...archived].filter((item) => (mergeOf(item)?.mergedAt ?? 0) >= since);
  const active = reads.active(settings.name);
  return {
    since,
    merged: merged.toSorted((a, b) => (mergeOf(b)?.mergedAt ?? 0) - (mergeOf(a)?.mergedAt ?? 0)),
    reported: archived.filter(({ stage, stageSince }) => stageSince >= since && isReported(stage)),
    blocked: archived.filter(({ stage }) => stage.name === 'archived' && 'reason' in stage.reason).map(stand),
    waiting: active.map(stand).filter(({ step }) => needsPeople(step)),
    running: reads.openRuns(settings.name).length,
    microUsd: reads.budget.spentBetween({ scope: 'project', name: settings.name }, since, now + QUARTER_MS).microUsd,
    cut: done.length === LOOKED_AT || archived.length === LOOKED_AT,
  };
}

function mergeOf({ stage }: WorkItem): Done | null {
  if (stage.name === 'done') return stage;
  return stage.name === 'archived' && stage.reason.kind === 'completed' && stage.from.name === 'done' ? stage.from : null;
}

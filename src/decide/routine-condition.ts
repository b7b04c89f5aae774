import type { ProjectSettings } from '../config/settings.ts';
import type { Reads } from '../log/reads/reads.ts';
import { isResumable } from '../pipeline/moves.ts';
import type { Step } from '../pipeline/next/step.ts';
import type { Condition } from '../pipeline/later/routine.ts';
import { decide, projectFacts } from './facts.ts';

/** Archived items that are looked at, the latest ones. */
const LOOKED_AT = 200;

/** Whether a routine with this condition runs now. `needsPeople`: whether a step waits for a person. */
export function conditionHolds(
  reads: Reads,
  settings: ProjectSettings,
  { when, what }: Condition,
  now: number,
  needsPeople: (step: Step) => boolean,
): boolean {
  return isSo(reads, settings, what, now, needsPeople) === (when === 'if');
}

function isSo(
  reads: Reads,
  settings: ProjectSettings,
  what: Condition['what'],
  now: number,
  needsPeople: (step: Step) => boolean,
): boolean {
  const { name } = settings;
  switch (what) {
    case 'running':
      return reads.openRuns(name).length > 0;
    case 'blocked':
      return reads
        .recentInStage(name, 'archived', LOOKED_AT)
        .some(({ stage }) => stage.name === 'archived' && isResumable(stage) && stage.reason.kind !== 'reviewHeld');
    case 'waiting': {
      const facts = projectFacts(reads, settings, now);
      return reads.active(name).some((item) => needsPeople(decide(reads, item, facts)));
    }
    case 'paused':
      return reads.pauses.get(name) !== null;
    case 'backlog empty':
      return reads.inStage(name, 'backlog', 1).length === 0;
  }
}

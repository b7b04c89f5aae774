import type { WorkItem } from '../types.ts';
import type { Pause } from './pause.ts';
import type { Step } from './step.ts';

/**
 * Nothing is begun in a paused project. A merge whose commit is on its way to the base branch is brought to its end, and so
 * is what a person has asked for by name: a restore, a revert.
 */
export function heldByPause(step: Step, item: WorkItem, pause: Pause | null): Step {
  if (pause === null || item.landing !== null) return step;
  const begins = step.do === 'run' || step.do === 'gates' || step.do === 'merge' || step.do === 'start';
  // Its end is an event that wakes whoever waits: nobody needs an alarm.
  return begins ? { do: 'wait', for: 'pause', reason: { kind: 'paused', pause }, until: null, never: false } : step;
}

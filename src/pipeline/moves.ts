import type { MoveTarget } from './events.ts';
import type { ArchiveReasonKind, Stage, StageName } from './types.ts';

/**
 * The moves between live stages. `merge → current`: a conflict or a failed gate; `done → current`: a revert. Back to the backlog,
 * and from merge to qa, only people move an item.
 */
const LIVE_MOVES: { readonly [From in Exclude<StageName, 'archived'>]: readonly Exclude<StageName, 'archived'>[] } = {
  backlog: ['current'],
  current: ['backlog', 'qa', 'merge'],
  qa: ['backlog', 'current', 'merge'],
  merge: ['backlog', 'current', 'qa', 'done'],
  done: ['current'],
};

/** An item can be reopened from these. */
export const RESUMABLE: readonly ArchiveReasonKind[] = ['blocked', 'mergeFailed', 'reviewHeld'];

/** Whether an item may move from one stage to another; for `archived`, the reason matters too. */
export function mayMove(from: Stage, to: MoveTarget): boolean {
  if (to.name === 'archived') {
    if (from.name === 'archived') return isResumable(from) && (to.reason.kind === 'abandoned' || to.reason.kind === 'superseded');
    return to.reason.kind !== 'completed' || from.name === 'done';
  }
  if (from.name === 'archived' && isGivenUp(from)) return to.name === 'backlog';
  if (from.name === 'archived') return isResumable(from) && (to.name === 'backlog' || to.name === from.from.name);
  return LIVE_MOVES[from.name].includes(to.name);
}

/** The stages that an item can move to from here, in pipeline order. */
export function validMoves(from: Stage): StageName[] {
  if (from.name !== 'archived') return [...LIVE_MOVES[from.name], 'archived'];
  if (isGivenUp(from)) return ['backlog'];
  if (!isResumable(from)) return [];
  return from.from.name === 'backlog' ? ['backlog', 'archived'] : ['backlog', from.from.name, 'archived'];
}

/** Whether it was abandoned, replaced or ended with a report, without a merge: it can begin again from the backlog. What was merged is there, whatever is said of its item. */
export function isGivenUp(stage: Stage): boolean {
  return stage.name === 'archived' && stage.from.name !== 'done' && ['abandoned', 'superseded', 'completed'].includes(stage.reason.kind);
}

/** Done without a merge, as a spike is by its report. */
export function isReported(stage: Stage): boolean {
  return stage.name === 'archived' && stage.reason.kind === 'completed' && stage.from.name !== 'done';
}

/** Whether an archived item can be reopened; false if it isn't archived. */
export function isResumable(stage: Stage): boolean {
  return stage.name === 'archived' && RESUMABLE.includes(stage.reason.kind);
}

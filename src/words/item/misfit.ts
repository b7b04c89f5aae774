import type { StageName } from '../../pipeline/types.ts';
import { ROLE_OF } from '../../pipeline/role.ts';
import type { TransitionError } from '../../pipeline/transition.ts';
import { counted } from '../amounts.ts';

/** Why something can't be done with an item at this moment, and where a person can move it. One or two sentences. */
export function misfitWords({ item, stage, misfit, validMoves }: Omit<TransitionError, 'code'>): string {
  const name = `#${item}`;
  switch (misfit.kind) {
    case 'no-such-move':
      return moveRefusal(item, stage ?? 'archived', misfit.to, validMoves);
    case 'landing':
      return `${name} is being ${misfit.undoing ? 'reverted' : 'merged'} right now. Try again in a few seconds.`;
    case 'no-such-criterion':
      return `${name} has ${counted(misfit.there, 'criterion', 'criteria')}; there is no number ${misfit.wanted}.`;
    case 'wrong-role':
      return `A ${misfit.role} can’t work in ${misfit.stage}; that takes a ${ROLE_OF[misfit.stage]}.`;
    case 'wrong-run':
      return `The next run of ${name} is number ${misfit.next}, not ${misfit.wanted}.`;
    case 'missing':
      return `There is no item ${name}.`;
    case 'exists':
      return `${name} exists already.`;
    case 'deleted':
      return `${name} was deleted. Numbers are never reused.`;
    case 'purged':
      return `${name} was deleted and purged; nothing is left of it.`;
    case 'not-in-backlog':
      return `${name} is in ${stage}; only items in the backlog can be queued.`;
    case 'not-deleted':
      return `${name} isn’t deleted.`;
    case 'nothing-asked':
      return `${name} has no restore or revert in progress.`;
    case 'over':
      return `${name} is finished.`;
    case 'not-merged':
      return `${name} isn’t merged.`;
    case 'nothing-to-stop':
      return `Nothing to stop: ${name} is in ${stage}.`;
    case 'run-open':
      return `${name} has a run in progress.`;
    case 'errand-open':
      return `${name} is being restored or reverted right now.`;
    case 'stopped':
      return `${name} is stopped.`;
    case 'read-already':
      return `An agent of ${name} has read it already.`;
    case 'not-reserved':
      return `This run of ${name} was not reserved.`;
  }
}

/** Why an item can't move there. `done` is never offered: only a merge makes an item done. */
export function moveRefusal(item: number, from: StageName, to: StageName, validMoves: readonly StageName[]): string {
  const offered = validMoves.filter((name) => name !== 'done');
  const where = offered.length === 0 ? 'It can’t move any more.' : `It can move to ${offered.join(', ')}.`;
  const already = from === to ? 'already ' : '';
  const at = from === 'done' || from === 'archived' ? `${already}${from}` : `${already}in ${from}`;
  return from === to ? `#${item} is ${at}. ${where}` : `#${item} is ${at} and can’t move to ${to}. ${where}`;
}

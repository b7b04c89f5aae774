import type { WorkItem } from './types.ts';

/** What moving, stopping, approving and trying again change of an item: what an undo of those gives back. */
export type UndoPosition = Pick<
  WorkItem,
  'stage' | 'queued' | 'held' | 'accepted' | 'attempts' | 'sentBack' | 'failure' | 'refused' | 'waitsSince' | 'stageSince'
>;

/** The part of an item that an undo gives back. The event's key for it, `standing`, is as it is stored. */
export function undoPositionOf(item: WorkItem): UndoPosition {
  const { stage, queued, held, accepted, attempts, sentBack, failure, refused, waitsSince, stageSince } = item;
  const position = { stage, queued, held, accepted, attempts, sentBack, failure, waitsSince, stageSince };
  return refused === undefined ? position : { ...position, refused };
}

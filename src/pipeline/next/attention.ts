import { isResumable } from '../moves.ts';
import type { WorkItem } from '../types.ts';

/**
 * Why an item by itself waits for a person, whatever is configured: it is stopped, blocked, or to be reviewed by people. `qa`: it is
 * in qa and has no mode of its own, so the project's default says whether that is a review.
 */
export const ATTENTIONS = ['stopped', 'blocked', 'review', 'qa'] as const;
export type Attention = (typeof ATTENTIONS)[number];

/** Null: no person is needed, or only for a reason that the item does not show, such as a request of its agent. Agrees with `nextStep`. */
export function attentionOf({ deletedAt, errand, held, stage, execution, qaMode }: WorkItem): Attention | null {
  if (deletedAt !== null || errand !== null || stage.name === 'done') return null;
  if (stage.name === 'archived') return isResumable(stage) ? 'blocked' : null;
  if (held !== null) return 'stopped';
  if (stage.name !== 'qa' || execution.state === 'pending' || execution.state === 'running') return null;
  return qaMode === 'human' ? 'review' : qaMode === null ? 'qa' : null;
}

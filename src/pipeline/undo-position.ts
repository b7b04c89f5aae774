import type { Stage, WorkItem } from './types.ts';

/** What moving, stopping, approving and trying again change of an item: what an undo of those gives back. */
export type Standing = Pick<
  WorkItem,
  'stage' | 'queued' | 'held' | 'accepted' | 'attempts' | 'sentBack' | 'failure' | 'waitsSince' | 'stageSince'
>;

/** How an item stands. */
export function standingOf(item: WorkItem): Standing {
  const { stage, queued, held, accepted, attempts, sentBack, failure, waitsSince, stageSince } = item;
  return { stage, queued, held, accepted, attempts, sentBack, failure, waitsSince, stageSince };
}

/** A stage without what people and agents wrote into it: what a purge leaves. */
export function stageWithoutWords<S extends Stage>(stage: S): S {
  if (stage.name === 'merge') return { ...stage, branch: '' };
  if (stage.name !== 'archived') return stage;
  const reason = 'reason' in stage.reason ? { ...stage.reason, reason: '' } : stage.reason;
  return { ...stage, reason, from: stageWithoutWords(stage.from) };
}

import type { ItemEvents } from './events.ts';
import type { Failure, Refused, WorkItem } from './types.ts';
import type { CommitSha } from './values.ts';

/** Refused commits that are remembered: the newest, since each of them is compared with the branch. */
const MOST = 20;

/** What is refused of an item's work after a move; undefined where nothing ever was. */
export function refusedAfter(item: WorkItem, { to, failure, refuses }: ItemEvents['item.moved']): Refused | undefined {
  const before = item.refused;
  if (refuses === undefined) return before === undefined || to.name !== 'done' ? before : { ...before, why: null };
  const why = failure?.cause === 'rejected' ? failure : (before?.why ?? null);
  return { commits: joined(before, refuses), why };
}

/** The same, where a merge was found reverted. */
export function refusedToo(item: WorkItem, commits: readonly CommitSha[]): Refused {
  return { commits: joined(item.refused, commits), why: item.refused?.why ?? null };
}

/** The commits that a rejection of the item in its present state rejects. */
export function refusedNow({ work, stage }: WorkItem): CommitSha[] {
  const merged = stage.name === 'archived' ? stage.from : stage;
  return [...(work === null ? [] : [work.head]), ...(merged.name === 'done' ? [merged.mergeCommit] : [])];
}

function joined(before: Refused | undefined, commits: readonly CommitSha[]): CommitSha[] {
  return [...new Set([...(before?.commits ?? []), ...commits])].slice(-MOST);
}

/** Whether the reason of a rejection is the last failure itself, so that it is not said twice. */
export function isSameFailure(rejected: Failure, failure: Failure | null): boolean {
  return failure?.cause === rejected.cause && failure.evidence === rejected.evidence;
}

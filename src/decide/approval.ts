import type { Reads } from '../log/reads/reads.ts';
import type { LoggedEvent } from '../pipeline/events.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { Millis } from '../pipeline/values.ts';

/** Who let an item's work pass, and why. */
export interface Approval {
  /** An actor. */
  readonly by: string;
  readonly at: Millis;
  /** What a reviewer or a person said of it; empty: nothing. */
  readonly reason: string;
}

/** Newest events of an item to search. */
const LOOKED_AT = 200;

/** Who approved what an item waits to merge with, or was merged with; null: nobody had to, or it has gone back since. */
export function approvalOf(reads: Reads, { project, number }: Pick<WorkItem, 'project' | 'number'>): Approval | null {
  const history = reads.history(project, number, LOOKED_AT);
  for (const [index, event] of history.entries()) {
    if (event.kind === 'item.put_back') return null;
    if (event.kind !== 'item.moved') continue;
    const { name } = event.payload.to;
    if (name === 'merge')
      return isApproval(event) ? { by: event.actor, at: event.at, reason: reasonOf(event, history.slice(index)) } : null;
    if (name !== 'done' && name !== 'archived') return null;
  }
  return null;
}

type Moved = Extract<LoggedEvent, { kind: 'item.moved' }>;

function isApproval({ payload: { why } }: Moved): boolean {
  return (
    typeof why !== 'string' && (why.kind === 'approved' || (why.kind === 'person' && (why.did === 'approved' || why.did === 'accepted')))
  );
}

function reasonOf({ actor, cause }: Moved, before: readonly LoggedEvent[]): string {
  const accepted = before.find((event) => event.kind === 'item.accepted' && event.cause !== null && event.cause === cause);
  if (accepted?.kind === 'item.accepted') return accepted.payload.reason ?? '';
  const ended = before.find((event) => event.kind === 'run.ended' && event.actor === actor);
  return ended?.kind === 'run.ended' && ended.payload.verdict === 'approve' ? (ended.payload.verdictReason ?? '') : '';
}

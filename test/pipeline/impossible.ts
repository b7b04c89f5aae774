import type { ItemEvents } from '../../src/pipeline/events.ts';
import type { PurgePlan } from '../../src/pipeline/purge-plan.ts';
import type { AgentRef, Done, Merge, WorkItem } from '../../src/pipeline/types.ts';
import type { CommitSha, PositiveInt } from '../../src/pipeline/values.ts';

/**
 * What must not compile. Each expectation names the compiler's error; `types.test.ts` takes the expectations out and
 * checks that exactly these errors are there, so none of them can rest on another mistake.
 */
declare const coder: AgentRef<'coder'>;
declare const mergemaster: AgentRef<'mergemaster'>;
declare const item: Extract<WorkItem, { stage: Merge }>;
declare const ahead: PositiveInt;
declare const commit: CommitSha;

export const possible: readonly (WorkItem | Merge | Done)[] = [
  { ...item, execution: { state: 'pending', agent: mergemaster, since: 0 } },
  { name: 'merge', branch: 'b', commitsAhead: ahead },
  { name: 'done', mergedAt: 0, mergeCommit: commit },
];

// @ts-expect-error TS2375: a coder can't be attached to merge
export const coderInMerge: WorkItem = { ...item, execution: { state: 'pending', agent: coder, since: 0 } };

// @ts-expect-error TS2375: nothing runs in the backlog
export const runInBacklog: WorkItem = { ...item, stage: { name: 'backlog' }, execution: { state: 'pending', agent: coder, since: 0 } };

// @ts-expect-error TS2322: a merge of nothing can't be written down
export const mergeOfNothing: Merge = { name: 'merge', branch: 'b', commitsAhead: 0 };

// @ts-expect-error TS2322: nor can a count that nobody checked
export const mergeUnchecked: Merge = { name: 'merge', branch: 'b', commitsAhead: 3 };

// @ts-expect-error TS2741: a merge says how far ahead its branch is
export const mergeUncounted: Merge = { name: 'merge', branch: 'b' };

// @ts-expect-error TS2741: done has its merge commit
export const doneUnmerged: Done = { name: 'done', mergedAt: 0 };

// @ts-expect-error TS2322: and that is a real commit's name
export const doneAnyhow: Done = { name: 'done', mergedAt: 0, mergeCommit: 'abc' };

// @ts-expect-error TS2322: a move into merge is held to the same
export const moveOfNothing: ItemEvents['item.moved']['to'] = { name: 'merge', branch: 'b', commitsAhead: 0 };

// @ts-expect-error TS2322: one role is not another
export const otherRole: AgentRef<'mergemaster'> = coder;

// @ts-expect-error TS2322: a text that a purge forgets
export const forgotten: PurgePlan<{ why: string; note: string | null }> = { why: 'empty' };

interface Deep {
  readonly all: readonly ({ readonly n: number } | { readonly inner: { readonly a: string; readonly b: string } })[];
}
// @ts-expect-error TS2322: nor one that lies deeper, in a list or in one member of a union
export const forgottenDeep: PurgePlan<Deep> = { all: { inner: { a: 'empty' } } };

// @ts-expect-error TS2322: what was taken away has to be a field that may be missing
export const dropped: PurgePlan<{ why: string }> = { why: 'drop' };

interface Mixed {
  readonly why: string;
  readonly note?: string;
  readonly how: 'a' | 'b';
  readonly commit: CommitSha;
}
export const treated: PurgePlan<Mixed> = { why: 'empty', note: 'drop' };

import { oneLine } from '../../agents/text.ts';
import { crashPoint } from '../../crash-point.ts';
import type { ItemEvents } from '../../pipeline/events.ts';
import type { ErrandFault } from '../../pipeline/why/fault.ts';
import type { Done, Failure, WorkItem } from '../../pipeline/types.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import { judgeMergedTree } from './merged-tree.ts';
import { MOST_TRIES } from './merge.ts';
import { ifStill, record, recordEnd, seeWork, type EngineParts, type EngineProject } from '../parts.ts';
import { errandFailed, onErrand } from './restore.ts';

/**
 * Takes an item's merge off the base branch: the reverse of its squash commit on top of the branch's tip, gates on that
 * tree, compare-and-swap, and the item is back in current with its branch. Goes one at a time with the merges of the
 * project. After a crash it finds out whether the base branch has moved already.
 */
export async function undoMerge(parts: EngineParts, project: EngineProject, item: WorkItem, signal: AbortSignal): Promise<void> {
  if (item.errand?.kind !== 'undo') return;
  await onErrand(parts, item, async () => {
    if (await finishInterrupted(parts, project, item)) return;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      if ((await attempt(parts, project, item, signal)) === 'settled') return;
    }
    errandFailed(parts, item, { kind: 'base-kept-moving', branch: project.settings.baseBranch, times: MOST_TRIES });
  });
}

async function attempt(parts: EngineParts, project: EngineProject, item: WorkItem, signal: AbortSignal): Promise<'settled' | 'drifted'> {
  const { git } = project;
  const still = (): boolean => parts.log.reads.item(item.project, item.number)?.stepSeq === item.stepSeq;
  const merge = mergedAs(item)?.mergeCommit;
  if (merge === undefined) return failed(parts, item, { kind: 'not-merged' });
  const base = await git.baseHead();
  // Someone has moved the base branch back: there is nothing to reverse, only the item is still to be put back.
  const reversed = (await git.baseContains(merge)) ? await git.takeBack({ base, merge }) : ({ kind: 'nothing' } as const);
  if (reversed.kind === 'conflict') {
    const { files } = reversed;
    const subjects = reversed.later.map((subject) => oneLine(subject, 60));
    return failed(parts, item, { kind: 'later-commits', subjects, files }, files);
  }
  const commit =
    reversed.kind === 'nothing'
      ? base
      : await git.commitSquash({ tree: reversed.tree, base, message: revertMessage(item, merge, git.trailers('Undo', item.number)) });
  if (reversed.kind === 'clean') {
    const judged = { path: await git.openMergeWorktree(commit), commit, tree: reversed.tree };
    const failure = await judgeMergedTree(parts, project, item, judged, signal, still);
    if (failure === 'stale') return 'settled';
    if (failure !== null) return failed(parts, item, { kind: 'fails-without', fault: failure.summary });
  }
  // DANGER: from here on the base branch may have moved although the log does not say so yet, see `merge`.
  const intended = ifStill(parts, item, (tx) => void record(tx, item, 'undo.attempted', { commit, base, merge }));
  if (!intended) return 'settled';
  crashPoint('after-undo-attempted');
  const moved = await git.moveBase({ from: base, to: commit });
  crashPoint('after-base-moved-back');
  if (moved.kind === 'drifted') {
    ifStill(parts, item, (tx) => void record(tx, item, 'undo.attempted', { commit: null, base, merge }));
    return still() ? 'drifted' : 'settled';
  }
  await finish(parts, project, item, { commit, merge });
  return 'settled';
}

function failed(parts: EngineParts, item: WorkItem, why: ErrandFault, files: readonly string[] = []): 'settled' {
  errandFailed(parts, item, why, files);
  return 'settled';
}

/** Whether an earlier Musher moved the base branch and then died before it could say so. */
async function finishInterrupted(parts: EngineParts, project: EngineProject, item: WorkItem): Promise<boolean> {
  const last = parts.log.reads
    .history(item.project, item.number, 1_000)
    .find((event) => event.kind === 'undo.attempted' || event.kind === 'item.undo_asked');
  if (last?.kind !== 'undo.attempted' || last.payload.commit === null) return false;
  const { commit, base, merge } = last.payload;
  if (!(await project.git.baseContains(commit))) {
    ifStill(parts, item, (tx) => void record(tx, item, 'undo.attempted', { commit: null, base, merge }));
    return false;
  }
  // The owner's checkout may have stayed behind: left so, it would look as if the owner had merged it once more.
  const head = await project.git.baseHead();
  await project.git.moveBase({ from: head, to: head });
  await finish(parts, project, item, { commit, merge });
  return true;
}

/** The base branch has moved: the item goes back to current with its branch, and waits for a person. */
async function finish(
  parts: EngineParts,
  project: EngineProject,
  item: WorkItem,
  { commit, merge }: { readonly commit: CommitSha; readonly merge: CommitSha },
): Promise<void> {
  const { errand } = item;
  if (errand?.kind !== 'undo') throw new Error('looked at before');
  const branch = item.work?.branch;
  const merged = mergeEvent(parts, item, merge);
  const message = `${item.number}: ${oneLine(item.title, 200)}`;
  const work =
    branch === undefined
      ? null
      : await project.git.reopenBranch({ number: item.number, branch }, { head: merged?.head ?? null, merge, undone: commit, message });
  crashPoint('after-undo-branch');
  const failure: Failure = {
    cause: 'rejected',
    summary: { kind: 'merge-reverted', by: errand.by, said: oneLine(errand.reason) },
    evidence: `Its merge ${merge} was taken off ${project.settings.baseBranch} again as of ${commit}.${errand.reason === '' ? '' : `\n\n${errand.reason}`}`,
  };
  ifStill(parts, item, (tx) => {
    const refuses = [...(merged === null ? [] : [merged.head]), ...(work === null ? [] : [work.head]), merge];
    recordEnd(tx, item, 'item.moved', { to: { name: 'current' }, why: { kind: 'failed' }, failure, refuses });
    if (work !== null) seeWork(tx, item, work);
    // The same work would pass the same gates and be merged again: what is to change, a person says first.
    record(tx, item, 'item.held', { why: { kind: 'merge-reverted' } }, errand.by);
  });
}

/** How Musher merged it; null where its changes came to the base branch in another way. */
function mergeEvent(parts: EngineParts, item: WorkItem, merge: CommitSha): ItemEvents['merge.attempted'] | null {
  const event = parts.log.reads
    .history(item.project, item.number, 10_000)
    .find((one) => one.kind === 'merge.attempted' && one.payload.commit === merge);
  return event?.kind === 'merge.attempted' ? event.payload : null;
}

function mergedAs({ stage }: WorkItem): Done | null {
  if (stage.name === 'done') return stage;
  return stage.name === 'archived' && stage.from.name === 'done' ? stage.from : null;
}

function revertMessage(item: WorkItem, merge: CommitSha, trailers: string): string {
  return [`Revert "${item.number}: ${oneLine(item.title, 200)}"`, '', `This reverts commit ${merge}.`, '', trailers].join('\n');
}

import { oneLine } from '../../agents/text.ts';
import { crashPoint } from '../../crash-point.ts';
import type { Cause, CheckoutLeft } from '../../pipeline/why/cause.ts';
import type { Failure, Work, WorkItem } from '../../pipeline/types.ts';
import type { CheckoutOutcome } from '../../git/base/base.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import { lookAtBase } from '../base-watch.ts';
import { judgeMergedTree } from './merged-tree.ts';
import { markersFailure, newMarkers } from './conflict-markers.ts';
import { isRefused, refusedFailure } from './refused.ts';
import { isKnown, SEARCHED_BYTES, secretCause, secretsIn } from './secrets-in-diff.ts';
import { failAttempt, ifStill, record, seeWork, type EngineParts, type EngineProject } from '../parts.ts';

/** A patch's line for a submodule's commit, or any link to a commit of another repository. */
const BRINGS_LINK = /^\+Subproject commit /m;

/** Tries against a base branch that moves under the merge before the item is sent to wait for a person. */
export const MOST_TRIES = 5;

/**
 * Merges the item at the head of the queue: squash in the object store, gates on the merged tree, compare-and-swap of
 * the base branch. The only caller of `moveBase`. After a crash it finds out whether the base branch has moved already.
 */
export async function merge(parts: EngineParts, project: EngineProject, item: WorkItem, signal: AbortSignal): Promise<void> {
  if (await finishInterrupted(parts, project, item)) return;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const outcome = await attempt(parts, project, item, signal);
    if (outcome !== 'drifted') return;
  }
  giveUp(parts, item, { kind: 'base-kept-moving', branch: project.settings.baseBranch, times: MOST_TRIES });
}

async function attempt(parts: EngineParts, project: EngineProject, item: WorkItem, signal: AbortSignal): Promise<'settled' | 'drifted'> {
  const { git, settings } = project;
  if (item.stage.name !== 'merge') return 'settled';
  const still = (): boolean => parts.log.reads.item(item.project, item.number)?.stepSeq === item.stepSeq;
  // A base branch that an agent moved to its own work must not pass for one where a person merged it by hand.
  await lookAtBase(parts, project);
  if (!still()) return 'settled';
  const work = await git.readWork(item.stage.branch);
  const base = await git.baseHead();
  if (work === null || work.commitsAhead === 0)
    return sendBack(parts, item, {
      cause: 'run',
      summary: { kind: 'no-commits' },
      evidence: 'Commit your work on the branch.',
    });
  if (await isRefused(parts, project, item, work)) return sendBack(parts, item, refusedFailure(item));
  // None of these needs another, and all that are ready to merge wait for them.
  const [changed, patch, squashed] = await Promise.all([
    git.changedPaths(work.head),
    git.patch(work.head, SEARCHED_BYTES),
    git.squash({ base, head: work.head }),
  ]);
  if (item.accepted !== null && item.accepted !== work.head) return hold(parts, item, work, { kind: 'approval-outdated' });
  const guarded = item.accepted === null ? changed.filter((path) => isGuarded(path, settings.guarded)) : [];
  if (guarded.length > 0) return hold(parts, item, work, { kind: 'settings-touched', paths: guarded });
  const secret = isKnown(parts.log.reads, item, 'secrets') ? null : await secretCauseOf(parts, project, patch, changed);
  if (secret !== null) return hold(parts, item, work, secret);
  const isNews = BRINGS_LINK.test(patch.text) && !isKnown(parts.log.reads, item, 'unknown-links');
  const links = isNews ? await git.unknownLinks(item.number, work.head) : [];
  if (links.length > 0) return hold(parts, item, work, { kind: 'unknown-links', links });
  // No approval covers conflict markers, whichever command let the item through.
  const marked = await newMarkers(git, work, patch, changed);
  if (marked.length > 0) {
    ifStill(parts, item, (tx) => failAttempt(tx, item, markersFailure(marked)));
    return 'settled';
  }
  if (changed.length === 0)
    return sendBack(parts, item, {
      cause: 'run',
      summary: { kind: 'no-change' },
      evidence: 'What the commits do, they undo again.',
    });

  if (squashed.kind === 'nothing') {
    // Brought there by hand, it is done. Where another item or the owner made the same change, there is no merge of this one
    // that somebody could look at, revert or count.
    const by = await git.broughtByHand({ number: item.number, head: work.head });
    if (by === null) giveUp(parts, item, { kind: 'nothing-to-merge', branch: settings.baseBranch });
    else finish(parts, item, by, { kind: 'already-merged', branch: settings.baseBranch });
    return 'settled';
  }
  if (squashed.kind === 'conflict') {
    ifStill(parts, item, (tx) => {
      record(tx, item, 'merge.attempted', { commit: null, base, head: work.head, outcome: 'conflict', files: squashed.files });
      failAttempt(tx, item, conflict(settings.baseBranch, squashed.files));
    });
    crashPoint('after-conflict');
    return 'settled';
  }

  const commit = await git.commitSquash({ tree: squashed.tree, base, message: parts.redactor.redact(await mergeMessage(project, item)) });
  crashPoint('after-squash');
  // All that are ready to merge wait for both.
  const [refused, opened] = await Promise.allSettled([git.refusedObjects(base, commit), git.openMergeWorktree(commit)]);
  if (refused.status === 'rejected') throw refused.reason;
  if (refused.value !== null)
    return sendBack(parts, item, {
      cause: 'run',
      summary: { kind: 'objects-refused', said: refused.value },
      evidence: oneLine(refused.value),
    });
  // What git can't write to the disk it may also have refused: the refusal says more.
  if (opened.status === 'rejected') throw opened.reason;
  const judged = { path: opened.value, commit, tree: squashed.tree };
  const failure = await judgeMergedTree(parts, project, item, judged, signal, still);
  if (failure === 'stale') return 'settled';
  if (failure !== null) return sendBack(parts, item, failure);

  // DANGER: from here on the base branch may have moved although the log does not say so yet. The intent is kept
  // first, with the commit, so that a restart can look whether the base branch holds it (`finishInterrupted`).
  const intended = ifStill(parts, item, (tx) => {
    record(tx, item, 'merge.attempted', { commit, base, head: work.head, outcome: 'clean', files: [] });
  });
  if (!intended) return 'settled';
  crashPoint('after-merge-attempted');
  const moved = await git.moveBase({ from: base, to: commit });
  crashPoint('after-base-moved');
  if (moved.kind === 'drifted') {
    ifStill(parts, item, (tx) => {
      record(tx, item, 'merge.attempted', { commit: null, base, head: work.head, outcome: 'base-moved', files: [] });
    });
    return still() ? 'drifted' : 'settled';
  }
  finish(parts, item, commit, { kind: 'squashed', branch: settings.baseBranch, checkout: leftAlone(moved.checkout), afterRestart: false });
  return 'settled';
}

/** The base branch moved just now, so the item is done, even if it changed meanwhile, unless it was deleted. */
function finish(parts: EngineParts, item: WorkItem, commit: CommitSha, why: Cause): void {
  parts.log.transaction((tx) => {
    const now = tx.item(item.project, item.number);
    if (now === null || now.deletedAt !== null || now.stage.name !== 'merge') return;
    record(tx, item, 'item.moved', { to: { name: 'done', mergedAt: tx.now, mergeCommit: commit }, why, failure: null });
  });
  crashPoint('after-merge-done');
}

/** Whether an earlier Musher moved the base branch and then died before it could say so. */
async function finishInterrupted(parts: EngineParts, project: EngineProject, item: WorkItem): Promise<boolean> {
  // Only since it came to this stage: an item that is done and worked on again has an older merge on the base branch.
  const last = parts.log.reads
    .history(item.project, item.number, 1_000)
    .find((event) => event.kind === 'merge.attempted' || event.kind === 'item.moved');
  if (last?.kind !== 'merge.attempted' || last.payload.commit === null) return false;
  if (!(await project.git.baseContains(last.payload.commit))) {
    // The base branch did not move: nothing is landing, and the merge is done from its beginning.
    ifStill(parts, item, (tx) => {
      record(tx, item, 'merge.attempted', { ...last.payload, commit: null, outcome: 'base-moved' });
    });
    return false;
  }
  crashPoint('after-merge-found');
  // The owner's checkout may have stayed behind: left so, it would look as if the owner had taken the merge back.
  const head = await project.git.baseHead();
  const caughtUp = await project.git.moveBase({ from: head, to: head });
  const checkout = caughtUp.kind === 'drifted' ? null : leftAlone(caughtUp.checkout);
  finish(parts, item, last.payload.commit, { kind: 'squashed', branch: project.settings.baseBranch, checkout, afterRestart: true });
  return true;
}

function sendBack(parts: EngineParts, item: WorkItem, failure: Failure): 'settled' {
  ifStill(parts, item, (tx) => {
    record(tx, item, 'item.moved', { to: { name: 'current' }, why: { kind: 'failed' }, failure });
  });
  return 'settled';
}

function giveUp(parts: EngineParts, item: WorkItem, reason: Cause): void {
  ifStill(parts, item, (tx) => {
    record(tx, item, 'item.moved', {
      to: { name: 'archived', archivedAt: tx.now, reason: { kind: 'mergeFailed', reason } },
      why: reason,
      failure: null,
    });
  });
}

/**
 * Whether a change of `path` is a change of what is guarded: the path itself, something in a guarded folder, or a folder
 * above it that was replaced by a link or a file.
 */
export function isGuarded(path: string, guarded: readonly string[]): boolean {
  return guarded.some((one) => path === one || path.startsWith(`${one}/`) || one.startsWith(`${path}/`));
}

async function secretCauseOf(
  parts: EngineParts,
  { git }: EngineProject,
  patch: { text: string; truncated: boolean },
  changed: readonly string[],
): Promise<Cause | null> {
  return secretCause(await secretsIn(patch, { names: changed, blobs: (names, most) => git.blobs(names, most), redactor: parts.redactor }));
}

/** Holds the item until a person has reviewed it. */
function hold(parts: EngineParts, item: WorkItem, work: Work, reason: Cause): 'settled' {
  ifStill(parts, item, (tx) => {
    // What they look at is the branch as it is now.
    seeWork(tx, item, work);
    record(tx, item, 'item.moved', {
      to: { name: 'archived', archivedAt: tx.now, reason: { kind: 'reviewHeld', reason } },
      why: reason,
      failure: null,
    });
  });
  return 'settled';
}

function conflict(baseBranch: string, files: readonly string[]): Failure {
  return {
    cause: 'conflict',
    summary: { kind: 'conflict', branch: baseBranch, files },
    evidence: `Merging ${baseBranch} into the branch gives conflicts in:\n${files.map((file) => `- ${file}`).join('\n')}`,
  };
}

function leftAlone(checkout: CheckoutOutcome): CheckoutLeft | null {
  return typeof checkout === 'string' ? null : { reason: checkout.reason };
}

async function mergeMessage(project: EngineProject, item: WorkItem): Promise<string> {
  const branch = item.stage.name === 'merge' ? item.stage.branch : null;
  const commits = branch === null ? [] : await project.git.log({ branch, max: 50 });
  const subjects = commits.toReversed().map((commit) => `- ${oneLine(commit.subject, 100)}`);
  return [
    `${item.number}: ${oneLine(item.title, 200)}`,
    ...(subjects.length > 0 ? ['', ...subjects] : []),
    '',
    project.git.trailers('Item', item.number),
  ].join('\n');
}

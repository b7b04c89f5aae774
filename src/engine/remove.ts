import { oneLine } from '../agents/text.ts';
import { crashPoint } from '../crash-point.ts';
import { join } from 'node:path';
import { folderName } from '../git/names.ts';
import { isSetAside, type Leftover, type RemovalNote } from '../pipeline/why/removal.ts';
import { FileStore } from '../log/files/file-store.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { tearDown } from './merge/components.ts';
import { itemDir, recordEnd, tellAsides, type EngineParts, type EngineProject } from './parts.ts';
import { removeFolder } from '../remove-folder.ts';

type Step = Extract<Leftover, { readonly kind: 'step-failed' }>['step'];

/**
 * Cleans up after a delete, once the item's run has ended: keeps its work in a snapshot, then removes worktree and
 * branch, and for a purge its files and its content in the log. Each step may be repeated; what fails is named and
 * left for the next try.
 */
export async function remove(parts: EngineParts, project: EngineProject, item: WorkItem, signal: AbortSignal): Promise<void> {
  crashPoint('before-removal');
  const done: RemovalNote[] = [];
  const left: Leftover[] = [];
  const step = async (what: Step, work: () => Promise<readonly RemovalNote[]>): Promise<boolean> => {
    try {
      done.push(...(await work()));
      return true;
    } catch (error) {
      parts.onProblem(`${what} of ${item.project}#${item.number}`, error);
      left.push({ kind: 'step-failed', step: what, error: oneLine(error instanceof Error ? error.message : String(error)) });
      return false;
    }
  };
  const at = { number: item.number, branch: item.work?.branch ?? null };
  const purge = item.removal?.purge === true;
  const kept = await step('snapshot', async () => {
    const snapshot = await project.git.snapshot(at, 'before it was deleted');
    // Also what was kept before: the worktree of an item that is done is gone already.
    const refs = (await project.git.snapshots({ number: item.number })).map(({ ref }) => ref);
    const last = snapshot?.ref ?? refs.at(-1);
    if (last === undefined) return [];
    return [{ kind: 'work-kept', ref: last, states: refs.length }];
  });
  // Nothing is removed that was not kept before.
  if (kept) {
    const worktree = join(parts.dataDir, 'worktrees', folderName(item.project), String(item.number));
    let brokenOff = false;
    await step('teardown', async () => {
      const problems = await tearDown(parts, item, project.settings, worktree, signal);
      brokenOff = problems.length > 0;
      return problems.map((fault): RemovalNote => ({ kind: 'teardown-failed', fault }));
    });
    // Musher ends, and what was broken off can only be done while the worktree is there: the next start does all of it.
    if (signal.aborted && brokenOff) return;
    await step('worktree', async () => {
      const { removed, kept: refused } = await project.git.removeWorktree(at, { deleteBranch: true });
      left.push(...refused);
      return removed;
    });
  }
  if (purge) {
    await step('run-logs', async () => {
      await removeFolder(itemDir(parts, item.project, item.number));
      // Before the log forgets which they are. Files that another item has as well stay.
      await new FileStore(parts.dataDir).forget(parts.log.reads.files.onlyOf(item.project, item.number));
      crashPoint('after-run-logs-removed');
      return [{ kind: 'run-logs-removed' }];
    });
  }
  parts.log.transaction((tx) => {
    recordEnd(tx, item, 'item.removed', { done, left });
    if (purge && left.length === 0)
      tx.purge({ project: item.project, item: item.number, actor: 'musher', cause: null, kind: 'item.purged', payload: {} });
  });
  crashPoint('after-removal-recorded');
  if (purge && left.length === 0) parts.log.scrub();
}

/** Removes the worktree and branch of an item that is done, after a snapshot; what is left is tried again at the next start. */
export async function tidy(parts: EngineParts, project: EngineProject, item: WorkItem, signal: AbortSignal): Promise<void> {
  const at = { number: item.number, branch: item.work?.branch ?? null };
  const kept = await project.git.snapshot(at, item.stage.name === 'done' ? 'after the merge' : 'after it was put away');
  crashPoint('before-tidy');
  const worktree = join(parts.dataDir, 'worktrees', folderName(item.project), String(item.number));
  const problems = await tearDown(parts, item, project.settings, worktree, signal);
  if (signal.aborted && problems.length > 0) return;
  for (const problem of problems) parts.onProblem(`teardown of ${item.project}#${item.number}`, parts.failureText({ summary: problem }));
  // What tears down may have left files that the snapshot has not seen.
  const nothingLarge = kept?.leftOut === 0 && project.settings.components.length === 0;
  const { removed } = await project.git.removeWorktree(at, { deleteBranch: true, nothingLarge });
  tellAsides(parts, project, item, removed.filter(isSetAside));
}

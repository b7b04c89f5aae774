import { join } from 'node:path';
import type { Failure, WorkItem } from '../../pipeline/types.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import { itemDir, type EngineParts, type EngineProject } from '../parts.ts';
import { setUpMergeTree } from './components.ts';
import { runGates } from './gates.ts';

/**
 * Sets up the merge worktree at a commit that the base branch is to become, and runs the gates on it. Resolves to
 * what failed, null where all passed, or `stale` where nobody waits for it any more. A gate that changes what set-up made has
 * the worktree made and set up anew for the next one.
 */
export async function judgeMergedTree(
  parts: EngineParts,
  project: EngineProject,
  item: WorkItem,
  judged: { readonly path: string; readonly commit: CommitSha; readonly tree: CommitSha },
  signal: AbortSignal,
  still: () => boolean,
): Promise<Failure | null | 'stale'> {
  const { git, settings } = project;
  const { path, commit } = judged;
  const failure = await setUpMergeTree(parts, item, settings, path, signal);
  if (failure !== null) return signal.aborted ? 'stale' : failure;
  const merged = {
    ...judged,
    git,
    where: 'merged',
    at: 'merge',
    setUp: settings.components.length > 0,
    aside: join(itemDir(parts, item.project, item.number), 'kept'),
    renew: async () => setUpMergeTree(parts, item, settings, await git.openMergeWorktree(commit), signal),
  } as const;
  const result = await runGates(parts, item, settings.gates, merged, signal, still);
  return signal.aborted ? 'stale' : result;
}

import type { CommitSha } from '../../pipeline/values.ts';
import { type Context, placeOf } from '../context.ts';
import { treeOf } from '../history.ts';
import { listTracked, restoreTracked as restore } from './staging.ts';

/**
 * Makes each tracked file of a worktree (an item's, or `merge`) what the commit says, and leaves all others alone. Returns
 * the files that had been changed or removed.
 */
export async function restoreTracked(at: Context, name: string, commit: CommitSha): Promise<string[]> {
  return restore(at.git, placeOf(at, name).tree, commit, await treeOf(at.git, commit));
}

/** The files of the commit that a worktree was last compared with. */
export async function trackedFiles(at: Context, name: string): Promise<ReadonlySet<string>> {
  return new Set(await listTracked(at.git, placeOf(at, name).tree));
}

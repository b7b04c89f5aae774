import type { CommitSha } from '../pipeline/values.ts';
import { stampOf } from '../small-files.ts';

/**
 * Which tree each private index holds, by what Musher itself put there last. Bringing an index to a tree that it holds costs
 * a process for nothing, and an item's worktree is looked at half a dozen times. A file that is not the very same one any more
 * is not believed. Nothing here is needed after a restart.
 */
export class IndexMemory {
  readonly #known = new Map<string, { readonly stamp: string; readonly tree: CommitSha }>();

  async holds(index: string, tree: CommitSha): Promise<boolean> {
    const known = this.#known.get(index);
    return known?.tree === tree && known.stamp === (await stampOf(index));
  }

  /** Musher has just made it so. */
  async note(index: string, tree: CommitSha): Promise<void> {
    const stamp = await stampOf(index);
    if (stamp === null) this.#known.delete(index);
    else this.#known.set(index, { stamp, tree });
  }

  /** It is about to be changed, or goes. */
  forget(index: string): void {
    this.#known.delete(index);
  }
}

import type { CommitSha, ItemNumber } from '../values.ts';

/**
 * What a start found in a project beside its log, and what became of it. Rooms read of it, so no path is one of the
 * server: `folder` and `to` are below the data directory, `lock` is below the repository's git directory.
 */
export type Discovery =
  /** A folder among the worktrees that belongs to no item; moved whole. */
  | { readonly kind: 'stray-folder'; readonly folder: string; readonly to: string }
  /** A lock on Musher's own refs that a killed git left; moved. */
  | { readonly kind: 'dead-lock'; readonly lock: string; readonly to: string }
  | { readonly kind: 'branch-restored'; readonly item: ItemNumber; readonly head: CommitSha }
  /** The branch does not hold this commit any more; it is kept as a snapshot. */
  | { readonly kind: 'commit-kept'; readonly item: ItemNumber; readonly head: CommitSha; readonly snapshot: number }
  /** The branch is gone and its last commit too. Without its name, which holds words of the title: this outlives a purge. */
  | { readonly kind: 'branch-lost'; readonly item: ItemNumber; readonly head: CommitSha }
  /** Left alone: another Musher may work on the same repository. */
  | { readonly kind: 'unknown-branch'; readonly branch: string }
  /** An old lock of the owner's repository; left alone. */
  | { readonly kind: 'blocking-lock'; readonly lock: string }
  /** The project is in the log, with so many items, and not in the configuration: it was renamed or removed there. */
  | { readonly kind: 'not-configured'; readonly items: number; readonly open: number }
  /** git failed; the log file has the details. */
  | { readonly kind: 'not-compared' };

/** A discovery as the log holds it; logs of versions before 1.0 hold a sentence. */
export type Discovered = (Discovery & { readonly project: string }) | string;

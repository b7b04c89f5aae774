import type { Said } from './fault.ts';

/** What a clean-up after a delete did; a string: a log of a version before 1.0. It outlives a purge: no branch's name, no title. */
export type RemovalNote =
  /** `states`: how many states of its work are kept, `ref` being the last. */
  | { readonly kind: 'work-kept'; readonly ref: string; readonly states: number }
  | { readonly kind: 'worktree-removed' | 'branch-removed' | 'run-logs-removed' }
  | SetAside
  | { readonly kind: 'teardown-failed'; readonly fault: Said }
  /** As logs before 1.0 have it. */
  | { readonly kind: 'removed'; readonly what: string }
  | string;

/** What no snapshot holds and was moved to the quarantine instead; `to` is below the data directory. */
export type SetAside =
  /** New files too large for the repository. */
  | { readonly kind: 'large-files-moved'; readonly files: number; readonly to: string }
  /** Repositories in the worktree with work that is nowhere else. */
  | { readonly kind: 'repositories-moved'; readonly repositories: number; readonly to: string }
  /** Folders in each other so deep that git can't name what is in them. */
  | { readonly kind: 'deep-folders-moved'; readonly folders: number; readonly to: string };

/** What a clean-up could not remove; a string: a log of a version before 1.0. */
export type Leftover =
  | { readonly kind: 'branch-checked-out' | 'branch-moved'; readonly branch: string }
  /** `error`: as the system or git said it. */
  | { readonly kind: 'step-failed'; readonly step: 'snapshot' | 'teardown' | 'worktree' | 'run-logs'; readonly error: string }
  | string;

const SET_ASIDE: ReadonlySet<string> = new Set<SetAside['kind']>(['large-files-moved', 'repositories-moved', 'deep-folders-moved']);

/** Of what a clean-up did what people have to hear of: where things are that no snapshot holds. */
export function isSetAside(note: RemovalNote): note is SetAside {
  return typeof note !== 'string' && SET_ASIDE.has(note.kind);
}

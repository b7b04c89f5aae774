import type { CommitSha, ItemNumber } from '../../pipeline/values.ts';
import { type Context, branchHead, baseline } from '../context.ts';
import { commitTree, countAhead, mergeTrees, treeOf } from '../history.ts';
import { isBranchOf } from '../names.ts';
import { sha, swapRef } from '../refs.ts';

/** What reverting a merge gives on a given commit of the base branch. */
export type TakenBack =
  | { readonly kind: 'clean'; readonly tree: CommitSha }
  /** Later commits changed the same places; `later`: their subjects, newest first. */
  | { readonly kind: 'conflict'; readonly files: string[]; readonly later: string[] }
  /** The base branch has none of its changes any more. */
  | { readonly kind: 'nothing' };

/** Subjects of later commits that are named. */
const NAMED = 5;

/** Reverses a merge's one commit on top of `base`, which contains it, in the object store alone. */
export async function takeBack(at: Context, base: CommitSha, merge: CommitSha): Promise<TakenBack> {
  const before = sha(await at.git.line(['rev-parse', '--verify', '--quiet', `${merge}^1^{tree}`]));
  // A commit after the merge with the files of before it: merged into the base branch, it takes away what the merge
  // brought, and both have the merge itself as their common ancestor. (`merge-tree --merge-base` needs git 2.40.)
  const without = await commitTree(at.git, { tree: before, parents: [merge], message: 'without' });
  const merged = await mergeTrees(at.git, base, without);
  if (merged.files.length > 0) return { kind: 'conflict', files: merged.files, later: await laterThan(at, base, merge, merged.files) };
  return merged.tree === (await treeOf(at.git, base)) ? { kind: 'nothing' } : { kind: 'clean', tree: merged.tree };
}

async function laterThan(at: Context, base: CommitSha, merge: CommitSha, files: readonly string[]): Promise<string[]> {
  const args = ['rev-list', `--max-count=${NAMED}`, '--no-commit-header', '--format=%s', base, `^${merge}`, '--', ...files];
  return (await at.git.line(args)).split('\n').filter((subject) => subject !== '');
}

/**
 * Gives an item whose merge was reverted its branch again, with the commits it had; where git has thrown those away,
 * with one commit of the same change. A branch that is there already stays as it is. `undone`: the commit that took the
 * merge back.
 */
export async function reopenBranch(
  at: Context,
  item: { readonly number: ItemNumber; readonly branch: string },
  commits: { readonly head: CommitSha | null; readonly merge: CommitSha; readonly undone: CommitSha; readonly message: string },
): Promise<{ readonly branch: string; readonly head: CommitSha; readonly commitsAhead: number }> {
  if (!isBranchOf(item.number, item.branch)) throw new Error(`${item.branch} is no branch of item ${item.number}`);
  const { head, merge, undone, message } = commits;
  const there = await branchHead(at, item.branch);
  const to = there ?? (await known(at, head)) ?? (await again(at, undone, merge, message));
  if (there === null && !(await swapRef(at.git, `refs/heads/${item.branch}`, to, null, 'its merge was taken back')))
    throw new Error(`${item.branch} appeared while it was being made`);
  return { branch: item.branch, head: to, commitsAhead: await countAhead(at.git, await baseline(at, undone), to) };
}

async function known(at: Context, head: CommitSha | null): Promise<CommitSha | null> {
  if (head === null) return null;
  const answer = await at.git.run(['cat-file', '-e', `${head}^{commit}`], { answers: [1, 128] });
  return answer.exitCode === 0 ? head : null;
}

/** The merge's change once more, on top of the commit that reverted it. */
async function again(at: Context, undone: CommitSha, merge: CommitSha, message: string): Promise<CommitSha> {
  const before = sha(await at.git.line(['rev-parse', '--verify', '--quiet', `${merge}^1`]));
  // As if the base branch had gone from before the merge to where it is now: what merges with that is the merge's own change.
  const without = await commitTree(at.git, { tree: await treeOf(at.git, undone), parents: [before], message: 'without' });
  const { tree } = await mergeTrees(at.git, without, merge);
  return commitTree(at.git, { tree, parents: [undone], message });
}

import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommitSha, commitSha, type ItemNumber } from '../../pipeline/values.ts';
import { baseHead, type Context, type Place } from '../context.ts';
import { isAncestor } from '../history.ts';
import { headOf, type Linked, readPlain } from './linked.ts';
import { keepCommit, snapshot } from './snapshots.ts';
import { headOfOther, type Strays } from './elsewhere.ts';
import { hasConflict } from './whole-index.ts';
import { removeFolder } from '../../remove-folder.ts';
import { BOUNDS } from '../../bounds.ts';

/** What git leaves in a worktree's git directory while an operation of several steps is under way, and how a snapshot calls it. */
const OPERATIONS = new Map([
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase or am'],
  ['MERGE_HEAD', 'merge'],
  ['MERGE_AUTOSTASH', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['sequencer', 'cherry-pick or revert'],
  ['SQUASH_MSG', 'squash'],
  ['BISECT_LOG', 'bisect'],
  ['BISECT_START', 'bisect'],
]);

/** Files of an unfinished operation that name a commit which no ref may hold. */
const COMMITS = ['rebase-merge/autostash', 'rebase-apply/autostash', 'MERGE_AUTOSTASH', 'rebase-merge/orig-head', 'rebase-apply/orig-head'];

/** The most entries of the worktree's own refs that are searched for locks, because an agent can create any number. */
const MOST_ENTRIES = BOUNDS.lockEntries;

/**
 * Takes away the locks that git processes of a dead run left: those of the worktree's own index, HEAD, refs and logs, and
 * that of the item's branch. Nobody else writes there. DANGER: only where no process of the run lives. Locks of
 * what the worktree shares with the owner (packed refs, configuration, other branches) may be a living git's and stay.
 */
export async function clearLocks(at: Context, { linked, tree }: Place, branch: string | null): Promise<void> {
  const { commonDir } = at.repository;
  const own = (await readdir(linked.gitDir).catch(() => [])).filter((name) => name.endsWith('.lock'));
  const shared = branch === null ? [] : [join('refs/heads', branch), join('logs/refs/heads', branch)];
  const locks = [
    `${tree.index}.lock`,
    ...own.map((name) => join(linked.gitDir, name)),
    ...(await locksBelow(join(linked.gitDir, 'refs'))),
    join(linked.gitDir, 'logs', 'HEAD.lock'),
    ...shared.map((name) => join(commonDir, `${name}.lock`)),
  ];
  await Promise.all(locks.map((lock) => removeFolder(lock)));
}

async function locksBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [folder];
  let seen = 0;
  for (let next = folders.pop(); next !== undefined && seen < MOST_ENTRIES; next = folders.pop()) {
    if ((await lstat(next).catch(() => null))?.isDirectory() !== true) continue;
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      seen += 1;
      if (entry.name.endsWith('.lock')) found.push(join(next, entry.name));
      else if (entry.isDirectory()) folders.push(join(next, entry.name));
    }
  }
  return found;
}

/** The unfinished git operation in a worktree, or its HEAD if that isn't on the item's branch; null: neither. */
async function unfinished(at: Context, { gitDir }: Linked, branch: string, head: CommitSha, strays: Strays): Promise<string | null> {
  const names = await readdir(gitDir).catch((): string[] => []);
  const operation = [...OPERATIONS].find(([name]) => names.includes(name));
  if (operation !== undefined) return `an unfinished ${operation[1]}`;
  // `git stash pop` leaves nothing else.
  if (await hasConflict(join(gitDir, 'index'))) return 'an unfinished merge of files';
  const stands = await headOf(gitDir);
  if (stands.detached !== null) return stands.detached === head ? null : 'a detached HEAD';
  if (stands.branch === null || stands.branch === branch) return null;
  const other = await headOfOther(at, stands.branch, strays);
  return other === null || other === head ? null : 'another branch';
}

/**
 * Keeps what a dead run left of git in the middle of something (a rebase, a merge, a bisect, a HEAD that is not on the item's
 * branch): its files in a snapshot, and the commits that nothing else holds, an autostash among them. Returns whether there
 * was anything: the caller then has to put the files anew, since they are not those of the branch. `strays`: branches that
 * are in the run's sandbox alone.
 */
export async function keepUnfinished(
  at: Context,
  place: Place,
  item: { readonly number: ItemNumber; readonly branch: string },
  head: CommitSha,
  strays: Strays,
): Promise<boolean> {
  const what = await unfinished(at, place.linked, item.branch, head, strays);
  if (what === null) return false;
  await snapshot(at, item, `${what} of an earlier run`);
  await keepLooseCommits(at, place, item.number, head, `a commit of ${what}`);
  return true;
}

/** Commits that an unfinished operation in a worktree names. */
export async function operationCommits(gitDir: string): Promise<CommitSha[]> {
  const named = await Promise.all(COMMITS.map((name) => readPlain(join(gitDir, name))));
  return named.flatMap((text) => commitSha((text ?? '').trim()) ?? []);
}

/** Keeps commits that nothing holds but the worktree's own HEAD, or an operation that is under way there. `head`: of the item's branch; null: it has none. */
export async function keepLooseCommits(at: Context, place: Place, item: ItemNumber, head: CommitSha | null, why: string): Promise<void> {
  const { detached } = await headOf(place.linked.gitDir);
  const commits = new Set([detached, ...(await operationCommits(place.linked.gitDir))]);
  for (const commit of commits) {
    if (commit !== null && (await isLoose(at, commit, head))) await keepCommit(at, item, commit, why);
  }
}

/** Whether a commit is there and neither the item's branch nor the base branch holds it. */
async function isLoose(at: Context, commit: CommitSha, head: CommitSha | null): Promise<boolean> {
  const there = await at.git.run(['cat-file', '-e', `${commit}^{commit}`], { answers: [1, 128] });
  if (there.exitCode !== 0 || (head !== null && (await isAncestor(at.git, commit, head)))) return false;
  return !(await isAncestor(at.git, commit, await baseHead(at)));
}

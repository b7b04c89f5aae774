import { join } from 'node:path';
import { MusherError } from '../errors.ts';
import type { CommitSha, ItemNumber } from '../pipeline/values.ts';
import { commitTree, countAhead, isAncestor, treeOf } from './history.ts';
import { type Linked, linkedAt, listCheckouts } from './worktree/linked.ts';
import { keepWhole } from './inside/quarantine.ts';
import type { SetAside } from '../pipeline/why/removal.ts';
import { BRANCH_PREFIX, isBranchOf, isMarked, type Origin } from './names.ts';
import type { ItemTree, OwnDir } from './own-dir.ts';
import { listRefs, readRef } from './refs.ts';
import type { Repository } from './repository.ts';

/** An item as this module needs it. `branch`: as `openWorktree` returned it; null: it has not returned one that was written down. */
export interface ItemAt {
  readonly number: ItemNumber;
  readonly branch: string | null;
}

/** What the parts of an open project share. */
export interface Context {
  readonly git: OwnDir;
  readonly repository: Repository;
  readonly baseBranch: string;
  /** Absolute; holds a folder for each item and `merge`. */
  readonly worktrees: string;
  /** The quarantine: absolute, below the data directory, for files that are moved instead of deleted. */
  readonly quarantine: string;
  /** Moves to the quarantine that haven't been reported yet, by the item's number. */
  readonly asides: Map<string, SetAside[]>;
  /** The project's folder name, part of the names of its worktrees in the repository. */
  readonly folder: string;
  readonly origin: Origin;
  /** Commits at which the base branch stood, and that somebody took off it since; the newest last. */
  readonly gone: () => readonly CommitSha[];
  /** The last baseline that was made; see `baseline`. */
  readonly baselines: Map<string, CommitSha>;
}

/** A worktree of Musher with its private index. */
export interface Place {
  /** The item's number, or `merge`. */
  readonly name: string;
  readonly linked: Linked;
  readonly tree: ItemTree;
}

/** Where the worktree of that name and its index are, there or not. */
export function placeOf(at: Context, name: string): Place {
  const path = join(at.worktrees, name);
  const keep = async (from: string, as: string): Promise<void> => noteAside(at, name, await keepWhole(at, name, from, as));
  const linked = linkedAt(at.repository.commonDir, path, `${at.folder}-${name}`, keep);
  return { name, linked, tree: { path, index: join(at.git.indexes, name), theirs: join(linked.gitDir, 'index') } };
}

/** Notes what was moved to the quarantine, so that people are told. */
export function noteAside(at: Pick<Context, 'asides'>, name: string, aside: SetAside | null): void {
  if (aside !== null) at.asides.set(name, [...(at.asides.get(name) ?? []), aside]);
}

/** What was moved since it was asked last. */
export function takeAsides(at: Context, name: string): readonly SetAside[] {
  const found = at.asides.get(name) ?? [];
  at.asides.delete(name);
  return found;
}

/** How many branches are named to a person whose base branch is gone. */
const BRANCHES_NAMED = 5;

/** The commit at the tip of the base branch. Throws MusherError REPOSITORY_UNUSABLE when the branch is gone. */
export async function baseHead(at: Context): Promise<CommitSha> {
  const head = await readRef(at.git, `refs/heads/${at.baseBranch}`);
  if (head !== null) return head;
  const others = (await listRefs(at.git, 'refs/heads/').catch(() => []))
    .map(({ name }) => name.slice('refs/heads/'.length))
    .filter((name) => !name.startsWith(BRANCH_PREFIX));
  const listed = others.slice(0, BRANCHES_NAMED).join(', ') + (others.length > BRANCHES_NAMED ? ', …' : '');
  throw new MusherError(
    'REPOSITORY_UNUSABLE',
    `The base branch ${at.baseBranch} does not exist or has no commits.`,
    others.length === 0
      ? 'Commit something to it.'
      : `Bring it back, or set \`base_branch\` in the project file to one that exists (${listed}), then type \`reload\`.`,
  );
}

/**
 * What a branch is compared with and merged into: the base branch, together with all that it once held and that somebody took
 * off it (a reset, an amended or rebased commit, a forced push). So an item that began on such a commit brings its own commits
 * and not those: a commit is made, which no ref holds, with the files of the base branch and the lost positions as further
 * parents, as if each had been merged with nothing of it taken over. Where nothing was taken off it is the base branch itself,
 * and costs nothing.
 */
export async function baseline(at: Context, from?: CommitSha): Promise<CommitSha> {
  const base = from ?? (await baseHead(at));
  const gone = at.gone();
  if (gone.length === 0) return base;
  const key = [base, ...gone].join(' ');
  const known = at.baselines.get(key);
  if (known !== undefined && (await isThere(at, known))) return known;
  const lost: CommitSha[] = [];
  for (const commit of gone) if ((await isThere(at, commit)) && !(await isAncestor(at.git, commit, base))) lost.push(commit);
  const made =
    lost.length === 0
      ? base
      : await commitTree(at.git, {
          tree: await treeOf(at.git, base),
          parents: [base, ...lost],
          message: 'what was taken off the base branch',
        });
  at.baselines.clear();
  at.baselines.set(key, made);
  return made;
}

async function isThere(at: Context, commit: CommitSha): Promise<boolean> {
  return (await at.git.run(['cat-file', '-e', `${commit}^{commit}`], { answers: [1, 128] })).exitCode === 0;
}

/** The commit at the tip of a branch; null where the branch does not exist. */
export async function branchHead(at: Context, branch: string): Promise<CommitSha | null> {
  return readRef(at.git, `refs/heads/${branch}`);
}

/**
 * The branch of an item: the one it is known by. Where it knows none, the one that a Musher made right before it was
 * killed; that holds no work yet and stands in no other checkout. A branch with commits is of another log that
 * counted to the same number, and never of this item. Null when there is none.
 */
export async function findBranch(at: Context, item: ItemAt): Promise<{ branch: string; head: CommitSha } | null> {
  if (item.branch !== null) {
    if (!isBranchOf(item.number, item.branch)) throw new Error(`${item.branch} is no branch of item ${item.number}`);
    const head = await branchHead(at, item.branch);
    return head === null ? null : { branch: item.branch, head };
  }
  const found = await branchesOf(at, item.number);
  if (found.length === 0) return null;
  const own = placeOf(at, String(item.number)).tree.path;
  const checkouts = await listCheckouts(at.repository.commonDir, at.repository.checkout);
  const held = new Set(checkouts.filter(({ path }) => path !== own).map(({ branch }) => branch));
  return found.find(({ branch, ahead }) => ahead === 0 && !held.has(branch)) ?? null;
}

/** All branches of this log that carry an item's number, with the commits that the base branch lacks. Those of others are none of its business. */
export async function branchesOf(at: Context, item: ItemNumber): Promise<{ branch: string; head: CommitSha; ahead: number }[]> {
  const prefix = 'refs/heads/';
  const refs = await listRefs(at.git, `${prefix}${BRANCH_PREFIX}`, (name) => {
    const branch = name.slice(prefix.length);
    return isBranchOf(item, branch) && isMarked(at.origin, item, branch);
  });
  if (refs.length === 0) return [];
  const base = await baseline(at);
  const counted = refs.map(async ({ name, sha }) => ({
    branch: name.slice(prefix.length),
    head: sha,
    ahead: await countAhead(at.git, base, sha),
  }));
  return Promise.all(counted);
}

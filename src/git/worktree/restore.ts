import { rm, writeFile } from 'node:fs/promises';
import type { CommitSha, ItemNumber } from '../../pipeline/values.ts';
import { type Context, placeOf, baseline } from '../context.ts';
import { changedSince, countAhead, diffSince, shortStat, treeOf } from '../history.ts';
import { BRANCH_PREFIX } from '../names.ts';
import { readRef, swapRef } from '../refs.ts';
import { type KeptSnapshot, snapshot, snapshots, workOf } from './snapshots.ts';
import { fillingMark, openWorktree, put } from './worktrees.ts';

/** What `restore` made of an item's branch. */
export interface Restored {
  readonly branch: string;
  readonly head: CommitSha;
  readonly commitsAhead: number;
  /** The ref that holds what was there before. */
  readonly kept: string | null;
}

/**
 * Makes the item's branch and worktree what a snapshot holds; uncommitted files of that time are a commit on the branch
 * now, so that they count as work and `diff` shows them. What is there is kept first. Null: there is no such snapshot.
 * May be repeated after a crash at any point. The caller knows that no agent works there.
 */
export async function restoreSnapshot(
  at: Context,
  item: { readonly number: ItemNumber; readonly title: string; readonly branch: string | null },
  n: number,
): Promise<Restored | null> {
  const wanted = (await snapshots(at, item)).find((kept) => kept.n === n);
  if (wanted === undefined) return null;
  const { branch, head } = await openWorktree(at, item);
  const kept = await snapshot(at, { number: item.number, branch }, `before snapshot ${n} was restored`);
  const to = await workOf(at, wanted);
  const place = placeOf(at, String(item.number));
  // DANGER: before the branch moves. From then on the old files would look like changes that take the restored ones back.
  await writeFile(fillingMark(place), '', { mode: 0o600 });
  if (!(await swapRef(at.git, `refs/heads/${branch}`, to, head, `restore snapshot ${n}`))) {
    await rm(fillingMark(place), { force: true });
    throw new Error(`${branch} moved while snapshot ${n} was restored`);
  }
  await put(at, place, { branch }, { from: head, to });
  return { branch, head: to, commitsAhead: await countAhead(at.git, await baseline(at), to), kept: kept?.ref ?? null };
}

/**
 * Makes a branch of its own from a snapshot of an item that has no worktree any more: `musher/restored/42-3`. The same
 * branch where it is there already. Null: there is no such snapshot.
 */
export async function branchFromSnapshot(
  at: Context,
  number: ItemNumber,
  n: number,
): Promise<{ readonly branch: string; readonly made: boolean } | null> {
  const wanted = (await snapshots(at, { number })).find((kept) => kept.n === n);
  if (wanted === undefined) return null;
  const to = await workOf(at, wanted);
  const first = `${BRANCH_PREFIX}restored/${number}-${n}`;
  for (let attempt = 1; ; attempt += 1) {
    const branch = attempt === 1 ? first : `${first}-${attempt}`;
    const there = await readRef(at.git, `refs/heads/${branch}`);
    if (there === to) return { branch, made: false };
    if (there === null && (await swapRef(at.git, `refs/heads/${branch}`, to, null, `snapshot ${n} of item ${number}`)))
      return { branch, made: true };
  }
}

/** A snapshot with what it changes against where it left the base branch. */
export interface DescribedSnapshot extends KeptSnapshot {
  readonly files: number;
  readonly added: number;
  readonly removed: number;
  /** Whether its files are those of the branch as it is now; null where there is no branch. */
  readonly sameAsBranch: boolean | null;
}

/** The newest snapshots of an item, oldest first, and how many there are in all. */
export async function describeSnapshots(
  at: Context,
  item: { readonly number: ItemNumber; readonly branch: string | null },
  max: number,
): Promise<{ readonly all: number; readonly newest: DescribedSnapshot[] }> {
  const all = await snapshots(at, item);
  const [base, head] = await Promise.all([baseline(at), item.branch === null ? null : readRef(at.git, `refs/heads/${item.branch}`)]);
  const tree = head === null ? null : await treeOf(at.git, head);
  const newest: DescribedSnapshot[] = [];
  for (const kept of all.slice(-max)) {
    const sameAsBranch = tree === null ? null : (await treeOf(at.git, kept.commit)) === tree;
    newest.push({ ...kept, ...(await shortStat(at.git, base, kept.commit)), sameAsBranch });
  }
  return { all: all.length, newest };
}

/** What a snapshot holds against where it left the base branch. Null: there is no such snapshot. */
export async function snapshotDiff(
  at: Context,
  number: ItemNumber,
  n: number,
  maxBytes: number,
): Promise<{ readonly kept: KeptSnapshot; readonly text: string; readonly truncated: boolean; readonly stat: string } | null> {
  const kept = (await snapshots(at, { number })).find((one) => one.n === n);
  if (kept === undefined) return null;
  const base = await baseline(at);
  if ((await changedSince(at.git, base, kept.commit)).length === 0) return { kept, text: '', truncated: false, stat: '' };
  return { kept, ...(await diffSince(at.git, base, kept.commit, maxBytes)) };
}

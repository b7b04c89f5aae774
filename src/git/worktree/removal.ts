import { crashPoint } from '../../crash-point.ts';
import type { Leftover, RemovalNote } from '../../pipeline/why/removal.ts';
import { type Context, type ItemAt, findBranch, noteAside, placeOf, takeAsides } from '../context.ts';
import { clearLocks, keepLooseCommits } from './dead-run.ts';
import { lookThrough } from '../inside/find.ts';
import { setDeepAside } from '../inside/quarantine.ts';
import { setRepositoriesAside } from '../inside/set-aside.ts';
import { listCheckouts } from './linked.ts';
import { setLargeAside } from './large-files.ts';
import { rm } from '../../small-files.ts';
import { deleteRef, readRef } from '../refs.ts';
import { removeFolder } from '../../remove-folder.ts';
import { forgetSetUp } from '../untouched/set-up-files.ts';
import { fillingMark, isWorktree } from './worktrees.ts';

/** What a removal did, and what it left. */
export interface Removed {
  readonly removed: readonly RemovalNote[];
  readonly kept: readonly Leftover[];
}

/**
 * Removes an item's worktree and, when asked, its branch. Says what was removed; what is gone already is no error.
 * A branch that a checkout of the owner stands on is kept. The caller takes a snapshot first; `nothingLarge`: that one found
 * no file that it had to leave out, and nothing has run there since.
 */
export async function removeWorktree(at: Context, item: ItemAt, deleteBranch: boolean, nothingLarge = false): Promise<Removed> {
  const name = String(item.number);
  const place = placeOf(at, name);
  const removed: RemovalNote[] = [];
  const kept: Leftover[] = [];
  await clearLocks(at, place, item.branch);
  const found = deleteBranch ? await findBranch(at, item) : null;
  const moved = !nothingLarge && (await isWorktree(place)) ? await setLargeAside(at, place, item.number) : null;
  if (moved !== null) removed.push({ kind: 'large-files-moved', ...moved });
  const { repositories, deep } = await lookThrough(place);
  noteAside(at, name, await setDeepAside(at, name, deep));
  if (repositories.length > 0)
    noteAside(at, name, await setRepositoriesAside(at, place, repositories, { goes: () => true, isInTheWay: false }));
  removed.push(...takeAsides(at, name));
  await keepLooseCommits(at, place, item.number, found?.head ?? null, 'a detached HEAD, before its worktree was removed');
  if (await removeFolder(place.tree.path)) removed.push({ kind: 'worktree-removed' });
  crashPoint('after-worktree-removed');
  await removeFolder(place.linked.gitDir);
  await removeFolder(place.tree.index);
  await forgetSetUp(place.tree);
  at.git.memory.forget(place.tree.index);
  await rm(fillingMark(place), { force: true });
  if (found !== null) {
    const checkouts = await listCheckouts(at.repository.commonDir, at.repository.checkout);
    const holder = checkouts.find((checkout) => checkout.branch === found.branch);
    if (holder !== undefined) kept.push({ kind: 'branch-checked-out', branch: found.branch });
    else if (await deleteRef(at.git, `refs/heads/${found.branch}`, found.head)) removed.push({ kind: 'branch-removed' });
    else if ((await readRef(at.git, `refs/heads/${found.branch}`)) !== null) kept.push({ kind: 'branch-moved', branch: found.branch });
    crashPoint('after-branch-removed');
  }
  return { removed, kept };
}

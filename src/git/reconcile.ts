import { cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Discovery } from '../pipeline/why/discovery.ts';
import type { CommitSha, ItemNumber } from '../pipeline/values.ts';
import { type Context, type Place, placeOf } from './context.ts';
import { isAncestor } from './history.ts';
import { findInside } from './inside/find.ts';
import { setRepositoriesAside } from './inside/set-aside.ts';
import { headOf } from './worktree/linked.ts';
import { isStrangers, BRANCH_PREFIX } from './names.ts';
import { listRefs, type Ref, swapRef } from './refs.ts';
import { keepCommit, snapshots } from './worktree/snapshots.ts';
import { removeFolder } from '../remove-folder.ts';

/** An item as the log knows it. */
export interface KnownItem {
  readonly number: ItemNumber;
  /** `over`: done or given up, its worktree is removed by the engine; `gone`: deleted, and all of it removed. */
  readonly state: 'live' | 'over' | 'gone';
  /** An agent may be at work on it: nothing of it is judged or touched. */
  readonly busy: boolean;
  readonly work: { readonly branch: string; readonly head: CommitSha; readonly commitsAhead: number } | null;
}

export interface Reconciled {
  /** Moved to the quarantine. */
  readonly quarantined: Discovery[];
  readonly mended: Discovery[];
  /** What belongs to nothing that the log knows, or can't be repaired: left as it is. */
  readonly odd: Discovery[];
}

/** A lock this old is of a git that was killed: none of Musher's calls holds one for long. */
const STALE_LOCK_MS = 10 * 60_000;

/**
 * Compares worktrees and branches with what the log knows of its items. Folders below the data directory that belong to
 * nothing are moved to `into`; lost branches come back where their commits are still there. Nothing is deleted, and
 * branches of others are left alone: another Musher may work on the same repository. `now`: the time, for
 * old locks.
 */
export async function reconcile(
  at: Context,
  items: { readonly live: readonly KnownItem[]; readonly find: (number: number) => KnownItem | null },
  into: string,
  now: number,
): Promise<Reconciled> {
  const found: Reconciled = { quarantined: [], mended: [], odd: [] };
  const dataDir = dirname(at.quarantine);
  for (const name of await readdir(at.worktrees).catch(() => [])) {
    if (name === 'merge' || name === 'measure' || !belongsToNothing(name, items.find)) continue;
    await quarantine(at, name, join(into, at.folder));
    found.quarantined.push({
      kind: 'stray-folder',
      folder: relative(dataDir, join(at.worktrees, name)),
      to: relative(dataDir, join(into, at.folder, name)),
    });
  }
  const refs = await listRefs(at.git, `refs/heads/${BRANCH_PREFIX}`);
  for (const item of items.live) if (!item.busy) await repairBranch(at, item, refs, found);
  for (const { name } of refs) {
    const branch = name.slice('refs/heads/'.length);
    const number = numberIn(branch);
    if (branch.startsWith(`${BRANCH_PREFIX}restored/`)) continue;
    const item = number === null ? null : items.find(number);
    // One without known work may have got its branch right before a crash; whether it is its own is decided when it starts.
    if (item !== null && (item.work === null || item.work.branch === branch)) continue;
    // Of another Musher, or of another project of this one: nothing odd.
    if (isStrangers(at.origin, branch)) continue;
    found.odd.push({ kind: 'unknown-branch', branch });
  }
  await staleLocks(
    at,
    items.live.some(({ busy }) => busy),
    { into, dataDir },
    now,
    found,
  );
  return found;
}

function numberIn(branch: string): number | null {
  const [, digits] = /^musher\/([1-9]\d*)-/.exec(branch) ?? [];
  return digits === undefined ? null : Number(digits);
}

function belongsToNothing(name: string, find: (number: number) => KnownItem | null): boolean {
  const item = /^[1-9]\d*$/.test(name) ? find(Number(name)) : null;
  return item === null || item.state === 'gone';
}

/** Moves a worktree and its link in the repository to the quarantine; a commit that only its HEAD holds gets a ref. */
async function quarantine(at: Context, name: string, into: string): Promise<void> {
  const place: Place = placeOf(at, name);
  await mkdir(into, { recursive: true, mode: 0o700 });
  const { detached } = await headOf(place.linked.gitDir);
  const known = detached !== null && (await at.git.run(['cat-file', '-e', `${detached}^{commit}`], { answers: [1, 128] })).exitCode === 0;
  if (known) await swapRef(at.git, `refs/musher/quarantine/${at.folder}/${detached}`, detached, null, 'the HEAD of a quarantined worktree');
  // Moved with the rest, submodules and helpers' worktrees would lose their git directories.
  const inside = await findInside(place);
  if (inside.length > 0) await setRepositoriesAside(at, place, inside, { goes: () => true, isInTheWay: false });
  await move(place.linked.gitDir, join(into, `${name}.git`));
  await move(place.tree.path, join(into, name));
  await rm(place.tree.index, { force: true });
}

/** Also between disks: the repository may be on another one than the data directory. */
async function move(from: string, to: string): Promise<void> {
  if ((await lstat(from).catch(() => null)) === null) return;
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    await removeFolder(from);
  }
}

/** A branch that is gone, or holds less than Musher saw, must not cost the work that it held. */
async function repairBranch(at: Context, item: KnownItem, refs: readonly Ref[], found: Reconciled): Promise<void> {
  const { number, work } = item;
  if (work === null) return;
  const now = refs.find(({ name }) => name === `refs/heads/${work.branch}`)?.sha ?? null;
  if (now === work.head || (now === null && work.commitsAhead === 0)) return;
  const there = await at.git.run(['cat-file', '-e', `${work.head}^{commit}`], { answers: [1, 128] });
  if (now === null) {
    if (there.exitCode === 0 && (await swapRef(at.git, `refs/heads/${work.branch}`, work.head, null, 'it was gone')))
      found.mended.push({ kind: 'branch-restored', item: number, head: work.head });
    else found.odd.push({ kind: 'branch-lost', item: number, head: work.head });
    return;
  }
  if (there.exitCode !== 0 || (await isAncestor(at.git, work.head, now))) return;
  if ((await snapshots(at, { number })).some((kept) => kept.commit === work.head || kept.head === work.head)) return;
  await keepCommit(at, number, work.head, 'its branch moved back');
  const n = (await snapshots(at, { number })).at(-1)?.n ?? 0;
  found.mended.push({ kind: 'commit-kept', item: number, head: work.head, snapshot: n });
}

/** Locks of Musher's own refs stop every later step; those of the owner's are only named. */
async function staleLocks(
  at: Context,
  busy: boolean,
  { into, dataDir }: { readonly into: string; readonly dataDir: string },
  now: number,
  found: Reconciled,
): Promise<void> {
  const { commonDir } = at.repository;
  for (const folder of ['refs/heads/musher', 'refs/musher']) {
    const names = await readdir(join(commonDir, folder), { recursive: true }).catch(() => []);
    for (const name of names) {
      const file = join(commonDir, folder, name);
      if (!name.endsWith('.lock') || busy || !(await isStale(file, now))) continue;
      const to = join(into, at.folder, 'locks', folder, name);
      await mkdir(join(to, '..'), { recursive: true, mode: 0o700 });
      await move(file, to);
      found.quarantined.push({ kind: 'dead-lock', lock: relative(commonDir, file), to: relative(dataDir, to) });
    }
  }
  for (const name of [`refs/heads/${at.baseBranch}.lock`, 'packed-refs.lock']) {
    if (await isStale(join(commonDir, name), now)) found.odd.push({ kind: 'blocking-lock', lock: name });
  }
}

async function isStale(file: string, now: number): Promise<boolean> {
  const there = await lstat(file).catch(() => null);
  return there?.isFile() === true && now - there.mtimeMs > STALE_LOCK_MS;
}

import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MusherError } from '../../errors.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import type { Context } from '../context.ts';
import { BUSY, type Checkout } from '../worktree/linked.ts';
import { isThere, lstat, rm, utimes } from '../../small-files.ts';
import { shortHash } from '../names.ts';
import type { Tree } from '../own-dir.ts';
import { pathText, type TreeChange, treeChanges } from '../objects/tree-changes.ts';
import { SUBMODULE } from '../objects/tree-objects.ts';
import { deleteOwnRef } from '../own-refs.ts';
import { deleteRef, readRef, swapRef } from '../refs.ts';

/** What Musher found in a checkout of the owner, by reading alone. */
export interface CheckoutState {
  /** The commit of the base branch that index and files stand on. */
  readonly position: CommitSha;
  /** Why it can't be fast-forwarded now; null: it can. */
  readonly obstacle: string | null;
}

/**
 * Reads whether a checkout is clean. Works on a copy of its index, so that not even the index's cached times
 * change. `head` is the tip of the base branch, `to` where it is about to go; null: only ask whether it is clean.
 */
export async function inspect(at: Context, checkout: Checkout, head: CommitSha, to: CommitSha | null): Promise<CheckoutState> {
  const copy: Tree = { path: checkout.path, index: join(at.git.indexes, `owner-${shortHash(checkout.path)}`) };
  let position = head;
  try {
    await rm(`${copy.index}.lock`, { force: true });
    const index = join(checkout.gitDir, 'index');
    await copyFile(index, copy.index);
    // git believes a file's cached times only where the index is younger than the file: a copy that looks younger than
    // the original would hide a change made right after a checkout. Whole seconds, so that it can only look older.
    const written = Math.floor((await lstat(index)).mtimeMs / 1000);
    await utimes(copy.index, written, written);
    position = await findPosition(at, checkout, copy, head);
    return { position, obstacle: await obstacleTo(at, checkout, copy, position, to) };
  } catch (error) {
    if (error instanceof MusherError || (error instanceof Error && 'code' in error)) {
      return { position, obstacle: 'its index cannot be read' };
    }
    throw error;
  } finally {
    await rm(copy.index, { force: true });
  }
}

/** Where a checkout stood when Musher moved the base branch and could not bring it along. Kept as a ref, so that git keeps the commit. */
export function positionRef(checkout: Pick<Checkout, 'path'>): string {
  return `refs/musher/checkouts/${shortHash(checkout.path)}`;
}

/** Records a checkout's commit; null: the base branch's tip, as git itself assumes. */
export async function rememberPosition(at: Context, checkout: Checkout, position: CommitSha | null): Promise<void> {
  const ref = positionRef(checkout);
  const old = await readRef(at.git, ref);
  if (old === position) return;
  if (position !== null) await swapRef(at.git, ref, position, old, 'the checkout was left here');
  // One that is there again shows itself as what it is by the files: the checkout is nearer to the tip than to it.
  else if (old !== null && (await deleteOwnRef(at.git, ref, old)) === null) await deleteRef(at.git, ref, old);
}

/** The owner may have caught up since: of both places it can stand on, the one that the index is nearer to. */
async function findPosition(at: Context, checkout: Checkout, copy: Tree, head: CommitSha): Promise<CommitSha> {
  const left = await readRef(at.git, positionRef(checkout));
  if (left === null || left === head) return head;
  const [fromLeft, fromHead] = await Promise.all([stagedFiles(at, copy, left), stagedFiles(at, copy, head)]);
  return fromLeft.length < fromHead.length ? left : head;
}

async function stagedFiles(at: Context, tree: Tree, commit: CommitSha): Promise<string[]> {
  const { stdout } = await at.git.run(['diff-index', '--cached', '--name-only', '--no-renames', '-z', commit], { tree });
  return names(stdout);
}

function names(output: Buffer): string[] {
  return output
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '');
}

async function obstacleTo(at: Context, checkout: Checkout, copy: Tree, position: CommitSha, to: CommitSha | null): Promise<string | null> {
  const { git } = at;
  for (const name of BUSY) {
    if (await isThere(join(checkout.gitDir, name)))
      return name === 'index.lock' ? 'git is at work there' : `a merge or rebase is in progress there (${name})`;
  }
  // All read the same copy, and the merge waits for all of them.
  const [staged, files, step] = await Promise.all([
    stagedFiles(at, copy, position),
    git.run(['ls-files', '-v', '-s', '-z', '--cached', '--modified', '--deleted'], { tree: copy }),
    to === null || to === position ? null : stepOf(at, position, to),
  ]);
  if (staged.length > 0) return `it has staged changes (${some(staged)})`;
  // All files with their tags and modes; changed (C) and deleted (R) ones stand there a second time.
  const listed = names(files.stdout);
  // A submodule that is checked out at another commit, or not at all, is no obstacle to git either: it never touches what is in one.
  const rows = listed
    .filter((row) => !row.slice(2).startsWith(`${SUBMODULE} `))
    .map((row) => row.slice(0, 2) + row.slice(row.indexOf('\t') + 1));
  // Other tags: unmerged, skipped by a sparse checkout, or assumed unchanged by the owner's word.
  if (rows.some((row) => !/^[HCR] /.test(row))) return 'it is a sparse checkout or has files that git was told not to look at';
  const changed = new Set(rows.filter((row) => !row.startsWith('H ')).map((row) => row.slice(2)));
  if (changed.size > 0) return `it has uncommitted changes (${some([...changed])})`;
  if (to === null || step === null) return null;
  const attributes = [...rows.map((row) => row.slice(2)), ...step.changed].some((name) => /(?:^|\/)\.gitattributes$/.test(name));
  return (await inTheWay(checkout, step)) ?? (attributes ? await filtered(at, copy, step, position, to) : null);
}

/** What a step of the base branch does to files. */
interface FilesOfStep {
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly deleted: readonly string[];
  /** Those of `changed` that are submodules afterwards. */
  readonly submodules: ReadonlySet<string>;
}

async function stepOf(at: Context, from: CommitSha, to: CommitSha): Promise<FilesOfStep> {
  const all = await treeChanges(at.git, from, to);
  const pathsOf = (those: readonly TreeChange[]): string[] => those.map(({ path }) => pathText(path));
  return {
    changed: pathsOf(all),
    added: pathsOf(all.filter(({ before }) => before === null)),
    deleted: pathsOf(all.filter(({ after }) => after === null)),
    submodules: new Set(pathsOf(all.filter(({ after }) => after?.mode === SUBMODULE))),
  };
}

function some(files: readonly string[]): string {
  return files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');
}

/** Untracked files that the step would overwrite. git protects only those that aren't ignored; here all are the owner's. */
async function inTheWay(checkout: Checkout, { added, deleted, submodules }: FilesOfStep): Promise<string | null> {
  const leaving = new Set(deleted);
  for (const file of added) {
    const parts = file.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const path = parts.slice(0, depth).join('/');
      const found = await lstat(join(checkout.path, path)).catch(() => null);
      if (found === null || leaving.has(path)) break;
      // For a submodule git needs a folder, and leaves what is in it alone.
      if ((depth < parts.length || submodules.has(path)) && found.isDirectory()) continue;
      return `its untracked ${path} would be overwritten`;
    }
  }
  return null;
}

/**
 * Files with a filter (git-lfs, git-crypt …) in the step. Musher runs no filters, because an agent could have
 * planted them in the repository's config, and without them the owner would get the wrong content. So the owner's
 * own git has to do it.
 */
async function filtered(at: Context, copy: Tree, { changed }: FilesOfStep, from: CommitSha, to: CommitSha): Promise<string | null> {
  if (changed.length === 0) return null;
  // The attributes of both sides count: the old one says how the file on disk was written.
  for (const commit of [to, from]) {
    await at.git.run(['read-tree', '--reset', commit], { tree: copy });
    const input = Buffer.from(changed.map((file) => `${file}\0`).join(''));
    const { stdout } = await at.git.run(['check-attr', '-z', '--stdin', '--cached', 'filter'], { tree: copy, input });
    const cells = stdout.toString('utf8').split('\0');
    for (let i = 0; i + 2 < cells.length; i += 3) {
      const value = cells[i + 2];
      if (value !== 'unspecified' && value !== 'unset') return `${cells[i]} has the filter ${value}, and Musher runs none`;
    }
  }
  return null;
}

/**
 * Brings index and files from `position` to `to` by git's two-way merge: it refuses before it touches anything
 * when a file that it has to change was changed meanwhile. Returns what stood in the way.
 */
export async function fastForward(at: Context, checkout: Checkout, position: CommitSha, to: CommitSha): Promise<string | null> {
  const tree: Tree = { path: checkout.path, index: join(checkout.gitDir, 'index') };
  const answer = await at.git.run(['read-tree', '-m', '-u', position, to], { tree, answers: [1, 128] });
  return answer.exitCode === 0 ? null : 'it changed while the base branch moved';
}

/**
 * The shell command that brings a checkout later from where it stands to the tip of the base branch, keeping the
 * owner's changes: HEAD is set back to `position`, so that git sees them and nothing else as changes, and goes forward
 * from there. Where a change meets the merge in the same file, git merges the two; where it can't, it leaves conflict
 * markers and keeps the change in the stash. An untracked or ignored file is never overwritten: then git refuses, and
 * all is as before. Harmless when it is run twice, or on another branch.
 */
export function catchUpCommand(path: string, position: CommitSha, baseBranch: string): string {
  const base = quoted(`refs/heads/${baseBranch}`);
  const forward = 'git merge --ff-only --no-overwrite-ignore';
  const steps = [
    `cd ${quoted(path)}`,
    `[ "$(git symbolic-ref HEAD)" = ${base} ]`,
    `git update-ref --no-deref HEAD ${position}`,
    // Without a stash first: it keeps what is staged apart from what is not.
    `{ ${forward} ${base} 2>/dev/null || ${forward} --autostash ${base}; s=$?; git symbolic-ref HEAD ${base}; exit $s; }`,
  ];
  return `(${steps.join(' && ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

import { BOUNDS } from '../../bounds.ts';
import { dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type CommitSha, commitSha } from '../../pipeline/values.ts';
import { lstat, mkdir, readdir, readRegular, realpath, rename, writeFile } from '../../small-files.ts';
import { shortHash } from '../names.ts';
import { removeFolder } from '../../remove-folder.ts';

/**
 * A linked worktree, as gitrepository-layout(5) describes it, written by Musher itself: `git worktree` would find
 * its way by files that an agent can change, and Musher's git knows nothing of the owner's git directory anyway.
 * An agent's plain git works in it as in any worktree.
 */
export interface Linked {
  readonly path: string;
  /** The worktree's own git directory, below the owner's `worktrees/`. Its name follows from the path alone. */
  readonly gitDir: string;
  /** Moves what an agent has put in place of a file of Musher's to the quarantine, under a name. Missing: it is removed. */
  readonly keep?: (path: string, as: string) => Promise<void>;
}

/** The worktree at a path, whether it exists or not. */
export function linkedAt(commonDir: string, path: string, name: string, keep?: Linked['keep']): Linked {
  const gitDir = join(commonDir, 'worktrees', `musher-${name}-${shortHash(path)}`);
  return { path, gitDir, ...(keep === undefined ? {} : { keep }) };
}

/** The position of a worktree's HEAD. */
export type Head = { readonly branch: string } | { readonly detached: CommitSha };

const headText = (head: Head): string => ('branch' in head ? `ref: refs/heads/${head.branch}\n` : `${head.detached}\n`);

/** What an interrupted merge, rebase or bisect leaves, and locks of a git that was killed. */
const UNFINISHED = [
  'MERGE_HEAD',
  'MERGE_MSG',
  'MERGE_MODE',
  'MERGE_RR',
  'MERGE_AUTOSTASH',
  'AUTO_MERGE',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'REBASE_HEAD',
  'SQUASH_MSG',
  'BISECT_LOG',
  'BISECT_START',
  'BISECT_NAMES',
  'BISECT_TERMS',
  'BISECT_EXPECTED_REV',
  'BISECT_ANCESTORS_OK',
  'BISECT_FIRST_PARENT',
  'BISECT_HEAD',
  'BISECT_RUN',
  'refs/bisect',
  'refs/rewritten',
  'rebase-merge',
  'rebase-apply',
  'sequencer',
  'info',
  'index.lock',
  'HEAD.lock',
] as const;

/** The states in which an owner's checkout must be left alone. */
export const BUSY = [
  'MERGE_HEAD',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'BISECT_LOG',
  'rebase-merge',
  'rebase-apply',
  'sequencer',
  'index.lock',
] as const;

/**
 * Repairs the files that tie a worktree to the repository. Returns whether anything was wrong: then the worktree's index
 * can't be trusted either.
 */
export async function tie(linked: Linked, head: Head): Promise<boolean> {
  await realFolder(linked, linked.path);
  await realFolder(linked, linked.gitDir);
  const files: readonly (readonly [string, string])[] = [
    [join(linked.gitDir, 'commondir'), '../..\n'],
    [join(linked.gitDir, 'gitdir'), `${join(linked.path, '.git')}\n`],
    [join(linked.path, '.git'), `gitdir: ${linked.gitDir}\n`],
    [join(linked.gitDir, 'HEAD'), headText(head)],
  ];
  let changed = false;
  for (const [file, text] of files) {
    if ((await readPlain(file)) === text) continue;
    changed = true;
    await removeFolder(`${file}.musher`);
    await writeFile(`${file}.musher`, text, { flag: 'wx' });
    // A folder can't be replaced by a rename. It is a `.git` that an agent made, and may hold commits of its own.
    if ((await lstat(file).catch(() => null))?.isDirectory() === true) await makeWay(linked, file, 'root.git');
    await rename(`${file}.musher`, file);
  }
  return changed;
}

/** Removes what an unfinished merge, rebase or killed git left in a worktree's git directory. */
export async function forgetUnfinished(linked: Linked): Promise<void> {
  for (const name of UNFINISHED) {
    const path = join(linked.gitDir, name);
    // Mostly there is none of them, and a look is cheaper than a removal.
    if ((await lstat(path).catch(() => null)) !== null) await removeFolder(path);
  }
  await emptyWorktreeConfig(linked, false);
}

/**
 * A worktree's own configuration, which is active where the owner's says so, holds nothing. An empty file stays as it
 * is, the very same one: it is shut in the sandbox of a run that continues, and a new one in its place would not be.
 */
export async function emptyWorktreeConfig(linked: Linked, needed: boolean): Promise<void> {
  const file = join(linked.gitDir, 'config.worktree');
  const found = await lstat(file).catch(() => null);
  if (found?.isFile() === true && found.size === 0) return;
  await removeFolder(file);
  if (needed) await writeFile(file, '', { flag: 'wx' });
}

/** The text of one of git's small files; null for anything else, a link or a file of any size included, and for one that is removed meanwhile. */
export async function readPlain(file: string): Promise<string | null> {
  return (await readRegular(file, BOUNDS.gitFile))?.toString('utf8') ?? null;
}

/** A folder that is none, or a link to one, is replaced: what is written into it must land in it. */
async function realFolder(linked: Linked, path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found !== null && !found.isDirectory()) await makeWay(linked, path, 'in-its-place');
  await mkdir(path, { recursive: true });
}

async function makeWay({ keep }: Linked, path: string, as: string): Promise<void> {
  if (keep === undefined) await removeFolder(path);
  else await keep(path, as);
}

/** Worktrees between two turns of the event loop: a board may have thousands. */
const AT_ONCE = 50;

/** A working tree of the repository: the owner's, or one of Musher's. */
export interface Checkout {
  readonly path: string;
  readonly gitDir: string;
  readonly branch: string | null;
  readonly detached: CommitSha | null;
}

/**
 * The checkouts of a repository, the main one first, the others in no order. A linked one counts only if its `.git` file points back:
 * otherwise a planted folder below `worktrees/` could name any place of the disk as a checkout.
 */
export async function listCheckouts(commonDir: string, main: string | null): Promise<Checkout[]> {
  const found: Checkout[] = [];
  if (main !== null) found.push({ path: main, gitDir: commonDir, ...(await headOf(commonDir)) });
  const folder = join(commonDir, 'worktrees');
  for (const [n, name] of (await readdir(folder).catch((): string[] => [])).entries()) {
    if (n % AT_ONCE === AT_ONCE - 1) await setImmediate();
    const gitDir = join(folder, name);
    const there = (await readPlain(join(gitDir, 'gitdir')))?.trimEnd();
    if (there === undefined) continue;
    // Since git 2.48 both may be relative.
    const dotGit = resolve(gitDir, there);
    const [, back] = /^gitdir: (.+)$/m.exec((await readPlain(dotGit)) ?? '') ?? [];
    if (back === undefined) continue;
    const target = await realpath(resolve(dirname(dotGit), back)).catch(() => null);
    if (target === gitDir) found.push({ path: dirname(dotGit), gitDir, ...(await headOf(gitDir)) });
  }
  return found;
}

/** The branch or commit that a git directory's HEAD names; neither where it can't be read. */
export async function headOf(gitDir: string): Promise<{ branch: string | null; detached: CommitSha | null }> {
  const text = (await readPlain(join(gitDir, 'HEAD')))?.trim() ?? '';
  const prefix = 'ref: refs/heads/';
  return text.startsWith(prefix) ? { branch: text.slice(prefix.length), detached: null } : { branch: null, detached: commitSha(text) };
}

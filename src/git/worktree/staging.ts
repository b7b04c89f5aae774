import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommitSha } from '../../pipeline/values.ts';
import { lstat, readdir, rename, rm, stat, utimes } from '../../small-files.ts';
import type { OwnDir, Tree } from '../own-dir.ts';
import { treeOf } from '../history.ts';
import { fromText, lookAt } from '../inside/paths.ts';
import { readPlain } from './linked.ts';
import { makeReadable, openFolders } from './readable.ts';
import { sha } from '../refs.ts';

/**
 * Brings the private index to what the worktree holds: tracked changes, and untracked files that aren't ignored.
 * Returns the tree. No working file is touched.
 *
 * `git add` and `git status` are not used: for a submodule's folder (and an agent can make any folder one) they
 * start a second git inside it, which obeys the config it finds there. The commands here only read.
 */
export async function stageAll(git: OwnDir, tree: Tree, head: CommitSha): Promise<CommitSha> {
  return (await stageKept(git, tree, head)).tree;
}

/** As `stageAll`; says too which new files were left out, because they are too large to go into the repository unasked. */
export async function stageKept(
  git: OwnDir,
  tree: Tree,
  head: CommitSha,
): Promise<{ readonly tree: CommitSha; readonly large: LargeFile[] }> {
  const before = await treeOf(git, head);
  await readHead(git, tree, head, before);
  const names = await listChanges(git, tree);
  const large = await newAndLarge(git, tree, names);
  const skipped = new Set(large.map(({ bytesName }) => bytesName));
  const kept = names.filter((name) => !skipped.has(name));
  if (kept.length === 0) return { tree: before, large };
  git.memory.forget(tree.index);
  await stage(git, tree, kept);
  const staged = sha(await git.line(['write-tree'], { tree }));
  await git.memory.note(tree.index, staged);
  return { tree: staged, large };
}

/** A new file that is too large to be kept in the repository. */
export interface LargeFile {
  /** From the worktree's root. */
  readonly name: string;
  readonly bytes: number;
  /** As git gave it, byte by byte in latin1. */
  readonly bytesName: string;
}

/**
 * Larger new files stay out of trees: what is once in the owner's repository stays there, and a core dump or a video
 * would make each clone of it slow. The number is that of the largest file that GitHub takes.
 */
export const LARGEST_BYTES = 100 * 1024 * 1024;

async function newAndLarge(git: OwnDir, tree: Tree, names: readonly string[]): Promise<LargeFile[]> {
  const found: LargeFile[] = [];
  for (const bytesName of names) {
    const there = await lookAt(`${fromText(tree.path)}/${bytesName}`);
    if (there?.isFile() === true && there.size > LARGEST_BYTES) found.push({ name: text(bytesName), bytes: there.size, bytesName });
  }
  if (found.length === 0) return found;
  // One that a commit holds already costs nothing more, and a change of it is work.
  const tracked = new Set(await list(git, tree, ['--cached']));
  return found.filter(({ bytesName }) => !tracked.has(bytesName));
}

/** New files of a worktree that no tree holds: whoever removes it has to keep them in another way. */
export async function largeFiles(git: OwnDir, tree: Tree): Promise<LargeFile[]> {
  return newAndLarge(git, tree, await listChanges(git, tree));
}

/** Sets the private index to the commit and keeps what it knows of unchanged files, so that they need not be read again. What it knows nothing of counts as changed, and is read when it is staged. */
async function readHead(git: OwnDir, tree: Tree, head: CommitSha, holds: CommitSha): Promise<void> {
  // The lock of a Musher that was killed. Nobody else writes here, and calls for one worktree run one by one.
  await rm(`${tree.index}.lock`, { force: true });
  if (await git.memory.holds(tree.index, holds)) return;
  git.memory.forget(tree.index);
  try {
    await git.run(['read-tree', '--reset', head], { tree });
  } catch {
    await rm(tree.index, { force: true });
    await git.run(['read-tree', '--reset', head], { tree });
  }
  await git.memory.note(tree.index, holds);
}

/** Names (as bytes, in latin1) of files that were changed, deleted, or are new and not ignored. */
async function listChanges(git: OwnDir, tree: Tree): Promise<string[]> {
  const names = await list(git, tree, ['--modified', '--deleted', '--others', '--exclude-standard']);
  const nested = names.filter((name) => name.endsWith('/'));
  const inside = await Promise.all(nested.map((folder) => listNested(git, tree, folder)));
  const all = [...new Set([...names.filter((name) => !name.endsWith('/')), ...inside.flat()])].filter(storable);
  const odd = await Promise.all(all.map((name) => isOdd(tree, name)));
  // In order, so that a file stands before those in the folder that took its name: git refuses to hear of it after them.
  return all.filter((_, i) => odd[i] !== true).toSorted();
}

/** A pipe, a socket or a device holds nothing that could be kept, and git refuses all files because of one: what stood there before stays. */
async function isOdd(tree: Tree, name: string): Promise<boolean> {
  const found = await lookAt(`${fromText(tree.path)}/${name}`);
  return found !== null && !found.isFile() && !found.isDirectory() && !found.isSymbolicLink();
}

async function list(git: OwnDir, tree: Tree, which: readonly string[]): Promise<string[]> {
  const args = ['ls-files', '-z', ...which];
  let answer = await git.run(args, { tree });
  if (answer.stderr.includes('could not open directory')) {
    await openFolders(tree.path);
    answer = await git.run(args, { tree });
  }
  return answer.stdout
    .toString('latin1')
    .split('\0')
    .filter((name) => name !== '');
}

/** A repository that an agent made inside its worktree: its files are kept as files, its own history is not. */
async function listNested(git: OwnDir, tree: Tree, folder: string): Promise<string[]> {
  const path = join(tree.path, text(folder));
  if ((await lstat(path).catch(() => null))?.isDirectory() !== true || (await isWorktreeOf(git, path))) return [];
  // An index of its own that does not exist: all files count as new.
  const names = await list(git, { path, index: `${tree.index}.nested` }, ['--others', '--exclude-standard']);
  const deeper = names.filter((name) => name.endsWith('/'));
  const inside = await Promise.all(deeper.map((name) => listNested(git, tree, folder + name)));
  return [...names.filter((name) => !name.endsWith('/')).map((name) => folder + name), ...inside.flat()];
}

/** Whether a folder is another worktree of the owner's repository, as an agent gives one to its helper: its files are no new ones of this. */
async function isWorktreeOf(git: OwnDir, folder: string): Promise<boolean> {
  const [, target] = /^gitdir: (.+)$/m.exec((await readPlain(join(folder, '.git'))) ?? '') ?? [];
  return target !== undefined && resolve(folder, target).startsWith(join(git.commonDir, 'worktrees/'));
}

/** git stores no path with a component that a file system could take for `.git`. Such files stay where they are. */
function storable(name: string): boolean {
  return !name.split('/').some((part) => /^(?:\.git|git~1)[ .]*(?::.*)?$/i.test(part));
}

async function stage(git: OwnDir, tree: Tree, names: readonly string[]): Promise<void> {
  const links = await linksAmong(tree, names);
  // A tracked folder that became a link: git refuses to look for its files behind the link. They are gone.
  const isGone = (name: string): boolean => parentsOf(name).some((parent) => links.has(parent));
  const gone = names.filter(isGone);
  const here = names.filter((name) => !isGone(name));
  if (gone.length > 0) await git.run(['update-index', '-z', '--force-remove', '--stdin'], { tree, input: listed(gone) });
  if (here.length === 0) return;
  const add = (): Promise<unknown> =>
    git.run(['update-index', '-z', '--add', '--remove', '--replace', '--stdin'], { tree, input: listed(here) });
  try {
    await add();
  } catch {
    // Usually a file that its owner may not read. It is the worktree's own file: take the right, and try once more.
    await Promise.all(here.map((name) => makeReadable(`${fromText(tree.path)}/${name}`)));
    await add();
  }
}

const listed = (names: readonly string[]): Buffer => Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
/** A name as git gave it, byte by byte, as the text that Node's file functions take. */
const text = (name: string): string => Buffer.from(name, 'latin1').toString('utf8');

function parentsOf(name: string): string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join('/'));
}

/** The folders on the way to these files that are links. */
async function linksAmong(tree: Tree, names: readonly string[]): Promise<ReadonlySet<string>> {
  const links = new Set<string>();
  for (const parent of new Set(names.flatMap(parentsOf))) {
    const found = await lstat(join(tree.path, text(parent))).catch(() => null);
    if (found?.isSymbolicLink() === true) links.add(parent);
  }
  return links;
}

/**
 * Makes the worktree's files exactly the tree of a commit. Untracked files go, ignored ones stay unless they are
 * in the way. The caller has kept what is worth keeping.
 */
export async function putFiles(git: OwnDir, tree: Tree, from: CommitSha, to: CommitSha): Promise<void> {
  const files = await readdir(tree.path);
  if (files.every((name) => name === '.git')) {
    // Nothing is there to be removed, and what the index says of files is of others.
    await Promise.all([rm(tree.index, { force: true }), rm(`${tree.index}.lock`, { force: true })]);
  } else {
    // With every untracked file staged, the step to `to` removes them as it removes any file that is no longer there.
    await stageAll(git, tree, from);
  }
  git.memory.forget(tree.index);
  await git.run(['read-tree', '--reset', '-u', to], { tree });
  await git.memory.note(tree.index, await treeOf(git, to));
}

/** Writes tracked files that were changed or removed as the commit has them, and nothing else. Returns which these were. */
export async function restoreTracked(git: OwnDir, tree: Tree, commit: CommitSha, holds: CommitSha): Promise<string[]> {
  await readHead(git, tree, commit, holds);
  const changed = [...new Set(await list(git, tree, ['--modified', '--deleted']))];
  if (changed.length === 0) return [];
  git.memory.forget(tree.index);
  await git.run(['checkout-index', '-z', '--force', '-u', '--stdin'], { tree, input: listed(changed) });
  await git.memory.note(tree.index, holds);
  return changed.map(text);
}

/** All files of the commit that the private index stands at. */
export async function listTracked(git: OwnDir, tree: Tree): Promise<string[]> {
  return (await list(git, tree, ['--cached'])).map(text);
}

/** Gives a copy of the private index to the agent's own git, whole or not at all. */
export async function installIndex(tree: Tree, target: string): Promise<void> {
  const next = `${target}.musher`;
  await rm(next, { force: true });
  await copyFile(tree.index, next);
  // git compares a file's time with the index's own to tell whether the file may have changed unseen.
  const { atime, mtime } = await stat(tree.index);
  await utimes(next, atime, mtime);
  await rename(next, target);
  await rm(`${target}.lock`, { force: true });
}

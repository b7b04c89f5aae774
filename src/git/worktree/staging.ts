import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommitSha } from '../../pipeline/values.ts';
import { lstat, readdir, rename, rm, stat, utimes } from '../../small-files.ts';
import type { ItemTree, OwnDir, Tree } from '../own-dir.ts';
import { treeOf } from '../history.ts';
import { fromText, lookAt } from '../inside/paths.ts';
import { readPlain } from './linked.ts';
import { makeReadable, openFolders } from './readable.ts';
import { sha } from '../refs.ts';
import { readIndexFile } from '../untouched/index-file.ts';
import { type HiddenFiles, hiddenFiles, sortChanges } from '../untouched/own-changes.ts';
import { leftBySetUp } from '../untouched/set-up-files.ts';
import { BOUNDS } from '../../bounds.ts';

/** What a worktree holds. */
export interface Staged {
  /** The commit's tree with the changes of the run. */
  readonly tree: CommitSha;
  /** New files that were left out, because they are too large to go into the repository unasked. */
  readonly large: readonly LargeFile[];
  /** Changed files with a filter that only the owner's git can put through it: they are in no tree. Names as bytes, in latin1. */
  readonly filtered: readonly string[];
  /** Files that differ from the commit and are nobody's change. Names as bytes, in latin1. */
  readonly beside: readonly string[];
}

/**
 * Brings the private index to what the run made of the worktree: tracked changes, and untracked files that aren't ignored.
 * Returns the tree. No working file is touched.
 *
 * `git add` and `git status` are not used: for a submodule's folder (and an agent can make any folder one) they
 * start a second git inside it, which obeys the config it finds there. The commands here only read.
 */
export async function stageAll(git: OwnDir, tree: ItemTree, head: CommitSha): Promise<CommitSha> {
  return (await stageKept(git, tree, head)).tree;
}

/** As `stageAll`; says too what was left out. */
export async function stageKept(git: OwnDir, tree: ItemTree, head: CommitSha): Promise<Staged> {
  const before = await treeOf(git, head);
  await readHead(git, tree, head, before);
  const names = await listChanges(git, tree);
  const large = await newAndLarge(git, tree, names);
  const skipped = new Set(large.map(({ bytesName }) => bytesName));
  const changes = await sortChanges(
    git,
    tree,
    names.filter((name) => !skipped.has(name)),
  );
  const { own, cleaned, filtered, beside } = changes;
  if (own.length + cleaned.length === 0) return { tree: before, large, filtered, beside };
  git.memory.forget(tree.index);
  const unfit = await stage(git, tree, own);
  if (cleaned.length > 0) await git.run(['update-index', '-z', '--index-info'], { tree, input: rowsOf(cleaned) });
  const staged = sha(await git.line(['write-tree'], { tree }));
  await git.memory.note(tree.index, staged);
  return { tree: staged, large, filtered: [...filtered, ...unfit].toSorted(), beside };
}

/** All names that differ from the commit, as bytes in latin1. */
export async function changedNames(git: OwnDir, tree: ItemTree, head: CommitSha): Promise<string[]> {
  await readHead(git, tree, head, await treeOf(git, head));
  return listChanges(git, tree);
}

/**
 * The tree with these files as they are on disk, byte by byte, on top of what `stageKept` has just staged: for what must be kept
 * and can't be committed.
 */
export async function stageBytes(git: OwnDir, tree: ItemTree, names: readonly string[]): Promise<CommitSha> {
  git.memory.forget(tree.index);
  await stageRaw(git, tree, names);
  return sha(await git.line(['write-tree'], { tree }));
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
export const LARGEST_BYTES = BOUNDS.newFile;

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

/** New files of a worktree that no tree holds: they must be kept in another way before the worktree is removed. */
export async function largeFiles(git: OwnDir, tree: ItemTree): Promise<LargeFile[]> {
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
  } catch (error) {
    // It would fill the same memory again.
    if (error instanceof Error && /out of memory/i.test(error.message)) throw error;
    await rm(tree.index, { force: true });
    await git.run(['read-tree', '--reset', head], { tree });
  }
  await git.memory.note(tree.index, holds);
}

/** Names (as bytes, in latin1) of files that were changed, deleted, or are new and not ignored. */
async function listChanges(git: OwnDir, tree: ItemTree): Promise<string[]> {
  const names = await listByRules(git, tree, ['--modified', '--deleted', '--others', '--exclude-standard']);
  const nested = names.filter((name) => name.endsWith('/'));
  const inside = await Promise.all(nested.map((folder) => listNested(git, tree, folder)));
  const all = [...new Set([...names.filter((name) => !name.endsWith('/')), ...inside.flat()])].filter(storable);
  const odd = await Promise.all(all.map((name) => isOdd(tree, name)));
  // Sorted, so that a removed file comes before the files of a folder with its name; git rejects the reverse order.
  return all.filter((_, i) => odd[i] !== true).toSorted();
}

/**
 * The same as `list`, by the rules of what is ignored as the agent's git knows them: a sparse worktree may leave out the very
 * file that has them. git reads such a file from an index that says so, and the private one does not. Without that, files that
 * everybody ignores would count as new ones and be taken along.
 */
async function listByRules(git: OwnDir, tree: ItemTree, which: readonly string[]): Promise<string[]> {
  const names = await list(git, tree, which);
  const gone: string[] = [];
  for (const name of names)
    if (/(?:^|\/)\.gitignore$/.test(name) && (await lookAt(`${fromText(tree.path)}/${name}`)) === null) gone.push(name);
  if (gone.length === 0) return names;
  const { skipped } = await hiddenFiles(git, tree);
  const hidden = gone.filter((name) => skipped.includes(name));
  if (hidden.length === 0) return names;
  const index = `${tree.index}.rules`;
  try {
    await copyFile(tree.index, index);
    await git.run(['update-index', '-z', '--skip-worktree', '--stdin'], { tree: { ...tree, index }, input: listed(hidden) });
    return await list(git, { ...tree, index }, which);
  } finally {
    await rm(index, { force: true });
  }
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

/** Returns those that git can't store as their attributes want it: bytes that are no text of the encoding they name. */
async function stage(git: OwnDir, tree: Tree, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const links = await linksAmong(tree, names);
  // A tracked folder that became a link: git refuses to look for its files behind the link. They are gone.
  const isGone = (name: string): boolean => parentsOf(name).some((parent) => links.has(parent));
  const gone = names.filter(isGone);
  const here = names.filter((name) => !isGone(name));
  if (gone.length > 0) await git.run(['update-index', '-z', '--force-remove', '--stdin'], { tree, input: listed(gone) });
  if (here.length === 0) return [];
  const add = (some: readonly string[]): Promise<unknown> =>
    git.run(['update-index', '-z', '--add', '--remove', '--replace', '--stdin'], { tree, input: listed(some) });
  try {
    await add(here);
    return [];
  } catch {
    // Usually a file that its owner may not read. It is the worktree's own file: take the right, and try once more.
    await Promise.all(here.map((name) => makeReadable(`${fromText(tree.path)}/${name}`)));
    const encoded = await withEncoding(git, tree, here);
    await add(here.filter((name) => !encoded.includes(name)));
    const unfit: string[] = [];
    for (const name of encoded) await add([name]).catch(() => unfit.push(name));
    return unfit;
  }
}

/** Those that the attributes want to be of another encoding. */
async function withEncoding(git: OwnDir, tree: Tree, names: readonly string[]): Promise<string[]> {
  const { stdout } = await git.run(['check-attr', '-z', '--stdin', 'working-tree-encoding'], { tree, input: listed(names) });
  const cells = stdout.toString('latin1').split('\0');
  return names.filter((_, n) => !/^(?:unspecified|unset|set|)$/.test(cells[n * 3 + 2] ?? ''));
}

/** As `stage`, but no attribute changes a byte. */
async function stageRaw(git: OwnDir, tree: Tree, names: readonly string[]): Promise<void> {
  const found = await Promise.all(names.map(async (name) => ({ name, stats: await lstat(join(tree.path, text(name))).catch(() => null) })));
  // `hash-object` reads a list of lines.
  const plain = found.filter(({ name, stats }) => stats?.isFile() === true && !name.includes('\n'));
  const others = found.filter((file) => !plain.includes(file)).map(({ name }) => name);
  if (others.length > 0) await stage(git, tree, others);
  if (plain.length === 0) return;
  await Promise.all(plain.map(({ name }) => makeReadable(join(tree.path, text(name)))));
  const input = Buffer.from(plain.map(({ name }) => `${name}\n`).join(''), 'latin1');
  const blobs = (await git.line(['hash-object', '-w', '--no-filters', '--stdin-paths'], { tree, input })).split('\n');
  const rows = plain.map(({ name, stats }, n) => ({
    name,
    mode: ((stats?.mode ?? 0) & 0o100) === 0 ? '100644' : '100755',
    blob: blobs[n] ?? '',
  }));
  await git.run(['update-index', '-z', '--replace', '--index-info'], { tree, input: rowsOf(rows) });
}

function rowsOf(rows: readonly { readonly mode: string; readonly blob: string; readonly name: string }[]): Buffer {
  return Buffer.from(rows.map(({ mode, blob, name }) => `${mode} ${blob}\t${name}\0`).join(''), 'latin1');
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
 * in the way, and so do new files that a set-up has left. The caller has kept what is worth keeping; `keep` is called first where
 * there are files that no commit can hold.
 */
export async function putFiles(git: OwnDir, tree: ItemTree, from: CommitSha, to: CommitSha, keep: () => Promise<unknown>): Promise<void> {
  const files = await readdir(tree.path);
  if (files.every((name) => name === '.git')) {
    // Nothing is there to be removed, and what the index says of files is of others.
    await Promise.all([rm(tree.index, { force: true }), rm(`${tree.index}.lock`, { force: true })]);
  } else {
    // With every untracked file staged, the step to `to` removes them as it removes any file that is no longer there.
    const { filtered, beside } = await stageKept(git, tree, from);
    const setUp = await leftBySetUp(tree, beside);
    const others = [...filtered, ...beside.filter((name) => !setUp.has(name))];
    if (others.length > 0) {
      await keep();
      await stageKept(git, tree, from);
      await stageBytes(git, tree, others);
    }
  }
  git.memory.forget(tree.index);
  await git.run(['read-tree', '--reset', '-u', to], { tree });
  await git.memory.note(tree.index, await treeOf(git, to));
}

/**
 * Writes tracked files that were changed or removed as the commit has them, and nothing else. Returns which these were. Files that
 * a set-up has brought through a filter stay as they are.
 */
export async function restoreTracked(git: OwnDir, tree: ItemTree, commit: CommitSha, holds: CommitSha): Promise<string[]> {
  await readHead(git, tree, commit, holds);
  const names = [...new Set(await list(git, tree, ['--modified', '--deleted']))];
  const { own, cleaned, filtered, beside } = await sortChanges(git, tree, names);
  const differ = new Set([...own, ...cleaned.map(({ name }) => name), ...filtered, ...beside]);
  const changed: string[] = [];
  for (const name of names) if (differ.has(name) || (await lookAt(`${fromText(tree.path)}/${name}`)) === null) changed.push(name);
  if (changed.length === 0) return [];
  git.memory.forget(tree.index);
  await git.run(['checkout-index', '-z', '--force', '-u', '--stdin'], { tree, input: listed(changed) });
  await git.memory.note(tree.index, holds);
  return changed.map(text);
}

/** All files of the private index's commit. */
export async function listTracked(git: OwnDir, tree: Tree): Promise<string[]> {
  return (await list(git, tree, ['--cached'])).map(text);
}

/** git does none of it where one file is not in the index. */
async function hide(git: OwnDir, tree: Tree, { skipped, assumed }: HiddenFiles): Promise<void> {
  const held = await readIndexFile(tree.index, git.objectFormat, new Set([...skipped, ...assumed]));
  if (held === null || held === 'split') return;
  for (const [bit, names] of [
    ['--skip-worktree', skipped],
    ['--assume-unchanged', assumed],
  ] as const) {
    const input = listed(names.filter((name) => held.entries.has(name)));
    if (input.length > 0) await git.run(['update-index', '-z', bit, '--stdin'], { tree, input });
  }
}

/**
 * Gives a copy of the private index to the agent's own git, whole or not at all. `hidden`: files that this git is not to look at,
 * as before: in a sparse worktree they are not there, and would count as deleted.
 */
export async function installIndex(git: OwnDir, tree: ItemTree, hidden: HiddenFiles = { skipped: [], assumed: [] }): Promise<void> {
  const next = `${tree.theirs}.musher`;
  await rm(next, { force: true });
  await copyFile(tree.index, next);
  // git compares a file's time with the index's own to tell whether the file may have changed unseen.
  const { atime, mtime } = await stat(tree.index);
  if (hidden.skipped.length + hidden.assumed.length > 0) await hide(git, { ...tree, index: next }, hidden);
  await utimes(next, atime, mtime);
  await rename(next, tree.theirs);
  await rm(`${tree.theirs}.lock`, { force: true });
}

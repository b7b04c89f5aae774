import { copyFile, lstat, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ItemTree as Tree, OwnDir } from '../own-dir.ts';
import { type IndexEntry, type IndexFile, readIndexFile, seenOf } from './index-file.ts';
import { leftBySetUp } from './set-up-files.ts';

/**
 * Files of a worktree that are not what the commit holds, sorted by whose doing that is. Names are bytes in latin1.
 *
 * Musher's git runs no filter, and has an index of its own. So it sees changes where the owner's git sees none, and an item
 * that touched one file would delete, or replace by something else, files that nobody touched.
 */
export interface Changes {
  /** What git sees as changed. */
  readonly own: readonly string[];
  /** Files with a filter that the agent's own git has put through it: what came out is in the repository. */
  readonly cleaned: readonly (IndexEntry & { readonly name: string })[];
  /** Changed files with a filter that only the owner's git can put through it. */
  readonly filtered: readonly string[];
  /** Differs from the commit without being a change: files hidden from git, and files that setup left. */
  readonly beside: readonly string[];
}

/** Sorts the names that Musher's git gives as changed, deleted or new. Its index holds the commit. */
export async function sortChanges(git: OwnDir, tree: Tree, names: readonly string[]): Promise<Changes> {
  if (names.length === 0) return { own: [], cleaned: [], filtered: [], beside: [] };
  const setUp = await leftBySetUp(tree, names);
  const wanted = new Set(names.filter((name) => !setUp.has(name)));
  const theirs = await theirIndex(git, tree, wanted);
  const beside = [...setUp];
  const looked: string[] = [];
  const hides = theirs === null ? () => false : await hiddenBy(theirs, tree);
  for (const name of wanted) {
    const there = await isThere(tree, name);
    if (!hides(name, there)) looked.push(name);
    else if (there) beside.push(name);
  }
  const committed = looked.length === 0 ? null : await readIndexFile(tree.index, git.objectFormat, new Set(looked));
  const plain = committed === null || committed === 'split' ? null : committed;
  // Most repositories have no attributes, and need no more questions.
  const attributes = git.converts || plain?.attributes !== false || looked.some((name) => /(?:^|\/)\.gitattributes$/.test(name));
  const touched = attributes && plain !== null ? await withoutUntouched(plain, tree, looked) : looked;
  const byFilter = attributes ? await withFilter(git, tree, touched) : new Set<string>();
  const cleaned: (IndexEntry & { name: string })[] = [];
  const filtered: string[] = [];
  const own = touched.filter((name) => !byFilter.has(name));
  for (const name of byFilter) {
    const entry = theirs?.entries.get(name);
    // A file that is gone has nothing to be put through a filter.
    if (!(await isThere(tree, name))) own.push(name);
    else if (entry === undefined || (await differs(tree, name, entry, false))) filtered.push(name);
    else if (plain?.entries.get(name)?.blob !== entry.blob) cleaned.push({ name, ...entry });
  }
  const known = await withObjects(git, cleaned);
  const lost = cleaned.filter((entry) => !known.includes(entry)).map(({ name }) => name);
  return { own: own.toSorted(), cleaned: known, filtered: [...filtered, ...lost].toSorted(), beside: beside.toSorted() };
}

/** Files of a worktree that the agent's git does not look at, by the bit that says so. Names as bytes, in latin1. */
export interface HiddenFiles {
  readonly skipped: readonly string[];
  readonly assumed: readonly string[];
}

/** The files hidden from the agent's git. */
export async function hiddenFiles(git: OwnDir, tree: Tree): Promise<HiddenFiles> {
  const theirs = await theirIndex(git, tree, new Set());
  if (theirs === null) return { skipped: [], assumed: [] };
  const { skippedFolders } = theirs;
  const inside = skippedFolders.length === 0 ? [] : (await committedFiles(git, tree)).filter((name) => isBelow(name, skippedFolders));
  return { skipped: [...theirs.skipped, ...inside], assumed: [...theirs.assumed] };
}

/**
 * Whether git does not look at a file. A sparse worktree has none of the files that it leaves out; one that is there was put
 * there again, and git looks at it.
 */
async function hiddenBy(theirs: IndexFile, tree: Tree): Promise<(name: string, there: boolean) => boolean> {
  const isSparse = (await lstat(join(dirname(tree.theirs), 'info', 'sparse-checkout')).catch(() => null)) !== null;
  return (name, there) => {
    const isSkipped = theirs.skipped.has(name) || isBelow(name, theirs.skippedFolders);
    return theirs.assumed.has(name) || (isSkipped && !(isSparse && there));
  };
}

const isBelow = (name: string, folders: readonly string[]): boolean => folders.some((folder) => name.startsWith(folder));

/** The index of the agent's git; null: nothing can be told from it. */
async function theirIndex(git: OwnDir, tree: Tree, names: ReadonlySet<string>): Promise<IndexFile | null> {
  const found = await readIndexFile(tree.theirs, git.objectFormat, names);
  if (found !== 'split') return found;
  // git puts the two files together, in a copy.
  await bringSharedIndexes(git, tree);
  const whole = `${tree.index}.theirs`;
  try {
    await copyFile(tree.theirs, whole);
    await git.run(['update-index', '--no-split-index', '--force-write-index'], { tree: { ...tree, index: whole }, answers: [1, 128, 129] });
    const read = await readIndexFile(whole, git.objectFormat, names);
    return read === 'split' ? null : read;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
}

/** git looks for the other part of a split index in its own git directory. */
export async function bringSharedIndexes(git: OwnDir, tree: Tree): Promise<void> {
  const folder = dirname(tree.theirs);
  for (const name of await readdir(folder).catch((): string[] => [])) {
    if (!/^sharedindex\.[0-9a-f]{40,64}$/.test(name)) continue;
    const found = await lstat(join(folder, name)).catch(() => null);
    if (found?.isFile() === true) await copyFile(join(folder, name), join(git.path, name));
  }
}

/**
 * Without files that are the very ones that Musher put there. Where the attributes want another content than the commit has
 * (line ends that were never normalised), git takes each of them for changed, from the checkout on.
 */
async function withoutUntouched(put: IndexFile, tree: Tree, names: readonly string[]): Promise<string[]> {
  const touched: string[] = [];
  for (const name of names) {
    const entry = put.entries.get(name);
    if (entry === undefined || (await differs(tree, name, entry, true))) touched.push(name);
  }
  return touched;
}

/** Those that the attributes give a filter which the owner's git runs. */
async function withFilter(git: OwnDir, tree: Tree, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (git.filters.size === 0 || names.length === 0) return new Set();
  const input = Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
  const { stdout } = await git.run(['check-attr', '-z', '--stdin', 'filter'], { tree, input });
  const cells = stdout.toString('latin1').split('\0');
  const found = new Set<string>();
  for (let at = 0; at + 2 < cells.length; at += 3) {
    const [name = '', , value = ''] = cells.slice(at, at + 3);
    if (git.filters.has(Buffer.from(value, 'latin1').toString('utf8'))) found.add(name);
  }
  return found;
}

/** Those whose content the repository has: an index that an agent can write may name anything. */
async function withObjects<T extends IndexEntry>(git: OwnDir, entries: readonly T[]): Promise<T[]> {
  if (entries.length === 0) return [];
  const input = entries.map(({ blob }) => `${blob}\n`).join('');
  const rows = (await git.line(['cat-file', '--batch-check=%(objecttype)'], { input })).split('\n');
  return entries.filter((_, n) => rows[n] === 'blob');
}

async function committedFiles(git: OwnDir, tree: Tree): Promise<string[]> {
  const { stdout } = await git.run(['ls-files', '-z', '--cached'], { tree });
  return stdout
    .toString('latin1')
    .split('\0')
    .filter((name) => name !== '');
}

const pathOf = (tree: Tree, name: string): string => join(tree.path, Buffer.from(name, 'latin1').toString('utf8'));

async function isThere(tree: Tree, name: string): Promise<boolean> {
  return (await lstat(pathOf(tree, name)).catch(() => null)) !== null;
}

/** Whether a file was written since its entry was. `doubts`: the one whose size git has struck out, too. */
async function differs(tree: Tree, name: string, entry: IndexEntry, doubts: boolean): Promise<boolean> {
  const found = await lstat(pathOf(tree, name), { bigint: true }).catch(() => null);
  if (found === null) return true;
  const { seen, size } = seenOf(found);
  return seen !== entry.seen || !(size === entry.size || (doubts && entry.size === 0));
}

import { BOUNDS } from '../../bounds.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import type { Context, ItemAt } from '../context.ts';
import { markOf } from '../names.ts';
import { FOLDER, type TreeSize } from '../objects/tree-objects.ts';
import type { OwnDir } from '../own-dir.ts';
import { readRef, swapRef } from '../refs.ts';
import { partingOf } from '../short-history.ts';

/** What was taken off an item's branch, because git could not read its files without filling the machine. */
export interface TakenOff {
  /** Holds the commits. */
  readonly ref: string;
}

/**
 * Takes commits off the item's branch whose trees have more entries, or are deeper, than Musher reads: a tree may hold the same
 * one again and again, and is then small on the disk while a list of its files never ends. The branch is put back to `good`,
 * and a ref keeps the commits. Null: all of it can be read.
 */
export async function takeOffTooLarge(at: Pick<Context, 'git' | 'origin'>, item: ItemAt, good: CommitSha): Promise<TakenOff | null> {
  if (item.branch === null) return null;
  const name = `refs/heads/${item.branch}`;
  const head = await readRef(at.git, name);
  if (head === null || head === good || !(await isTooLarge(at.git, head, good))) return null;
  const ref = `refs/musher/too-large/${markOf(at.origin)}/${item.number}/${head}`;
  if ((await readRef(at.git, ref)) === null) await swapRef(at.git, ref, head, null, 'too many files');
  if (!(await swapRef(at.git, name, good, head, 'back from a tree that is too large')))
    throw new Error(`${name} moved while it was looked at`);
  return { ref };
}

/** What one tree holds: its folders by their object names, and how many other entries. */
interface Listed {
  readonly folders: readonly string[];
  readonly others: number;
}

/** Whether the files of `head`, or of a commit between it and `known`, are beyond the bounds, and `known` is not as large itself. */
async function isTooLarge(git: OwnDir, head: CommitSha, known: CommitSha): Promise<boolean> {
  return !(await isSurelyFine(git, head, known)) && isTooLargeByGit(git, head, known);
}

/** Says without a process that all of it can be read; false where that is not so simple. */
async function isSurelyFine(git: OwnDir, head: CommitSha, known: CommitSha): Promise<boolean> {
  const commits = (await partingOf(git, known, head)) ?? { fork: null, ahead: [] };
  if (commits.fork !== known) return false;
  for (const { tree } of commits.ahead) {
    const size = await sizeByReading(git, tree, { left: MOST_READ }, BOUNDS.treeDepth);
    if (size === null || size.entries > BOUNDS.treeEntries) return false;
  }
  return true;
}

/** New trees of one commit that are read without git. */
const MOST_READ = BOUNDS.treeChanges;

/** Null: not all of it can be read, or it is deeper than `deepest`. */
async function sizeByReading(git: OwnDir, name: string, reads: { left: number }, deepest: number): Promise<TreeSize | null> {
  const known = git.treeSizes.get(name);
  if (known !== null) return known.depth > deepest ? null : known;
  reads.left -= 1;
  const entries = deepest < 1 || reads.left < 0 ? null : await git.tree(name);
  if (entries === null) return null;
  const inside: TreeSize[] = [];
  for (const { mode, object } of entries) {
    if (mode !== FOLDER) continue;
    const size = await sizeByReading(git, object, reads, deepest - 1);
    if (size === null) return null;
    inside.push(size);
  }
  const size = sumOf(entries.length - inside.length, inside);
  git.treeSizes.set(name, size);
  return size;
}

function sumOf(others: number, inside: readonly TreeSize[]): TreeSize {
  const entries = others + inside.reduce((sum, { entries: more }) => sum + 1 + more, 0);
  return { entries, depth: 1 + inside.reduce((most, { depth }) => Math.max(most, depth), 0) };
}

/** What git says of objects that are missing or damaged, which others find and tell. */
const DAMAGED =
  /\b(?:missing|bad|corrupt|could not read|unable to (?:read|parse|unpack)|is empty|inflate|not a (?:valid|tree)|failed to (?:parse|traverse)|revision walk setup failed)\b/i;

/** As `isTooLarge`, by git. Each tree is read once, however often it is in others. */
async function isTooLargeByGit(git: OwnDir, head: CommitSha, known: CommitSha): Promise<boolean> {
  const trees = new Map<string, Listed>();
  let ofHead: readonly string[] = [];
  for (const what of [[head, `^${known}`], [`${head}^{tree}`]]) {
    const args = ['rev-list', '--objects', '--no-object-names', '--filter=blob:none', ...what];
    const first = await git.run(args, { answers: [128], maxBytes: BOUNDS.treeBytes });
    if (first.exitCode !== 0 && /exceeded maximum allowed tree depth/.test(first.stderr)) return true;
    if (first.exitCode !== 0 && DAMAGED.test(first.stderr)) return false;
    // Whatever else git says is about git or the machine, and says nothing of the trees: it is asked again, and may throw.
    const answer = first.exitCode === 0 ? first : await git.run(args, { maxBytes: BOUNDS.treeBytes });
    const names = answer.stdout.toString('latin1').split('\n').filter(Boolean);
    const news = names.filter((name) => !trees.has(name));
    ofHead = names;
    if (answer.truncated || !(await readTrees(git, news, trees))) return true;
  }
  const sizes = new Map<string, TreeSize>();
  const isBeyond = (name: string, most: TreeSize): boolean => {
    const { entries, depth } = sizeOf(name, trees, sizes);
    return entries > most.entries || depth > most.depth;
  };
  const beyond = [...trees.keys()].filter((name) => isBeyond(name, { entries: BOUNDS.treeEntries, depth: BOUNDS.treeDepth }));
  if (beyond.length === 0) {
    // The next item shares most of them, and mostly they are packed. Of the other commits' trees not all that is in them was read.
    for (const name of ofHead) git.treeSizes.set(name, sizeOf(name, trees, sizes));
    return false;
  }
  // Some repositories are that large.
  const { entries, depth } = await sizeOfCommit(git, known);
  return beyond.some((name) => isBeyond(name, { entries: entries + BOUNDS.treeEntries, depth: Math.max(depth, BOUNDS.treeDepth) }));
}

async function sizeOfCommit(git: OwnDir, commit: CommitSha): Promise<TreeSize> {
  const trees = new Map<string, Listed>();
  const args = ['rev-list', '--objects', '--no-object-names', '--filter=blob:none', `${commit}^{tree}`];
  const names = (await git.line(args)).split('\n');
  await readTrees(git, names, trees);
  return sizeOf(names[0] ?? '', trees, new Map());
}

/** Adds the trees among the objects; false: they have more bytes than Musher reads. */
async function readTrees(git: OwnDir, names: readonly string[], into: Map<string, Listed>): Promise<boolean> {
  if (names.length === 0) return true;
  const { stdout, truncated } = await git.run(['cat-file', '--batch', '--buffer'], {
    input: `${names.join('\n')}\n`,
    maxBytes: BOUNDS.treeBytes,
  });
  if (truncated) return false;
  for (let at = 0; at < stdout.length;) {
    const end = stdout.indexOf('\n', at);
    const [name = '', kind = '', size = ''] = stdout.toString('latin1', at, end === -1 ? stdout.length : end).split(' ');
    if (end === -1) return true;
    // `… missing`
    if (size === '') {
      at = end + 1;
      continue;
    }
    const to = end + 1 + Number(size);
    if (kind === 'tree') into.set(name, listOf(stdout.subarray(end + 1, to), name.length / 2));
    at = to + 1;
  }
  return true;
}

/** Entries of a tree as git stores it: a mode, a space, a name, a zero byte, an object's name of so many bytes. */
function listOf(bytes: Buffer, nameBytes: number): Listed {
  const folders: string[] = [];
  let others = 0;
  for (let at = 0; at < bytes.length;) {
    const zero = bytes.indexOf(0, at);
    if (zero === -1) break;
    const to = zero + 1 + nameBytes;
    if (bytes[at] === FOUR) folders.push(bytes.toString('hex', zero + 1, to));
    else others += 1;
    at = to;
  }
  return { folders, others };
}

/** The mode of a folder is `40000`; all others begin with a one. */
const FOUR = 0x34;

/** With each entry as often as it is there. */
function sizeOf(first: string, trees: ReadonlyMap<string, Listed>, sizes: Map<string, TreeSize>): TreeSize {
  // Not by recursion: an agent can put more folders into each other than this process has calls.
  const waiting = [first];
  for (let name = waiting.at(-1); name !== undefined; name = waiting.at(-1)) {
    const listed = trees.get(name);
    const open = sizes.has(name) ? [] : (listed?.folders ?? []).filter((folder) => trees.has(folder) && !sizes.has(folder));
    if (open.length > 0) {
      waiting.push(...new Set(open));
      continue;
    }
    waiting.pop();
    if (sizes.has(name)) continue;
    const inside = (listed?.folders ?? []).map((folder) => sizes.get(folder) ?? NONE);
    sizes.set(name, sumOf(listed?.others ?? 0, inside));
  }
  return sizes.get(first) ?? NONE;
}

const NONE: TreeSize = { entries: 0, depth: 0 };

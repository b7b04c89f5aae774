import type { CommitSha, Millis } from '../pipeline/values.ts';
import type { OwnDir } from './own-dir.ts';
import { pathText, treeChanges } from './objects/tree-changes.ts';
import { newestOf, partingOf } from './short-history.ts';
import { sha } from './refs.ts';
import { withMergeAttributes } from './traits/merge-attributes.ts';
import type { Identity } from './repository.ts';

// Everything here reads and writes objects alone: no working files, no refs.

export interface LogEntry {
  readonly sha: CommitSha;
  readonly subject: string;
  readonly author: string;
  readonly at: Millis;
}

export type Squash =
  | { readonly kind: 'clean'; readonly tree: CommitSha }
  /** `tree` holds the conflicting files with their markers. */
  | { readonly kind: 'conflict'; readonly tree: CommitSha; readonly files: string[] }
  /** The merge would change nothing. */
  | { readonly kind: 'nothing' };

export interface Merged {
  readonly tree: CommitSha;
  /** Input for `update-index -z --index-info`: puts each conflicting file's stages in place of its merged entry. */
  readonly stages: Buffer;
  readonly files: string[];
}

/** The tree of a commit. */
export async function treeOf(git: OwnDir, commit: CommitSha): Promise<CommitSha> {
  return (await git.commit(commit))?.tree ?? sha(await git.fact(['rev-parse', '--verify', '--quiet', `${commit}^{tree}`]));
}

/** The parents of a commit; none where it has none, or is not there. */
export async function parentsOf(git: OwnDir, commit: CommitSha): Promise<CommitSha[]> {
  const answer = await git.run(['rev-list', '--parents', '--max-count=1', commit], { answers: [128] });
  return answer.stdout.toString('utf8').trim().split(' ').slice(1).map(sha);
}

/** Commits that `head` has and `base` has not. */
export async function countAhead(git: OwnDir, base: CommitSha, head: CommitSha): Promise<number> {
  const parting = await partingOf(git, base, head);
  return parting?.ahead.length ?? Number(await git.fact(['rev-list', '--count', head, `^${base}`]));
}

/** Whether `newer` contains `older`; a commit contains itself. */
export async function isAncestor(git: OwnDir, older: CommitSha, newer: CommitSha): Promise<boolean> {
  const parting = await partingOf(git, older, newer);
  if (parting !== null) return parting.fork === older;
  const answer = await git.run(['merge-base', '--is-ancestor', older, newer], { answers: [1] });
  return answer.exitCode === 0;
}

/** Writes a commit object and returns its name. No ref moves. `at`: its date, where it is not now. */
export async function commitTree(
  git: OwnDir,
  commit: { tree: CommitSha; parents: readonly CommitSha[]; message: string; author?: Identity; at?: Millis },
): Promise<CommitSha> {
  const { tree, parents, author, at } = commit;
  const message = `${commit.message.replaceAll('\0', '').trim() || '(no message)'}\n`;
  const [who, when] = [author === undefined ? {} : { author }, at === undefined ? {} : { at }];
  const written = (await isThere(git, tree, parents)) ? await git.writeCommit({ tree, parents, message, ...who, ...when }) : null;
  if (written !== null) return written;
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  return sha(await git.line(args, { input: message, ...(author === undefined ? {} : { as: author }), ...when }));
}

/** Whether what a commit is to name can be read without a process. */
async function isThere(git: OwnDir, tree: CommitSha, parents: readonly CommitSha[]): Promise<boolean> {
  for (const parent of parents) if ((await git.commit(parent)) === null) return false;
  return (await git.tree(tree)) !== null;
}

/**
 * Merges two commits in the object store. A history that shares no commit with the base (an agent can make one)
 * merges against an empty ancestor, so that what both changed is a conflict instead of an error. The attributes of `ours`
 * say how, as for git in a checkout of it.
 */
export async function mergeTrees(git: OwnDir, ours: CommitSha, theirs: CommitSha): Promise<Merged> {
  const plain = await mergeIn(git, ours, theirs, null);
  // Attributes are about files that both have changed. Most merges have none, and need no more processes.
  if (plain.both.length === 0) return plain;
  const again = await withMergeAttributes(git, ours, plain.both, (folder) => mergeIn(git, ours, theirs, folder));
  return again ?? plain;
}

/** `both`: the files, as bytes in latin1, of which two versions had to become one. `folder`: holds attributes; null: there are none in it. */
async function mergeIn(
  git: OwnDir,
  ours: CommitSha,
  theirs: CommitSha,
  folder: string | null,
): Promise<Merged & { readonly both: readonly string[] }> {
  const args = ['merge-tree', '--write-tree', '-z', '--messages', '--allow-unrelated-histories', ours, theirs];
  const tree = folder === null ? {} : { tree: { path: folder, index: `${folder}.index` } };
  const answer = await git.run(args, { answers: [1], ...tree });
  // Bytes, not characters: a file's name need not be UTF-8.
  const [name = '', ...rows] = answer.stdout.toString('latin1').split('\0');
  const end = rows.indexOf('');
  const conflicts = end === -1 ? rows : rows.slice(0, end);
  const names = [...new Set(conflicts.map((row) => row.slice(row.indexOf('\t') + 1)))];
  const gone = names.map((path) => `0 ${'0'.repeat(name.length)}\t${path}`);
  return {
    tree: sha(name),
    stages: Buffer.from([...gone, ...conflicts].map((row) => `${row}\0`).join(''), 'latin1'),
    files: names.map((path) => Buffer.from(path, 'latin1').toString('utf8')),
    both: [...new Set([...names, ...pathsOfMessages(rows.slice(end + 1))])],
  };
}

/** Of what git says about a merge: a number of paths, these, the kind of message, its text, and so on. */
function pathsOfMessages(cells: readonly string[]): string[] {
  const paths: string[] = [];
  for (let at = 0; at < cells.length;) {
    const count = Number(cells[at]);
    if (!Number.isSafeInteger(count) || count < 1) break;
    paths.push(...cells.slice(at + 1, at + 1 + count));
    at += count + 3;
  }
  return paths;
}

/** Merges `head` into `base` as one change, without touching any ref or file: its tree, or the files in conflict, or that nothing would change. */
export async function squash(git: OwnDir, base: CommitSha, head: CommitSha): Promise<Squash> {
  const merged = await mergeTrees(git, base, head);
  if (merged.files.length > 0) return { kind: 'conflict', tree: merged.tree, files: merged.files };
  return merged.tree === (await treeOf(git, base)) ? { kind: 'nothing' } : { kind: 'clean', tree: merged.tree };
}

/** Names of files that differ between two trees or commits. */
export async function changedFiles(git: OwnDir, from: CommitSha, to: CommitSha): Promise<string[]> {
  return (await treeChanges(git, from, to)).map(({ path }) => pathText(path));
}

export interface Diff {
  readonly text: string;
  readonly truncated: boolean;
  readonly stat: string;
}

/** What `head` did since it left `base`: the patch (at most `maxBytes` bytes) and a table of the files. */
export async function diffSince(git: OwnDir, base: CommitSha, head: CommitSha, maxBytes: number): Promise<Diff> {
  return diffBetween(git, await forkPoint(git, base, head), head, maxBytes);
}

/** What two commits or trees differ in: the patch (at most `maxBytes` bytes) and a table of the files. */
export async function diffBetween(git: OwnDir, from: CommitSha, to: CommitSha, maxBytes: number): Promise<Diff> {
  const plain = ['-r', '-M', '--no-ext-diff', '--no-textconv', '--no-color', from, to];
  const patch = await git.run(['diff-tree', '-p', ...plain], { maxBytes });
  const stat = await git.run(['diff-tree', '--stat=40,26', '--stat-count=100', ...plain], { maxBytes: 64 * 1024 });
  return { text: patch.stdout.toString('utf8'), truncated: patch.truncated, stat: stat.stdout.toString('utf8').trimEnd() };
}

/** How many files and lines `head` changed since it left `base`. */
export async function shortStat(git: OwnDir, base: CommitSha, head: CommitSha): Promise<{ files: number; added: number; removed: number }> {
  const from = await forkPoint(git, base, head);
  const text = await git.line(['diff-tree', '-r', '--shortstat', '--no-renames', '--no-ext-diff', '--no-textconv', from, head]);
  const count = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
  return { files: count(/(\d+) files? changed/), added: count(/(\d+) insertion/), removed: count(/(\d+) deletion/) };
}

/** What `head` did since it left `base`, without lines of context and with the text of binary files: for a search. At most `maxBytes` bytes. */
export async function patchSince(
  git: OwnDir,
  base: CommitSha,
  head: CommitSha,
  maxBytes: number,
): Promise<{ text: string; truncated: boolean }> {
  const from = await forkPoint(git, base, head);
  const how = ['-r', '-U0', '--text', '--full-index', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color'];
  const patch = await git.run(['diff-tree', '-p', ...how, from, head], { maxBytes });
  return { text: patch.stdout.toString('utf8'), truncated: patch.truncated };
}

/** Names of files that `head` changed since it left `base`. */
export async function changedSince(git: OwnDir, base: CommitSha, head: CommitSha): Promise<string[]> {
  return changedFiles(git, await forkPoint(git, base, head), head);
}

/** Where two histories part; `base` itself for histories that share nothing. */
export async function forkPoint(git: OwnDir, base: CommitSha, head: CommitSha): Promise<CommitSha> {
  const parting = await partingOf(git, base, head);
  if (parting !== null) return parting.fork;
  const fork = await git.run(['merge-base', base, head], { answers: [1] });
  return fork.exitCode === 0 ? sha(fork.stdout.toString('utf8')) : base;
}

/** The newest commits of `head` (without those of `except`), newest first. */
export async function readLog(git: OwnDir, head: CommitSha, except: CommitSha | null, max: number): Promise<LogEntry[]> {
  const commits = except === null ? await newestOf(git, head, max) : ((await partingOf(git, except, head))?.ahead.slice(0, max) ?? null);
  const read = commits?.flatMap(({ words, sha: name, committedAt }) => (words === null ? [] : [{ sha: name, ...words, at: committedAt }]));
  if (commits !== null && read?.length === commits.length) return read;
  const range = except === null ? [head] : [head, `^${except}`];
  const args = ['rev-list', `--max-count=${max}`, '--no-commit-header', '--format=%H%x00%s%x00%an%x00%ct', ...range];
  const rows = (await git.line(args)).split('\n').filter((row) => row !== '');
  return rows.map((row) => {
    const [commit = '', subject = '', author = '', seconds = '0'] = row.split('\0');
    return { sha: sha(commit), subject, author, at: Number(seconds) * 1000 };
  });
}

/** Files among `files` that hold both an opening and a closing conflict marker in this commit. */
export async function filesWithMarkers(git: OwnDir, commit: CommitSha, files: readonly string[]): Promise<string[]> {
  if (files.length === 0) return [];
  const patterns = ['--all-match', '-e', '^<<<<<<< ', '-e', '^>>>>>>> '];
  const args = ['grep', '--no-textconv', '--no-color', '-l', '-z', '-I', '--full-name', ...patterns, commit, '--', ...files];
  const answer = await git.run(args, { answers: [1] });
  return answer.stdout
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '')
    .map((name) => name.slice(commit.length + 1));
}

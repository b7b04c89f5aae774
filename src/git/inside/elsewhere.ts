import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Context } from '../context.ts';
import type { RunHow } from '../own-dir.ts';
import type { GitAnswer } from '../run.ts';
import { headOf } from '../worktree/linked.ts';
import { type Inside, isWorktreeOfOwner } from './find.ts';
import { readForeign } from './foreign.ts';
import { entriesOf, isWithin, lookAt, raw, toText } from './paths.ts';

/** Git on a repository, whichever it is. */
type Git = (args: readonly string[], how?: Omit<RunHow, 'repository'>) => Promise<GitAnswer>;

interface Ask {
  /** Of scratch files that nobody else uses meanwhile. */
  readonly name: string;
  /** Repositories within this one, which are judged by themselves. */
  readonly others: readonly Inside[];
  /** False where all files are ignored, and only commits, stashes and what is staged count. */
  readonly filesCount: boolean;
}

/**
 * Whether a repository holds nothing that is not somewhere else: each commit is on a branch of a remote as it was fetched
 * last (or, in a worktree of the owner's repository, on any branch), nothing is stashed or staged, and the files are those
 * of its commit. Ignored files don't count, as everywhere. What can't be read is not elsewhere.
 */
export async function isElsewhere(at: Context, repository: Inside, ask: Ask): Promise<boolean> {
  const { gitDir, folder } = repository;
  const { name, others, filesCount } = ask;
  if (gitDir === null) return folder !== null && (!filesCount || (await entriesOf(folder)).every((entry) => entry.name === '.git'));
  const index = join(at.git.path, 'inside', `${name}.index`);
  await mkdir(dirname(index), { recursive: true, mode: 0o700 });
  try {
    if (isWorktreeOfOwner(at, repository)) {
      const own: Git = (args, how) => at.git.run(args, how);
      const { detached } = await headOf(toText(gitDir));
      const isKept = detached === null || (await hasNone(own, [detached, '--not', '--all']));
      return isKept && (await isUnchanged(own, detached ?? (await branchOf(at, gitDir)), repository, others, index));
    }
    const judged = await readForeign(at, gitDir, name, async ({ run }) => {
      if (!(await hasNone(run, ['--all', '--reflog', '--not', '--remotes']))) return false;
      return isUnchanged(run, 'HEAD', filesCount ? repository : { ...repository, folder: null }, others, index);
    });
    return judged ?? false;
  } finally {
    for (const file of [index, `${index}.lock`]) await rm(file, { force: true });
  }
}

/** The branch of a worktree of the owner's repository; one without commits counts as none. */
async function branchOf(at: Context, gitDir: string): Promise<string> {
  const { branch } = await headOf(toText(gitDir));
  const ref = `refs/heads/${branch ?? ''}`;
  return (await at.git.run(['show-ref', '--verify', '--quiet', ref], { answers: [1, 128] })).exitCode === 0 ? ref : 'HEAD';
}

/** Whether no commit is left of some without others. A name that can't be read leaves the question open: then no. */
async function hasNone(git: Git, range: readonly string[]): Promise<boolean> {
  const answer = await git(['rev-list', '--max-count=1', ...range], { answers: [1, 128, 129] });
  return answer.exitCode === 0 && answer.stdout.length === 0;
}

/** Whether index and files are those of a commit; `others` that a commit names as submodules are passed over. */
async function isUnchanged(git: Git, head: string, repository: Inside, others: readonly Inside[], index: string): Promise<boolean> {
  const { folder, gitDir } = repository;
  if (gitDir === null) return true;
  const answers = [1, 128, 129];
  const path = toText(folder ?? gitDir);
  const born = (await git(['rev-parse', '--verify', '--quiet', `${head}^{commit}`], { answers })).exitCode === 0;
  if ((await lookAt(`${gitDir}/index`)) !== null) {
    await copyFile(raw(`${gitDir}/index`), index);
    const staged = born
      ? await git(['diff-index', '--cached', '--raw', '-z', head, '--'], { tree: { path, index }, answers })
      : await git(['ls-files', '-z'], { tree: { path, index }, answers });
    if (staged.exitCode !== 0 || staged.stdout.length > 0) return false;
  }
  if (folder === null) return true;
  await rm(index, { force: true });
  if (born && (await git(['read-tree', head], { tree: { path, index }, answers })).exitCode !== 0) return false;
  const list = ['ls-files', '-z', '--modified', '--deleted', '--others', '--exclude-standard'];
  const changed = await git(list, { tree: { path, index }, answers });
  if (changed.exitCode !== 0) return false;
  const names = changed.stdout
    .toString('latin1')
    .split('\0')
    .filter((name) => name !== '');
  const within = new Set(others.flatMap((other) => (other.folder !== null && isWithin(other.folder, folder) ? [other.folder] : [])));
  return names.every((name) => name.endsWith('/') && within.has(`${folder}/${name.slice(0, -1)}`));
}

import { createHash } from 'node:crypto';
import type { CommitSha } from '../../pipeline/values.ts';
import { type Context, baseline } from '../context.ts';
import { forkPoint, isAncestor, parentsOf, patchSince, treeOf } from '../history.ts';
import { sha } from '../refs.ts';
import { BOUNDS } from '../../bounds.ts';

/** Patches are compared as far as this, in bytes; a longer one is known by its tree as well. */
const COMPARED_BYTES = BOUNDS.compared;

/**
 * Whether a branch's head holds nothing but what commits held that were turned down: the same commit, one before it, or the
 * same lines in other commits (rebased, cherry-picked, split, or beside what the base branch has got meanwhile).
 */
export async function isRefused(at: Context, head: CommitSha, refused: readonly CommitSha[]): Promise<boolean> {
  if (refused.includes(head)) return true;
  const base = await baseline(at);
  const now = await changeOf(at, base, head);
  if (now === null) return false;
  for (const commit of refused) {
    const there = await at.git.run(['cat-file', '-e', `${commit}^{commit}`], { answers: [1, 128] });
    // Git has pruned it. Its change could only return as the same lines, which are no longer known.
    if (there.exitCode !== 0) continue;
    if ((await isAncestor(at.git, head, commit)) || (await changeOf(at, base, commit)) === now) return true;
  }
  return false;
}

/** Commits of each side that are compared, when a branch turns out to bring nothing. */
const COMPARED = 100;

/**
 * The commit by which somebody brought a branch's change to the base branch by hand: all of it at once, or its commits one by
 * one, of which the newest is given. Null: nobody did, although the base branch may hold the same lines. `isOthers` tells by its
 * message whether a commit is the merge of another item, which brought that item's change and nothing of this one.
 */
export async function broughtByHand(
  at: Context,
  base: CommitSha,
  head: CommitSha,
  isOthers: (message: string) => boolean,
): Promise<CommitSha | null> {
  const answer = await at.git.run([
    'rev-list',
    '--no-merges',
    `--max-count=${COMPARED}`,
    '--no-commit-header',
    '--format=%H%x00%B%x01',
    base,
    `^${head}`,
  ]);
  const rows = answer.stdout.toString('utf8').split('\u0001');
  const newer = rows.map((row) => row.trimStart().split('\0')).filter(([name = '', message = '']) => name !== '' && !isOthers(message));
  const by = new Map<string, CommitSha>();
  for (const [name = ''] of newer) {
    const change = await changeIn(at, sha(name));
    if (change !== null && !by.has(change)) by.set(change, sha(name));
  }
  const whole = by.get((await changeOf(at, base, head)) ?? '');
  if (whole !== undefined) return whole;
  const fork = await forkPoint(at.git, base, head);
  const own = (await at.git.line(['rev-list', '--no-merges', '--first-parent', `--max-count=${COMPARED}`, head, `^${fork}`])).split('\n');
  const found: (CommitSha | undefined)[] = [];
  for (const name of own.filter((row) => row !== '')) found.push(by.get((await changeIn(at, sha(name))) ?? ''));
  const [newest] = found;
  return found.includes(undefined) ? null : (newest ?? null);
}

/** The lines that a commit adds to the base branch and removes from it, in any place of the files; for a commit of the base branch, the lines that it changed. Null: none. */
async function changeOf(at: Context, base: CommitSha, commit: CommitSha): Promise<string | null> {
  return (await isAncestor(at.git, commit, base)) ? changeIn(at, commit) : changeBetween(at, base, commit);
}

/** What one commit did. */
async function changeIn(at: Context, commit: CommitSha): Promise<string | null> {
  const [parent] = await parentsOf(at.git, commit);
  return parent === undefined ? null : changeBetween(at, parent, commit);
}

async function changeBetween(at: Context, base: CommitSha, commit: CommitSha): Promise<string | null> {
  const { text, truncated } = await patchSince(at.git, base, commit, COMPARED_BYTES);
  if (text === '') return null;
  const hash = createHash('sha256').update(text.replaceAll(/^(?:index [0-9a-f]+\.\..*|@@ .*)\n/gm, ''));
  return (truncated ? hash.update(await treeOf(at.git, commit)) : hash).digest('hex');
}

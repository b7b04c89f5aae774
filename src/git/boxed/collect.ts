import { spawn } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MusherError } from '../../errors.ts';
import type { CommitSha, ItemNumber } from '../../pipeline/values.ts';
import { commitSha, itemNumber } from '../../pipeline/values.ts';
import { type Box, readOnlyArguments } from '../../sandbox/box.ts';
import type { Mount } from '../../sandbox/mounts.ts';
import { branchHead, type Context, placeOf } from '../context.ts';
import { isAncestor } from '../history.ts';
import { swapRef } from '../refs.ts';
import { keepCommit } from '../worktree/snapshots.ts';
import { agree, agreedHead, knownCommits, readingMounts, type View, viewHead, viewOf } from './view.ts';
import { BOUNDS } from '../../bounds.ts';

/** Longest time in ms for git to gather what was committed: a few hundred megabytes take some seconds. */
const GATHER_MS = 120_000;
/** The same for a look at one ref. */
const LOOK_MS = 10_000;
/** Most that one branch may bring, in units of 512 bytes as the shell counts them: 1 GiB. */
const MOST_BLOCKS = BOUNDS.boxedPack / 512;

/**
 * Takes over what a sandboxed process has committed on its item's branch. Its git directory is read by a git inside a
 * sandbox, so that no link or alternate in it leads anywhere else, and comes as a pack that is checked as one from a
 * stranger. Where the real branch has moved as well, it stays, and the view's commits are kept as a snapshot.
 */
export async function collect(at: Context, box: Box, item: ItemNumber, branch: string): Promise<void> {
  const view = viewOf(at, String(item));
  const agreed = await agreedHead(view);
  if (agreed === null) return;
  const plain = await viewHead(view, branch);
  if (plain === agreed || plain === 'strange') return;
  const mounts = await readingMounts(at, view);
  const head = plain === 'ask' ? await resolved(at, box, mounts, branch) : plain;
  // Deleted inside: the real one stands.
  if (head === null || head === agreed) return;
  if (!(await isComplete(at, head, agreed))) await take(at, box, view, mounts, branch);
  if (!(await isComplete(at, head, agreed))) {
    // Told once: what can't be read today can't be read at the next look either, and the files are in the worktree.
    await rm(view.agreed, { force: true });
    // The index may name objects that only the view had: opening the worktree makes it anew.
    await rm(join(placeOf(at, String(item)).linked.gitDir, 'index'), { force: true });
    throw new MusherError(
      'GIT_FAILED',
      `Commit ${head.slice(0, 8)} on ${branch} is incomplete: git objects are missing.`,
      'The files in the worktree are safe; the next run continues from them.',
    );
  }
  const real = await branchHead(at, branch);
  if (real === agreed || (real !== null && (await isAncestor(at.git, real, head)))) {
    if (await swapRef(at.git, `refs/heads/${branch}`, head, real, 'commits from the sandbox')) {
      await agree(view, head);
      return;
    }
  }
  await keepCommit(at, item, head, 'committed in the sandbox while the branch moved elsewhere');
  await agree(view, head);
}

/** Whether a commit and all that it has beyond a known one are in the repository. */
async function isComplete(at: Context, head: CommitSha, known: CommitSha): Promise<boolean> {
  const answer = await at.git.run(['rev-list', '--objects', '--quiet', head, `^${known}`], { answers: [1, 128] });
  return answer.exitCode === 0;
}

/** Where git inside says that the branch stands: packed, or a link to another. */
async function resolved(at: Context, box: Box, mounts: readonly Mount[], branch: string): Promise<CommitSha | null> {
  const args = ['git', 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`];
  return commitSha((await gitInside(at, box, mounts, args)).toString('latin1').trim());
}

async function take(at: Context, box: Box, view: View, mounts: readonly Mount[], branch: string): Promise<void> {
  await rm(view.incoming, { force: true });
  try {
    const known = (await knownCommits(at, view)).map((commit) => `^${commit}`);
    const bundle = ['git', 'bundle', 'create', '--quiet', '-', `refs/heads/${branch}`, ...known];
    await gitInside(at, box, mounts, bundle, { into: view.incoming });
    await at.git.run(['bundle', 'unbundle', view.incoming], { answers: [1, 128] });
  } finally {
    await rm(view.incoming, { force: true });
  }
}

/** Runs a command of git's inside, with nothing but the view; its output goes to a file where one is named. A failure is an empty answer: what is missing is seen afterwards. */
export async function gitInside(
  at: Context,
  box: Box,
  mounts: readonly Mount[],
  command: readonly string[],
  how: { readonly into?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Buffer> {
  const { into } = how;
  const env = { ...how.env, PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_DIR: at.repository.commonDir };
  const file = into === undefined ? null : await open(into, 'wx', 0o600);
  const chunks: Buffer[] = [];
  try {
    const outside = readOnlyArguments(box, mounts, env);
    const limited = ['-c', `ulimit -f ${MOST_BLOCKS}; exec "$@"`, 'sh', box.program, ...outside, '--', ...command];
    const child = spawn('/bin/sh', limited, {
      env: { PATH: box.path },
      stdio: ['ignore', file?.fd ?? 'pipe', 'ignore'],
      timeout: into === undefined ? LOOK_MS : GATHER_MS,
      killSignal: 'SIGKILL',
    });
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', () => resolve());
    });
  } finally {
    await file?.close();
  }
  return Buffer.concat(chunks);
}

/** The item whose branch this is; null for any other branch. */
export function itemOfBranch(branch: string): ItemNumber | null {
  const [, number] = /^musher\/(\d{1,15})-/.exec(branch) ?? [];
  return number === undefined ? null : itemNumber(Number(number));
}

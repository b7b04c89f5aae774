import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommitSha, commitSha, type Millis } from '../../pipeline/values.ts';
import { type Context, findBranch, type ItemAt, placeOf } from '../context.ts';
import { countAhead, isAncestor } from '../history.ts';
import { listRefs, readRef, swapRef } from '../refs.ts';
import { headOf } from './linked.ts';
import { keepCommit } from './snapshots.ts';
import { BOUNDS } from '../../bounds.ts';

/** Commits that a run made beside its item's branch: on a branch of its own, after a rename, or on no branch. */
export interface Elsewhere {
  /** Null: no branch holds them. */
  readonly branch: string | null;
  readonly head: CommitSha;
  /** How many the item's branch and the base branch lack; null: they can't be read from here. */
  readonly commits: number | null;
}

/** Branches in a run's sandbox beside the item's own, with the commits at which they stand there. */
export type Strays = ReadonlyMap<string, CommitSha>;

/** The end of a worktree's HEAD log that is read: some hundred moves. */
const LOG_BYTES = BOUNDS.headLog;
/** A move of HEAD by which the worktree's own git made a commit: the new one, when in seconds, and what made it. */
const MADE = /^[0-9a-f]+ ([0-9a-f]+) [^\t]*> (\d+) [^\t]*\t(?:commit|cherry-pick|revert|am|rebase)\b/;
const BRANCHES = 'refs/heads/';

/**
 * Where a run that began at `since` left commits that the item's branch does not hold: what the log of the worktree's
 * HEAD says was made last, or where its HEAD stands if there is no such log. Null: nowhere. Both are files that an agent
 * can write: people are told of it, and nothing is taken over by it. What no branch holds is kept among the snapshots.
 * `strays`: what was brought out of the run's sandbox.
 */
export async function workElsewhere(at: Context, item: ItemAt, since: Millis, strays: Strays = new Map()): Promise<Elsewhere | null> {
  const { linked } = placeOf(at, String(item.number));
  const own = await findBranch(at, item);
  const stands = await headOf(linked.gitDir);
  const log = await endOfLog(linked.gitDir);
  const of = stands.branch === null || stands.branch === item.branch ? null : await headOfOther(at, stands.branch, strays);
  const head = log === null ? (of ?? stands.detached) : lastMade(log, since);
  if (head === null || head === own?.head) return null;
  const branch = of === head ? stands.branch : await nameOf(at, head, strays);
  const found = await newWork(at, branch, head, own?.head ?? null);
  if (found?.branch === null && found.commits !== null) await keepCommit(at, item.number, head, 'commits that no branch holds');
  return found;
}

/** Where a branch stands that is not the item's: in the repository, or in the run's sandbox alone. */
export async function headOfOther(at: Context, branch: string, strays: Strays): Promise<CommitSha | null> {
  return (await readRef(at.git, BRANCHES + branch)) ?? strays.get(branch) ?? null;
}

/** The branch that stands at a commit; null: none. */
async function nameOf(at: Context, commit: CommitSha, strays: Strays): Promise<string | null> {
  const ref = (await listRefs(at.git, BRANCHES)).find(({ sha }) => sha === commit)?.name.slice(BRANCHES.length);
  return ref ?? [...strays].find(([, head]) => head === commit)?.[0] ?? null;
}

/** Makes a branch again at a commit where it is gone, renamed by an agent for example, and the commit is still there. */
export async function bringBack(at: Context, branch: string, head: CommitSha): Promise<void> {
  const there = await at.git.run(['cat-file', '-e', `${head}^{commit}`], { answers: [1, 128] });
  if (there.exitCode === 0) await swapRef(at.git, BRANCHES + branch, head, null, 'it was gone');
}

async function newWork(at: Context, branch: string | null, head: CommitSha, own: CommitSha | null): Promise<Elsewhere | null> {
  const there = await at.git.run(['cat-file', '-e', `${head}^{commit}`], { answers: [1, 128] });
  // The log of HEAD may name anything; and what is damaged was not brought out of a sandbox.
  if (there.exitCode !== 0) return { branch, head, commits: null };
  if (own !== null && (await isAncestor(at.git, head, own))) return null;
  const base = await readRef(at.git, BRANCHES + at.baseBranch);
  const known = own ?? base;
  const commits = known === null ? null : await countAhead(at.git, known, head);
  // What the owner has on the base branch is no work of its own.
  return commits === 0 || (base !== null && (await isAncestor(at.git, head, base))) ? null : { branch, head, commits };
}

/** The commits that the end of the log of a worktree's HEAD says were made there, each once. */
export async function commitsMadeIn(gitDir: string): Promise<CommitSha[]> {
  const rows = ((await endOfLog(gitDir)) ?? '').split('\n');
  return [...new Set(rows.flatMap((row) => commitSha(MADE.exec(row)?.[1] ?? '') ?? []))];
}

function lastMade(log: string, since: Millis): CommitSha | null {
  const made = log.split('\n').findLast((line) => MADE.test(line)) ?? '';
  const [, commit = '', seconds = '0'] = MADE.exec(made) ?? [];
  return Number(seconds) * 1000 + 1000 > since ? commitSha(commit) : null;
}

/** The end of the log of a worktree's HEAD; null: it keeps none. */
async function endOfLog(gitDir: string): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(gitDir, 'logs', 'HEAD'), flags).catch(() => null);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile()) return null;
    const length = Math.min(found.size, LOG_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, found.size - length);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

import { relative } from 'node:path';
import type { CommitSha, Millis } from '../pipeline/values.ts';
import { type Context, baseHead, branchHead } from './context.ts';
import { readLog } from './history.ts';
import { type Checkout, listCheckouts } from './worktree/linked.ts';
import { inspect } from './base/owner-checkout.ts';

export interface GitStatus {
  readonly base: string;
  readonly head: CommitSha;
  readonly headSubject: string;
  readonly headAt: Millis;
  /** The owner's main checkout; null when the repository is bare. `clean` is null if it is on another branch. */
  readonly checkout: {
    readonly path: string;
    readonly branch: string | null;
    readonly clean: boolean | null;
    /** It is on the base branch, at an older commit, because it could not be updated. */
    readonly behindBase: boolean;
  } | null;
  readonly worktrees: readonly {
    /** Null: the merge worktree, or one that the owner made. */
    readonly item: number | null;
    readonly path: string;
    readonly branch: string | null;
    readonly head: CommitSha | null;
  }[];
}

/** What `git` in a room shows. Reads only. */
export async function readStatus(at: Context): Promise<GitStatus> {
  const head = await baseHead(at);
  const [tip] = await readLog(at.git, head, null, 1);
  const all = await listCheckouts(at.repository.commonDir, at.repository.checkout);
  const main = all.find((checkout) => checkout.path === at.repository.checkout);
  const worktrees = await Promise.all(
    all
      .filter((checkout) => checkout !== main)
      .map(async (checkout) => ({
        item: itemOf(at, checkout),
        path: checkout.path,
        branch: checkout.branch,
        head: checkout.branch === null ? checkout.detached : await branchHead(at, checkout.branch),
      })),
  );
  return {
    base: at.baseBranch,
    head,
    headSubject: tip?.subject ?? '',
    headAt: tip?.at ?? 0,
    checkout: main === undefined ? null : await checkoutStatus(at, main, head),
    worktrees,
  };
}

async function checkoutStatus(at: Context, main: Checkout, head: CommitSha): Promise<GitStatus['checkout']> {
  const { path, branch } = main;
  if (branch !== at.baseBranch) return { path, branch, clean: null, behindBase: false };
  const { position, obstacle } = await inspect(at, main, head, null);
  const behindBase = position !== head;
  return { path, branch, clean: obstacle === null, behindBase };
}

function itemOf(at: Context, checkout: Checkout): number | null {
  const name = relative(at.worktrees, checkout.path);
  return /^[1-9]\d*$/.test(name) ? Number(name) : null;
}

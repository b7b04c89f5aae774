import type { CommitSha } from '../../pipeline/values.ts';
import { MusherError } from '../../errors.ts';
import { crashPoint } from '../../crash-point.ts';
import { type Context, baseHead } from '../context.ts';
import { isAncestor, treeOf } from '../history.ts';
import type { OwnDir } from '../own-dir.ts';
import { type Checkout, listCheckouts } from '../worktree/linked.ts';
import { fastForward, inspect, rememberPosition } from './owner-checkout.ts';
import { swapRef } from '../refs.ts';

export type CheckoutOutcome =
  | 'fast-forwarded'
  | 'not-checked-out'
  /** Index and files are as they were; `catchUpOf` brings them along when it suits the owner. */
  | { readonly leftAlone: string; readonly reason: string };
/** What git prints and exits with where it is asked how a command is used. */
const USAGE = 129;

/**
 * What is wrong with the repository or with git itself; null: nothing, so that what failed is an item's own. `command`: git's
 * command that failed, which is tried as well, with all by which a merge is made, on nothing of an item's.
 */
export async function complaintOf(at: Context, command: string | null): Promise<MusherError | null> {
  try {
    const head = await baseHead(at);
    await at.git.run(['rev-list', '--objects', '--quiet', '--max-count=1', head]);
    if (command === null) return null;
    await checkCommand(at.git, command);
    await at.git.run(['merge-tree', '--write-tree', head, head]);
    // The same object each time.
    await at.git.run(['commit-tree', await treeOf(at.git, head), '-p', head, '-m', 'Musher: does git work?'], { at: 0 });
    await at.git.run(['update-ref', '--stdin'], { input: `verify refs/heads/${at.baseBranch} ${head}\n` });
    return null;
  } catch (error) {
    if (error instanceof MusherError) return error;
    throw error;
  }
}

/** Throws where git does not even say how one of its commands is used: it is missing, or broken. */
export async function checkCommand(git: OwnDir, command: string): Promise<void> {
  await git.run([command, '-h'], { answers: [USAGE] });
}

export type MoveBase =
  | { readonly kind: 'moved'; readonly checkout: CheckoutOutcome }
  /** The base branch was not at `from`; nothing was changed. */
  | { readonly kind: 'drifted'; readonly head: CommitSha };

/** Checkouts of the owner (not Musher's worktrees) that stand on the base branch. */
export async function ownersOnBase(at: Context): Promise<Checkout[]> {
  const all = await listCheckouts(at.repository.commonDir, at.repository.checkout);
  return all.filter((checkout) => checkout.branch === at.baseBranch && !checkout.path.startsWith(`${at.worktrees}/`));
}

/**
 * Moves the base branch from one commit to a descendant of it by compare-and-swap, and then brings the owner's
 * clean checkout of it along. This is the only place of Musher that moves the base branch or touches a file of
 * the owner.
 */
export async function moveBase(at: Context, from: CommitSha, to: CommitSha): Promise<MoveBase> {
  if (!(await isAncestor(at.git, from, to))) throw new Error(`${to} does not descend from ${from}: the base branch only goes forward`);
  const checkouts = await ownersOnBase(at);
  // DANGER: before the ref moves. After it, the checkout of the base branch differs from its branch by our doing,
  // and could not be told from one that the owner changed.
  const seen = await Promise.all(checkouts.map(async (checkout) => ({ checkout, state: await inspect(at, checkout, from, to) })));
  for (const { checkout, state } of seen) await rememberPosition(at, checkout, state.position);
  crashPoint('after-checkout-noted');
  if (!(await swapRef(at.git, `refs/heads/${at.baseBranch}`, to, from, 'merge'))) return { kind: 'drifted', head: await baseHead(at) };
  crashPoint('after-base-ref-moved');
  let outcome: CheckoutOutcome = 'not-checked-out';
  for (const { checkout, state } of seen) {
    const obstacle = state.obstacle ?? (await fastForward(at, checkout, state.position, to));
    crashPoint('after-checkout-brought-along');
    if (obstacle === null) {
      await rememberPosition(at, checkout, null);
      if (typeof outcome === 'string') outcome = 'fast-forwarded';
    } else if (typeof outcome === 'string') {
      outcome = { leftAlone: checkout.path, reason: obstacle };
    }
  }
  return { kind: 'moved', checkout: outcome };
}

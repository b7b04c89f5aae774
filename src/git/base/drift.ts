import type { CommitSha, ItemNumber } from '../../pipeline/values.ts';
import { baseHead, branchHead, type Context } from '../context.ts';
import { isAncestor } from '../history.ts';
import { sha } from '../refs.ts';
import { BOUNDS } from '../../bounds.ts';

/** What is known before the look. */
export interface DriftAsk {
  /** Where the base branch stood when Musher looked last. */
  readonly known: CommitSha;
  /** Commits that Musher itself may have put on the base branch since. */
  readonly merges: readonly CommitSha[];
  /** Items that are worked on, with their branches. */
  readonly items: readonly { readonly number: ItemNumber; readonly branch: string }[];
}

export interface Drift {
  /**
   * `none`: it stands where it stood. `merged`: it stands at a commit of Musher's. `forward`: somebody else added to
   * it. `rewritten`: what it held is no longer in its history.
   */
  readonly kind: 'none' | 'merged' | 'forward' | 'rewritten';
  readonly head: CommitSha;
  /** Items whose own commits are now on the base branch as they are; a merge of Musher's makes new ones, so none of these came by it. */
  readonly taken: readonly ItemNumber[];
}

/** Reflog messages of moves that a person's work in a checkout of the base branch makes; a merge of an item's branch is none. */
const ORDINARY = /^(?:commit|pull|rebase|cherry-pick|revert|am|initial|reset|merge (?!musher\/)|musher: )/;
/** The most reflog entries that are read: no person moves the branch more often between two looks. */
const REFLOG_ENTRIES = 100;

/** Whether and how the base branch has moved. Reads refs, commits and the base branch's reflog; changes nothing. */
export async function lookForDrift(at: Context, ask: DriftAsk): Promise<Drift> {
  const head = await baseHead(at);
  if (head === ask.known) return { kind: 'none', head, taken: [] };
  if (await isLineOf(at, ask.known, head, new Set(ask.merges))) return { kind: 'merged', head, taken: [] };
  // Pruned from the repository, so nobody can tell which commits are new.
  if (!(await isThere(at, ask.known))) return { kind: 'rewritten', head, taken: [] };
  const forward = await isAncestor(at.git, ask.known, head);
  const kind = !forward ? 'rewritten' : ask.merges.includes(head) ? 'merged' : 'forward';
  const innocent = new Set([...ask.merges, ...(await ordinarilyAdded(at, ask.known))]);
  const taken: ItemNumber[] = [];
  for (const item of ask.items) {
    const own = (await ownCommits(at, item.branch, ask.known)).findLast((commit) => !innocent.has(commit));
    if (own !== undefined && (await isAncestor(at.git, own, head))) taken.push(item.number);
  }
  return { kind, head, taken };
}

/** Merges of Musher's own between two looks that are walked without a process. */
const MOST_STEPS = BOUNDS.baseSteps;

/**
 * Whether nothing but merges of Musher's own came onto the base branch, read from commit objects alone. A look often finds
 * the one that lands at this moment, and nobody else's commit can be among what came then.
 */
async function isLineOf(at: Context, from: CommitSha, to: CommitSha, merges: ReadonlySet<CommitSha>): Promise<boolean> {
  let now: CommitSha = to;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (now === from) return true;
    const commit = merges.has(now) ? await at.git.commit(now) : null;
    const [parent, ...others] = commit?.parents ?? [];
    if (parent === undefined || others.length > 0) return false;
    now = parent;
  }
  return false;
}

/** The most commits of a branch that are read, newest first; no item has more. */
const OWN_COMMITS = 1_000;

/**
 * What a branch itself has, newest first: along first parents, so that a base branch that was merged into it does not
 * count.
 */
async function ownCommits(at: Context, branch: string, known: CommitSha): Promise<CommitSha[]> {
  const head = await branchHead(at, branch);
  if (head === null) return [];
  return commits(await at.git.line(['rev-list', '--first-parent', `--max-count=${OWN_COMMITS}`, head, `^${known}`]));
}

/**
 * What moves that people make every day have added to the base branch since it was seen: an agent may have put its
 * work on top of that. One that forges the reflog's words gets past this.
 */
async function ordinarilyAdded(at: Context, known: CommitSha): Promise<CommitSha[]> {
  const args = ['log', '-g', '--format=%H%x00%gs', `--max-count=${REFLOG_ENTRIES}`, `refs/heads/${at.baseBranch}`, '--'];
  const answer = await at.git.run(args, { answers: [1, 128] });
  if (answer.exitCode !== 0) return [];
  const moves = answer.stdout
    .toString('utf8')
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => ({ to: sha(row.slice(0, row.indexOf('\0'))), words: row.slice(row.indexOf('\0') + 1) }));
  const added: CommitSha[] = [];
  for (const [i, { to, words }] of moves.entries()) {
    if (to === known) break;
    const from = moves[i + 1]?.to ?? known;
    if (ORDINARY.test(words)) added.push(...commits(await at.git.line(['rev-list', `--max-count=${OWN_COMMITS}`, to, `^${from}`])));
  }
  return added;
}

function commits(text: string): CommitSha[] {
  return text
    .split('\n')
    .filter((row) => row !== '')
    .map(sha);
}

async function isThere(at: Context, commit: CommitSha): Promise<boolean> {
  return (await at.git.run(['cat-file', '-e', `${commit}^{commit}`], { answers: [1, 128] })).exitCode === 0;
}

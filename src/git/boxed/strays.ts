import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommitSha, commitSha, type ItemNumber } from '../../pipeline/values.ts';
import type { Box } from '../../sandbox/box.ts';
import { baseHead, branchHead, type Context, placeOf } from '../context.ts';
import { isAncestor } from '../history.ts';
import { listRefs } from '../refs.ts';
import { gitInside } from './collect.ts';
import { operationCommits } from '../worktree/dead-run.ts';
import { commitsMadeIn, type Strays } from '../worktree/elsewhere.ts';
import { headOf, readPlain } from '../worktree/linked.ts';
import { keepCommit } from '../worktree/snapshots.ts';
import { agreedHead, knownCommits, looseRefs, readingMounts, type View, viewOf } from './view.ts';
import { fromText, toText } from '../inside/paths.ts';
import { BOUNDS } from '../../bounds.ts';

/** Refs of a sandbox that are looked at, beside the item's branch; where there are more, they stay with it in the quarantine. */
const MOST_REFS = BOUNDS.boxedRefs;
/** Those that are brought out one by one, where all together can't be: one of them may be damaged. */
const MOST_SINGLY = BOUNDS.boxedSingly;

/** Puts commits into a bundle, each as a ref of its own: refs of the sandbox are the agent's, and may be anything. */
const GATHER = `unset GIT_DIR
cd /tmp && git init -q --bare --object-format="$FORMAT" strays && echo "$OBJECTS" > strays/objects/info/alternates || exit
for commit in $COMMITS; do git --git-dir=strays update-ref "refs/heads/$commit" "$commit"; done
exec git --git-dir=strays bundle create --quiet - --all $KNOWN`;

/**
 * Keeps commits that a run made in its sandbox beside the item's branch: on a branch that it made, left or renamed, in a
 * stash, on a detached HEAD, in a rebase that is not finished. They become snapshots, since nothing but the item's branch
 * leaves a sandbox as a branch. Not while the run works: each step of a rebase would be one.
 */
export async function keepStrays(at: Context, box: Box, item: ItemNumber, own: string): Promise<Strays> {
  const view = viewOf(at, String(item));
  if ((await agreedHead(view)) === null) return new Map();
  const { gitDir } = placeOf(at, String(item)).linked;
  const refs = await refsIn(view, own);
  const found = new Map<CommitSha, string>();
  const known = new Set<string>([...(await knownCommits(at, view)), ...(await ownersCommits(at))]);
  const note = (commit: CommitSha | null, why: string): void => {
    if (commit !== null && !known.has(commit) && !found.has(commit)) found.set(commit, why);
  };
  for (const [ref, commit] of refs) note(commit, `commits of ${ref} in the sandbox`);
  note((await headOf(gitDir)).detached, 'commits of a detached HEAD in the sandbox');
  for (const commit of await operationCommits(gitDir)) note(commit, 'a commit of something unfinished in the sandbox');
  // What was amended or left since is only brought out: the log of HEAD, which is outside, names it.
  const logged = (await commitsMadeIn(gitDir)).filter((commit) => !known.has(commit));
  if (found.size > 0) await bringOut(at, box, view, [...found.keys()]);
  if (logged.length > 0) await gather(at, box, view, logged);
  const held = [await baseHead(at), await branchHead(at, own)];
  for (const [commit, why] of found) {
    if ((await isWhole(at, commit)) && !(await isHeld(at, commit, held))) await keepCommit(at, item, commit, why);
  }
  const heads = 'refs/heads/';
  return new Map([...refs].flatMap(([ref, commit]) => (ref.startsWith(heads) ? [[ref.slice(heads.length), commit] as const] : [])));
}

/** Refs of a view beside the item's branch. Names and files there are the agent's: none is believed, and none followed. */
async function refsIn(view: View, own: string): Promise<ReadonlyMap<string, CommitSha>> {
  const refs = new Map<string, CommitSha>();
  const note = (ref: string, text: string): void => {
    const commit = commitSha(text.trim());
    if (commit !== null && ref !== `refs/heads/${own}` && !refs.has(ref) && refs.size < MOST_REFS) refs.set(ref, commit);
  };
  for (const name of await looseRefs(`${fromText(view.path)}/refs`)) {
    const ref = `refs/${toText(name)}`;
    note(ref, (await readPlain(join(view.path, ref))) ?? '');
  }
  for (const row of ((await readPlain(join(view.path, 'packed-refs'))) ?? '').split('\n')) {
    const [sha = '', ref = ''] = row.split(' ');
    // Of those that the owner's branches and tags had when the view was made, only what is new is of interest.
    if (/^refs\/(?:heads\/musher\/|stash$)/.test(ref)) note(ref, sha);
  }
  return refs;
}

/** Commits that the owner's own refs name: the view was made with them. */
async function ownersCommits(at: Context): Promise<CommitSha[]> {
  const refs = await Promise.all(['refs/heads/', 'refs/tags/', 'refs/remotes/'].map((prefix) => listRefs(at.git, prefix)));
  return refs.flat().map(({ sha }) => sha);
}

/** Whether a commit and all that it has beyond the base branch are in the repository. */
async function isWhole(at: Context, commit: CommitSha): Promise<boolean> {
  const answer = await at.git.run(['rev-list', '--objects', '--quiet', commit, '--not', await baseHead(at)], { answers: [1, 128] });
  return answer.exitCode === 0;
}

async function isHeld(at: Context, commit: CommitSha, by: readonly (CommitSha | null)[]): Promise<boolean> {
  for (const head of by) if (head !== null && (await isAncestor(at.git, commit, head))) return true;
  return false;
}

async function bringOut(at: Context, box: Box, view: View, commits: readonly CommitSha[]): Promise<void> {
  await gather(at, box, view, commits);
  if (commits.length === 1) return;
  for (const commit of commits.slice(0, MOST_SINGLY)) if (!(await isWhole(at, commit))) await gather(at, box, view, [commit]);
}

/** Those that are missing here. Whether it has worked shows afterwards. */
async function gather(at: Context, box: Box, view: View, commits: readonly CommitSha[]): Promise<void> {
  const input = commits.map((commit) => `${commit}\n`).join('');
  const rows = (await at.git.line(['cat-file', '--batch-check=%(objecttype)'], { input })).split('\n');
  const missing = commits.filter((_, n) => rows[n] !== 'commit');
  if (missing.length === 0) return;
  const mounts = await readingMounts(at, view);
  const env = {
    FORMAT: at.git.objectFormat,
    OBJECTS: join(at.repository.commonDir, 'objects'),
    COMMITS: missing.join(' '),
    KNOWN: (await knownCommits(at, view)).map((commit) => `^${commit}`).join(' '),
  };
  await rm(view.incoming, { force: true });
  try {
    await gitInside(at, box, mounts, ['sh', '-c', GATHER], { into: view.incoming, env });
    await at.git.run(['bundle', 'unbundle', view.incoming], { answers: [1, 128] });
  } finally {
    await rm(view.incoming, { force: true });
  }
}

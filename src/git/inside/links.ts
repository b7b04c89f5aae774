import type { CommitSha, ItemNumber } from '../../pipeline/values.ts';
import { baseHead, type Context, placeOf } from '../context.ts';
import { forkPoint } from '../history.ts';
import { listCheckouts } from '../worktree/linked.ts';
import { gitDirOf, keptModules } from './find.ts';
import { readForeign } from './foreign.ts';
import { fromText, toText } from './paths.ts';

/** A link to a commit of another repository, as a submodule is one, that a change brings. */
export interface UnknownLink {
  readonly path: string;
  readonly commit: string;
}

/**
 * Links in a change whose commit nobody would find: no repository of the owner on this machine has it, and no clone in the
 * item's worktree has fetched it; or that no `.gitmodules` names, so that git knows of no place to get it from. Merged, they
 * would leave every clone without those files.
 */
export async function unknownLinks(at: Context, item: ItemNumber, head: CommitSha): Promise<UnknownLink[]> {
  const links = await linksIn(at, await forkPoint(at.git, await baseHead(at), head), head);
  if (links.length === 0) return [];
  const named = await modulePaths(at, head);
  const unknown: UnknownLink[] = [];
  for (const { path, commit, isNew } of links) {
    if ((isNew && !named.has(path)) || !(await isKnown(at, item, path, commit))) unknown.push({ path: toText(path), commit });
  }
  return unknown;
}

/** Links that a commit has otherwise than another. Paths in latin1. */
async function linksIn(at: Context, from: CommitSha, to: CommitSha): Promise<{ path: string; commit: string; isNew: boolean }[]> {
  const { stdout } = await at.git.run(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to]);
  const cells = stdout.toString('latin1').split('\0');
  return cells.flatMap((words, i) => {
    const [before, after, , commit = ''] = words.split(' ');
    const path = cells[i + 1];
    return words.startsWith(':') && after === '160000' && path !== undefined ? [{ path, commit, isNew: before !== ':160000' }] : [];
  });
}

/** Paths that a commit's `.gitmodules` gives to submodules. */
async function modulePaths(at: Context, head: CommitSha): Promise<ReadonlySet<string>> {
  const answer = await at.git.run(['cat-file', 'blob', `${head}:.gitmodules`], { answers: [1, 128] });
  const text = answer.exitCode === 0 ? answer.stdout.toString('latin1') : '';
  return new Set([...text.matchAll(/^[ \t]*path[ \t]*=(.*)$/gm)].map(([, path = '']) => path.trim().replace(/^"([^"]*)"$/, '$1')));
}

async function isKnown(at: Context, item: ItemNumber, path: string, commit: string): Promise<boolean> {
  const name = `links-${item}`;
  for (const gitDir of await ownersClones(at, path)) {
    const has = await readForeign(at, gitDir, name, async ({ run }) => {
      return (await run(['cat-file', '-e', `${commit}^{commit}`], { answers: [1, 128] })).exitCode === 0;
    });
    if (has === true) return true;
  }
  for (const gitDir of await agentsClones(at, item, path)) {
    // What an agent has only committed there goes with its worktree.
    const isFetched = await readForeign(at, gitDir, name, async ({ run }) => {
      const answer = await run(['rev-list', '--max-count=1', commit, '--not', '--remotes'], { answers: [1, 128] });
      return answer.exitCode === 0 && answer.stdout.length === 0;
    });
    if (isFetched === true) return true;
  }
  return false;
}

/** Git directories of submodules that the owner has, the one at that path first. */
async function ownersClones(at: Context, path: string): Promise<string[]> {
  const { commonDir, checkout } = at.repository;
  const checkouts = (await listCheckouts(commonDir, checkout)).filter((one) => !one.path.startsWith(`${at.worktrees}/`));
  const here = await Promise.all(checkouts.map((one) => gitDirOf(`${fromText(one.path)}/${path}`)));
  const kept = await Promise.all([commonDir, ...checkouts.map(({ gitDir }) => gitDir)].map((gitDir) => keptModules(fromText(gitDir))));
  return [...new Set([...here.filter((gitDir) => gitDir !== null), ...kept.flat()])];
}

async function agentsClones(at: Context, item: ItemNumber, path: string): Promise<string[]> {
  const { tree, linked } = placeOf(at, String(item));
  const here = await gitDirOf(`${fromText(tree.path)}/${path}`);
  return [...new Set([...(here === null ? [] : [here]), ...(await keptModules(fromText(linked.gitDir)))])];
}

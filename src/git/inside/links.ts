import type { CommitSha, ItemNumber } from '../../pipeline/values.ts';
import { realpath } from 'node:fs/promises';
import { baseHead, type Context } from '../context.ts';
import { forkPoint } from '../history.ts';
import { listCheckouts } from '../worktree/linked.ts';
import { keptModules } from './find.ts';
import { gitDirOf } from './git-dir.ts';
import { readForeign } from './foreign.ts';
import { fromText, lookAt, toText } from './paths.ts';
import { BOUNDS } from '../../bounds.ts';

/** Bytes of a `.gitmodules` that are read. */
const MOST_BYTES = BOUNDS.gitmodules;

/** A link to a commit of another repository, as a submodule is one, that a change brings. */
export interface UnknownLink {
  readonly path: string;
  readonly commit: string;
}

/**
 * Links in a change whose commit perhaps nobody would find: no repository of the owner on this machine has it, nor a remote
 * that is a folder here; or that no `.gitmodules` names, so that git knows of no place to get it from. Merged, they could
 * leave every clone without those files. What a clone in the item's worktree says that it has fetched proves nothing: an
 * agent writes remote branches there as it likes.
 */
export async function unknownLinks(at: Context, item: ItemNumber, head: CommitSha): Promise<UnknownLink[]> {
  const base = await baseHead(at);
  const links = await linksIn(at, await forkPoint(at.git, base, head), head);
  if (links.length === 0) return [];
  const named = await modulesOf(at, head);
  const trusted = await modulesOf(at, base);
  const unknown: UnknownLink[] = [];
  for (const { path, commit, isNew } of links) {
    if ((isNew && !named.has(path)) || !(await isKnown(at, item, path, commit, trusted.get(path))))
      unknown.push({ path: toText(path), commit });
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

/** Paths that a commit's `.gitmodules` gives to submodules, with their addresses; an empty one: none is named. */
async function modulesOf(at: Context, head: CommitSha): Promise<ReadonlyMap<string, string>> {
  const answer = await at.git.run(['cat-file', 'blob', `${head}:.gitmodules`], { answers: [1, 128], maxBytes: MOST_BYTES });
  const text = answer.exitCode === 0 ? answer.stdout.toString('latin1') : '';
  const valueOf = (section: string, key: RegExp): string => (key.exec(section)?.[1] ?? '').trim().replace(/^"([^"]*)"$/, '$1');
  return new Map(
    text.split(/^[ \t]*\[/m).flatMap((section) => {
      const path = valueOf(section, /^[ \t]*path[ \t]*=(.*)$/m);
      return path === '' ? [] : [[path, valueOf(section, /^[ \t]*url[ \t]*=(.*)$/m)] as const];
    }),
  );
}

/** `url`: as the base branch has it, which the item's change is not yet part of. */
async function isKnown(at: Context, item: ItemNumber, path: string, commit: string, url = ''): Promise<boolean> {
  const name = `links-${item}`;
  for (const gitDir of await ownersClones(at, path)) {
    const has = await readForeign(at, gitDir, name, async ({ run }) => {
      return (await run(['cat-file', '-e', `${commit}^{commit}`], { answers: [1, 128] })).exitCode === 0;
    });
    if (has === true) return true;
  }
  const remote = await localRemote(url);
  if (remote === null) return false;
  const isServed = await readForeign(at, remote, name, async ({ run }) => {
    const answer = await run(['rev-list', '--max-count=1', commit, '--not', '--branches', '--tags'], { answers: [1, 128] });
    return answer.exitCode === 0 && answer.stdout.length === 0;
  });
  return isServed === true;
}

/** The git directory of a remote that is a folder of this machine; null: it is none. */
async function localRemote(url: string): Promise<string | null> {
  const folder = url.replace(/^file:\/\/(?=\/)/, '');
  if (!folder.startsWith('/')) return null;
  const here = (await realpath(toText(folder)).then(fromText, () => null)) ?? folder;
  if ((await lookAt(`${here}/HEAD`)) !== null && (await lookAt(`${here}/objects`)) !== null) return here;
  return gitDirOf(here);
}

/** Git directories of submodules that the owner has, the one at that path first. */
async function ownersClones(at: Context, path: string): Promise<string[]> {
  const { commonDir, checkout } = at.repository;
  const checkouts = (await listCheckouts(commonDir, checkout)).filter((one) => !one.path.startsWith(`${at.worktrees}/`));
  const here = await Promise.all(checkouts.map((one) => gitDirOf(`${fromText(one.path)}/${path}`)));
  const kept = await Promise.all([commonDir, ...checkouts.map(({ gitDir }) => gitDir)].map((gitDir) => keptModules(fromText(gitDir))));
  return [...new Set([...here.filter((gitDir) => gitDir !== null), ...kept.flat()])];
}

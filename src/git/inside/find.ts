import process from 'node:process';
import { BOUNDS } from '../../bounds.ts';
import type { Context, Place } from '../context.ts';
import { COMING, finishMove } from './bring-home.ts';
import { gitDirOf } from './git-dir.ts';
import { entriesOf, fromText, isWithin } from './paths.ts';

/** A repository below a worktree's folder, or a submodule's that has lost its folder. Paths in latin1. */
export interface Inside {
  /** From the worktree's root; for a submodule without a folder where git keeps it: `modules/lib`. */
  readonly path: string;
  /** Absolute; null: it has no working files any more. */
  readonly folder: string | null;
  /** Absolute: where its objects and refs are; null: its `.git` leads nowhere. */
  readonly gitDir: string | null;
}

/** Systems other than Linux take paths of a quarter. */
const LONGEST = process.platform === 'linux' ? BOUNDS.path : BOUNDS.path / 4;

/** What is in a worktree besides its files. */
export interface Within {
  /** All repositories, the outer ones before what is in them. */
  readonly repositories: readonly Inside[];
  /** Folders that begin where git can't name any more what is in them, absolute and in latin1: nothing in them was looked at. */
  readonly deep: readonly string[];
}

/** All repositories in a worktree; see `lookThrough`. */
export async function findInside(place: Place): Promise<readonly Inside[]> {
  return (await lookThrough(place)).repositories;
}

/**
 * Looks through all folders of a worktree for repositories: those with a `.git` of their own, in
 * ignored folders too, and submodules that git keeps in the worktree's git directory. Only reads folders, except where a
 * Musher was killed while it moved one of them: that move is finished.
 */
export async function lookThrough(place: Place): Promise<Within> {
  const root = fromText(place.tree.path);
  const deep: string[] = [];
  const found = await below(root, root, deep);
  const modules = await keptModules(fromText(place.linked.gitDir));
  const used = new Set(found.map(({ gitDir }) => gitDir));
  const base = fromText(place.linked.gitDir);
  const lost = modules.filter((gitDir) => !used.has(gitDir));
  return { repositories: [...found, ...lost.map((gitDir) => ({ path: gitDir.slice(base.length + 1), folder: null, gitDir }))], deep };
}

async function below(root: string, folder: string, deep: string[]): Promise<Inside[]> {
  if (folder.length > LONGEST) {
    deep.push(folder);
    return [];
  }
  let entries = await entriesOf(folder);
  if (folder !== root && entries.some(({ name, kind }) => name === COMING && kind === 'folder')) {
    await finishMove(folder);
    entries = await entriesOf(folder);
  }
  const own = folder === root ? undefined : entries.find(({ name }) => name === '.git');
  const here = own === undefined ? [] : [{ path: folder.slice(root.length + 1), folder, gitDir: await gitDirOf(folder) }];
  const deeper: Inside[] = [];
  for (const { name, kind } of entries)
    if (kind === 'folder' && name !== '.git') deeper.push(...(await below(root, `${folder}/${name}`, deep)));
  return [...here, ...deeper];
}

/** Git directories of submodules below `modules`, and those of their submodules. */
export async function keptModules(gitDir: string): Promise<string[]> {
  const look = async (folder: string): Promise<string[]> => {
    const entries = await entriesOf(folder);
    const isOne = ['HEAD', 'objects'].every((name) => entries.some((entry) => entry.name === name));
    if (isOne) return [folder, ...(await look(`${folder}/modules`))];
    const deeper = await Promise.all(entries.filter(({ kind }) => kind === 'folder').map(({ name }) => look(`${folder}/${name}`)));
    return deeper.flat();
  };
  return look(`${gitDir}/modules`);
}

/** Whether a repository is a worktree of the owner's own repository, as an agent gives one to its helper. */
export function isWorktreeOfOwner(at: Context, { gitDir }: Pick<Inside, 'gitDir'>): boolean {
  return gitDir !== null && isWithin(gitDir, fromText(`${at.repository.commonDir}/worktrees`)) && !gitDir.includes('/modules/');
}

import { chmod } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { SetAside } from '../../pipeline/why/removal.ts';
import { fromText, moveAside, parentOf, raw } from './paths.ts';

/** Of a project: the quarantine, and its folder's name in there. */
interface Shelf {
  readonly quarantine: string;
  readonly folder: string;
}

/** Where repositories out of an item's worktree are kept. */
export const asideFolder = (at: Shelf, name: string): string => join(at.quarantine, 'repositories', at.folder, name);

/** Says how many repositories were moved there, in a way that outlives a purge: without a name that an agent gave. */
export function movedNote(at: Shelf, name: string, repositories: number): SetAside {
  return { kind: 'repositories-moved', repositories, to: relative(dirname(at.quarantine), asideFolder(at, name)) };
}

/** Moves something that is in a worktree's place, or in that of its `.git`, to the quarantine as it is. */
export async function keepWhole(at: Shelf, name: string, from: string, as: string): Promise<SetAside> {
  await moveAside(fromText(from), fromText(join(asideFolder(at, name), as)));
  return movedNote(at, name, 1);
}

/**
 * Moves folders of a worktree that is about to go, and that no snapshot holds because git can't name what is in them, to the
 * quarantine, each under a number: their names are the agent's words. Null: there are none.
 */
export async function setDeepAside(at: Shelf, name: string, folders: readonly string[]): Promise<SetAside | null> {
  if (folders.length === 0) return null;
  const into = join(at.quarantine, 'deep', at.folder, name);
  for (const folder of folders) {
    // An agent may have shut the folder that it is in, or the folder itself.
    for (const shut of [parentOf(folder), folder]) await chmod(raw(shut), 0o700);
    await moveAside(folder, `${fromText(into)}/folder`);
  }
  return { kind: 'deep-folders-moved', folders: folders.length, to: relative(dirname(at.quarantine), into) };
}

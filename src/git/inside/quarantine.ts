import { dirname, join, relative } from 'node:path';
import type { SetAside } from '../../pipeline/why/removal.ts';
import { fromText, moveAside } from './paths.ts';

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

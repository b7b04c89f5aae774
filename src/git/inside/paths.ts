import type { Stats } from 'node:fs';
import { cp, lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { removeFolder } from '../../remove-folder.ts';

// Paths here are byte by byte in latin1, as git gives names: one that is not UTF-8 would not be found again otherwise.

/** A path as Node takes it. */
export const raw = (path: string): Buffer => Buffer.from(path, 'latin1');
/** A path of Musher's own, as it is kept here. */
export const fromText = (path: string): string => Buffer.from(path, 'utf8').toString('latin1');
/** For people and for git's arguments; bytes that are not UTF-8 are shown as `�`. */
export const toText = (path: string): string => raw(path).toString('utf8');

/** The entry at a path, without following links; null: nothing, or not readable. */
export async function lookAt(path: string): Promise<Stats | null> {
  return lstat(raw(path)).catch(() => null);
}

export interface Entry {
  readonly name: string;
  readonly kind: 'folder' | 'file' | 'link' | 'other';
}

/** What a folder holds; nothing where it can't be read. */
export async function entriesOf(folder: string): Promise<Entry[]> {
  const entries = await readdir(raw(folder), { withFileTypes: true, encoding: 'buffer' }).catch(() => []);
  return entries.map((entry) => ({
    name: entry.name.toString('latin1'),
    kind: entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'link' : 'other',
  }));
}

/** The parent folder. */
export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

/** Whether a path is the folder itself or below it. */
export const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** The first free name: `web`, `web.2`. */
export async function freePlace(path: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const place = n === 1 ? path : `${path}.${n}`;
    if ((await lookAt(place)) === null) return place;
  }
}

/** Moves something, also to another disk, to the first free name. Returns where it is now. */
export async function moveAside(from: string, to: string): Promise<string> {
  await mkdir(raw(parentOf(to)), { recursive: true, mode: 0o700 });
  const target = await freePlace(to);
  try {
    await rename(raw(from), raw(target));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await cp(toText(from), toText(target), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    await removeFolder(raw(from));
  }
  return target;
}

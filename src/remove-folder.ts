import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { chmod, readdir, rename, rm } from 'node:fs/promises';
import * as small from './small-files.ts';

/** A folder with no more entries than this, those of its folders included, is removed at once. */
const FEW = 100;
/** Bytes that a path may grow below the folder that goes: the system takes 4,096 in all, and fewer elsewhere. */
const LONG = 512;

/**
 * Removes a file, a link or a folder with all it holds, never what its links point to, however deep it is. Where the first try is
 * refused, because module caches are often read-only, or because folders are in each other deeper than a path can be long,
 * their owner is given back the right to write, what is deep is brought up, and it is tried once more.
 * Returns whether there was something to remove. `path`: as bytes where it is not UTF-8.
 */
export async function removeFolder(path: string | Buffer): Promise<boolean> {
  const root = Buffer.from(path).toString('latin1');
  const there = await small.lstat(raw(root)).catch(() => null);
  if (there === null) return false;
  try {
    const isSmall = !there.isDirectory() || countTo(root, FEW) < FEW;
    await (isSmall ? small.rm : rm)(raw(root), { recursive: true, force: true });
  } catch {
    if ((await small.lstat(raw(root)).catch(() => null))?.isDirectory() === true) await level(root);
    await rm(raw(root), { recursive: true, force: true });
  }
  return true;
}

/** Paths here are byte by byte in latin1. */
const raw = (path: string): Buffer => Buffer.from(path, 'latin1');

/** How many entries a folder holds with those of its folders; counts no further than `most`. */
function countTo(folder: string, most: number): number {
  const entries = readdirSync(raw(folder), { withFileTypes: true, encoding: 'buffer' });
  let count = entries.length;
  for (const entry of entries)
    if (count < most && entry.isDirectory()) count += countTo(`${folder}/${entry.name.toString('latin1')}`, most - count);
  return count;
}

/** Makes each folder below `root` writable, and moves those that are too deep right below it. */
async function level(root: string): Promise<void> {
  let moved = 0;
  // Whoever filled the folder may have left something under any name that is known beforehand.
  const aside = `${root}/.musher-deep-${randomUUID()}-`;
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    await chmod(raw(folder), 0o700);
    if (folder.length - root.length > LONG) {
      const up = `${aside}${(moved += 1)}`;
      await rename(raw(folder), raw(up));
      folder = up;
    }
    for (const entry of await readdir(raw(folder), { withFileTypes: true, encoding: 'buffer' }))
      if (entry.isDirectory()) waiting.push(`${folder}/${entry.name.toString('latin1')}`);
  }
}

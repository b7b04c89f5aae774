import { readdirSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as small from '../../small-files.ts';

/** A folder with no more entries than this, those of its folders included, is removed at once. */
const FEW = 100;

/**
 * Removes a folder with all it holds, never what its links point to. Module caches are often read-only: where
 * the first try is refused, the folders' owner is given back the right to write and it is tried once more.
 * Returns whether there was something to remove.
 */
export async function removeFolder(path: string): Promise<boolean> {
  const there = await small.lstat(path).catch(() => null);
  if (there === null) return false;
  try {
    const isSmall = !there.isDirectory() || countTo(path, FEW) < FEW;
    await (isSmall ? small.rm : rm)(path, { recursive: true, force: true });
  } catch {
    await makeWritable(path);
    await rm(path, { recursive: true, force: true });
  }
  return true;
}

/** How many entries a folder holds with those of its folders; counts no further than `most`. */
function countTo(folder: string, most: number): number {
  const entries = readdirSync(folder, { withFileTypes: true });
  let count = entries.length;
  for (const entry of entries) if (count < most && entry.isDirectory()) count += countTo(join(folder, entry.name), most - count);
  return count;
}

async function makeWritable(folder: string): Promise<void> {
  if (!(await small.lstat(folder)).isDirectory()) return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

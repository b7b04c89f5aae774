import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes a folder with all it holds, never what its links point to. Module caches are often read-only: where
 * the first try is refused, the folders' owner is given back the right to write and it is tried once more.
 * Returns whether there was something to remove.
 */
export async function removeFolder(path: string): Promise<boolean> {
  const there = await lstat(path).catch(() => null);
  if (there === null) return false;
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await makeWritable(path);
    await rm(path, { recursive: true, force: true });
  }
  return true;
}

async function makeWritable(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

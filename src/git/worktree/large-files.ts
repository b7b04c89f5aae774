import { lstat, mkdir, rename } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { ItemNumber } from '../../pipeline/values.ts';
import type { Context, Place } from '../context.ts';
import { largeFiles } from './staging.ts';

/**
 * Moves the new files of a worktree that no snapshot holds, because they are too large for the repository, to the
 * quarantine: the worktree is about to be removed. One line in all, without their names: those are the agent's words,
 * and the line outlives a purge. Null where there are none.
 */
export async function setLargeAside(
  at: Context,
  place: Place,
  item: ItemNumber,
): Promise<{ readonly files: number; readonly to: string } | null> {
  const large = await largeFiles(at.git, place.tree);
  if (large.length === 0) return null;
  const folder = join(at.quarantine, 'large', at.folder, String(item));
  for (const { name } of large) {
    const to = await unusedPath(join(folder, name));
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await rename(join(place.tree.path, name), to);
  }
  return { files: large.length, to: relative(dirname(at.quarantine), folder) };
}

/** One that was moved earlier under the same name is another file. */
async function unusedPath(path: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? path : `${path}.${n}`;
    if ((await lstat(candidate).catch(() => null)) === null) return candidate;
  }
}

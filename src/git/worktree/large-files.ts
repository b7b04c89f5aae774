import { dirname, join, relative } from 'node:path';
import type { ItemNumber } from '../../pipeline/values.ts';
import type { Context, Place } from '../context.ts';
import { fromText, moveAside } from '../inside/paths.ts';
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
  for (const { bytesName } of large) await moveAside(`${fromText(place.tree.path)}/${bytesName}`, `${fromText(folder)}/${bytesName}`);
  return { files: large.length, to: relative(dirname(at.quarantine), folder) };
}

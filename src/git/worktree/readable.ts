import { chmod } from 'node:fs/promises';
import { entriesOf, fromText, lookAt, raw } from '../inside/paths.ts';

// Worktrees are Musher's own: what an agent has shut in one is opened again, so that it can be kept.

/** Gives a file's owner the right to read it. `path`: in latin1. */
export async function makeReadable(path: string): Promise<void> {
  const found = await lookAt(path);
  if (found?.isFile() === true && (found.mode & 0o400) === 0) await chmod(raw(path), found.mode | 0o400);
}

/** Gives the owner of all folders below one the right to look into them. Links are not followed. */
export async function openFolders(root: string): Promise<void> {
  const open = async (folder: string): Promise<void> => {
    const found = await lookAt(folder);
    if (found !== null && (found.mode & 0o500) !== 0o500) await chmod(raw(folder), found.mode | 0o500);
    for (const { name, kind } of await entriesOf(folder)) if (kind === 'folder' && name !== '.git') await open(`${folder}/${name}`);
  };
  await open(fromText(root));
}

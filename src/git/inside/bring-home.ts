import { cp, rename } from 'node:fs/promises';
import { crashPoint } from '../../crash-point.ts';
import { gitDirOf } from './git-dir.ts';
import { lookAt, moveAside, raw, toText } from './paths.ts';
import { removeFolder } from '../../remove-folder.ts';

/**
 * A git directory on its way into the folder that it belongs to, in whole. git, and with it Musher, takes no file of that name into
 * a commit or a snapshot.
 */
export const COMING = '.git:coming';
/** The same while it is copied, from another disk. */
const COPIED = '.git:copied';

/**
 * Moves a git directory into its folder, in place of the `.git` file that leads to it, which stays beside it. Where Musher is
 * killed on the way, `finishMove` goes on.
 */
export async function bringHome(folder: string, gitDir: string): Promise<void> {
  const coming = `${folder}/${COMING}`;
  try {
    await rename(raw(gitDir), raw(coming));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    const copied = `${folder}/${COPIED}`;
    await removeFolder(raw(copied));
    await cp(toText(gitDir), toText(copied), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    await rename(raw(copied), raw(coming));
    crashPoint('after-git-directory-copied');
    await removeFolder(raw(gitDir));
  }
  crashPoint('after-git-directory-moved');
  await finishMove(folder);
}

/** Gives a git directory that has come into its folder the name by which git finds it. */
export async function finishMove(folder: string): Promise<void> {
  const own = await lookAt(`${folder}/.git`);
  if (own !== null) {
    // What was copied from another disk may not be gone there in whole: what is left is not needed, and not thrown away.
    const rest = own.isDirectory() ? null : await gitDirOf(folder);
    if (rest !== null) await moveAside(rest, `${folder}/.git:rest`);
    await moveAside(`${folder}/.git`, `${folder}/.git-file`);
  }
  crashPoint('before-git-directory-named');
  await rename(raw(`${folder}/${COMING}`), raw(`${folder}/.git`));
}

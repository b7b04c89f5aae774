import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { entriesOf, fromText, raw } from './paths.ts';

/** How long a git in a worktree may take before anybody looks what it waits for, and between two looks, in ms. */
const LOOK_MS = 2_000;
/** A look through many folders is followed by a pause this many times as long. */
const PAUSE = 10;
/** Files that git opens by their name, whatever stands there. */
const OPENED_BY_NAME = new Set(['.gitignore', '.gitattributes', '.gitmodules']);

/**
 * Awaits a git that reads a worktree. An agent can put a pipe where git looks for a file of its own, and git would wait for
 * ever for somebody to write into it: such a pipe is opened and closed again, which ends the wait as an empty file would.
 */
export async function withoutPipes<T>(worktree: string, git: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const lookIn = (ms: number): void => {
    timer = setTimeout(() => void look(), ms).unref();
  };
  const look = async (): Promise<void> => {
    const began = performance.now();
    await endWaits(fromText(worktree), false);
    if (!isOver) lookIn(Math.max(LOOK_MS, PAUSE * (performance.now() - began)));
  };
  lookIn(LOOK_MS);
  try {
    return await git;
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}

/** `isInGit`: in the git directory of a repository inside, where git opens a good deal by name. */
async function endWaits(folder: string, isInGit: boolean): Promise<void> {
  for (const { name, kind } of await entriesOf(folder)) {
    const path = `${folder}/${name}`;
    if (kind === 'folder') await endWaits(path, isInGit || name === '.git');
    if (kind !== 'other' || !(isInGit || OPENED_BY_NAME.has(name))) continue;
    // Without a reader this fails at once, and with one it is that git.
    const pipe = await open(raw(path), constants.O_WRONLY | constants.O_NONBLOCK).catch(() => null);
    await pipe?.close();
  }
}

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { entriesOf, fromText, raw } from './paths.ts';

/** How long a git in a worktree may take before anybody looks what it waits for, and between two looks, in ms. */
const LOOK_MS = 2_000;
/** The same where a look found such a pipe before: there one git after the other waits. */
const LOOK_AGAIN_MS = 50;
/** A look through many folders is followed by a pause this many times as long. */
const PAUSE = 10;
/** Files that git opens by name, even if they are pipes. */
const OPENED_BY_NAME = new Set(['.gitignore', '.gitattributes', '.gitmodules']);

/** Awaits a git that reads a worktree. */
export type Unblocked = <T>(worktree: string, git: Promise<T>) => Promise<T>;

/**
 * For git processes that read worktrees. An agent can put a pipe where git expects a file, and git would wait forever for
 * somebody to write into it. Opening and closing the pipe ends the wait: git reads an empty file.
 */
export function withoutPipes(): Unblocked {
  const withPipes = new Set<string>();
  return async (worktree, git) => {
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    const soonest = (): number => (withPipes.has(worktree) ? LOOK_AGAIN_MS : LOOK_MS);
    const lookIn = (ms: number): void => {
      timer = setTimeout(() => void look(), ms).unref();
    };
    const look = async (): Promise<void> => {
      const began = performance.now();
      if (await endWaits(fromText(worktree), false)) withPipes.add(worktree);
      else withPipes.delete(worktree);
      if (!isOver) lookIn(Math.max(soonest(), PAUSE * (performance.now() - began)));
    };
    lookIn(soonest());
    try {
      return await git;
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  };
}

/** Whether such pipes stand there. `isInGit`: in the git directory of a repository inside, where git opens a good deal by name. */
async function endWaits(folder: string, isInGit: boolean): Promise<boolean> {
  let found = false;
  for (const { name, kind } of await entriesOf(folder)) {
    const path = `${folder}/${name}`;
    if (kind === 'folder' && (await endWaits(path, isInGit || name === '.git'))) found = true;
    if (kind !== 'other' || !(isInGit || OPENED_BY_NAME.has(name))) continue;
    found = true;
    // Without a reader this fails at once, and with one it is that git.
    const pipe = await open(raw(path), constants.O_WRONLY | constants.O_NONBLOCK).catch(() => null);
    await pipe?.close();
  }
  return found;
}

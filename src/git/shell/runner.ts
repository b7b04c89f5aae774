import { type GitAnswer, type GitCall, runGit } from '../run.ts';
import { GitShell } from './git-shell.ts';
import { MOST_INPUT_BYTES } from './script.ts';

/** Runs git once; see `runGit` for what it returns and throws. */
export type GitRunner = (call: GitCall) => Promise<GitAnswer>;

/** Shells that are kept without work; more than that at once are started and ended with their calls. */
const MOST_IDLE = 8;
/** A shell without work for so long ends. */
const IDLE_MS = 10_000;

/**
 * Runs calls in small shells that are reused. To start a program, the system copies the memory map of the process that
 * starts it: 4 to 6 ms of Musher's one thread, next to nothing for a shell (measured with 135 MB: 5.6 ms a call through
 * simple-git, 0.3 ms through a shell). Calls with large outputs are started by Musher itself.
 */
export function gitRunner(): GitRunner {
  const idle = new Map<GitShell, NodeJS.Timeout>();
  let path = '';

  const leave = (one: GitShell): void => {
    clearTimeout(idle.get(one));
    idle.delete(one);
    one.close();
  };
  const taken = (): GitShell => {
    const wanted = process.env['PATH'] ?? '';
    if (wanted !== path) for (const shell of idle.keys()) leave(shell);
    path = wanted;
    for (const [shell, timer] of idle) {
      clearTimeout(timer);
      idle.delete(shell);
      if (shell.isUsable) return shell;
    }
    return new GitShell(path);
  };
  const giveBack = (one: GitShell, itsPath: string): void => {
    if (!one.isUsable) return;
    if (idle.size >= MOST_IDLE || itsPath !== path) one.close();
    else idle.set(one, setTimeout(() => leave(one), IDLE_MS).unref());
  };
  return async (call) => {
    if (Buffer.byteLength(call.input ?? '') > MOST_INPUT_BYTES) return runGit(call);
    const shell = taken();
    const itsPath = path;
    try {
      return await shell.run(call);
    } finally {
      giveBack(shell, itsPath);
    }
  };
}

import { resolve } from 'node:path';
import { catchUpOf, runShell } from '../git/base/catch-up.ts';
import { printLine } from './terminal.ts';
import type { Run } from './subcommand.ts';

/**
 * `musher catch-up`: brings the checkout in this folder to the tip of the base branch after merges that had to leave it
 * alone. Changes in it stay. Resolves to git's exit code.
 */
export const run: Run = async (typed, terminal) => {
  const [folder = '.'] = typed.positionals;
  const found = await catchUpOf(resolve(terminal.cwd, folder));
  if (found === null) {
    printLine(terminal, 'This checkout is up to date.');
    return 0;
  }
  const code = await runShell(found.command, terminal.env);
  if (code === 0) await found.settle();
  printLine(
    terminal,
    code === 0
      ? '✓ This checkout is up to date. Your changes are still there.'
      : '✗ git could not update this checkout. Its message above says why.',
  );
  return code;
};

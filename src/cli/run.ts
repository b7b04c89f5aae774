import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { startMusher } from '../service.ts';
import { printLine } from './terminal.ts';
import type { Run } from './subcommands.ts';

/** `musher run`: which configuration and data directory, then the service. */
export const run: Run = async ({ options }, terminal) => {
  const named = options.get('config');
  const data = options.get('data');
  const batch = options.has('batch');
  const beside = resolve(terminal.cwd, 'bot.toml');
  let config = typeof named === 'string' ? resolve(terminal.cwd, named) : null;
  if (config === null && existsSync(beside)) {
    config = beside;
    // A batch's output is for programs: only replies and notifications.
    if (!batch) printLine(terminal, `Using ${beside}.`);
  }
  return startMusher({
    config,
    dataDir: typeof data === 'string' ? resolve(terminal.cwd, data) : null,
    batch,
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    stderr: terminal.stderr,
  });
};

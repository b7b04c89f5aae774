import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadSettings } from '../config/load.ts';
import { MusherError } from '../errors.ts';
import { verifyData } from '../log/verify-command.ts';
import { printLine } from './terminal.ts';
import type { Run } from './subcommands.ts';

/** `musher verify`: the data directory by name, or the one of a configuration. */
export const run: Run = async ({ options }, terminal) => {
  const data = options.get('data');
  const print = (line: string): void => printLine(terminal, line);
  if (typeof data === 'string') return verifyData(resolve(terminal.cwd, data), print);
  const named = options.get('config');
  const config = resolve(terminal.cwd, typeof named === 'string' ? named : 'bot.toml');
  if (named === undefined && !existsSync(config)) {
    throw new MusherError(
      'USAGE',
      'Which log? There is no bot.toml here.',
      'Name its data directory with --data DIR, or the configuration with --config FILE.',
    );
  }
  const settings = loadSettings(config, terminal.env);
  if (!settings.ok) throw settings.error;
  return verifyData(settings.value.dataDir, print);
};

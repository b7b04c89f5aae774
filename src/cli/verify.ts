import { loadSettings } from '../config/load.ts';
import { demoDataDir } from '../demo.ts';
import { verifyData } from '../log/verify-command.ts';
import { choose } from './choose.ts';
import type { Choice } from './choose.ts';
import { printLine } from './terminal.ts';
import type { Run } from './subcommands.ts';

/** `musher verify`: the log of the same data directory that `run` with the same options would use. */
export const run: Run = async (typed, terminal) => {
  const dataDir = dataDirOf(choose(typed, terminal), terminal.env);
  return verifyData(dataDir, (line) => printLine(terminal, line));
};

/** Throws CONFIG_INVALID or CONFIG_MISSING; with `--data`, no configuration is read at all. */
function dataDirOf({ config, data }: Choice, env: NodeJS.ProcessEnv): string {
  if (data !== null) return data;
  if (config === null) return demoDataDir(env);
  const settings = loadSettings(config, env);
  if (!settings.ok) throw settings.error;
  return settings.value.dataDir;
}

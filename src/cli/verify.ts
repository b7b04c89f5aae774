import { verifyData } from '../log/verify-command.ts';
import { choose } from './choose.ts';
import { dataDirOf } from './data-dir.ts';
import { printLine } from './terminal.ts';
import type { Run } from './subcommands.ts';

/** `musher verify`: the log of the same data directory that `run` with the same options would use. */
export const run: Run = async (typed, terminal) => {
  const dataDir = dataDirOf(choose(typed, terminal), terminal.env);
  return verifyData(dataDir, (line) => printLine(terminal, line));
};

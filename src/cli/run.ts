import { startMusher } from '../app/service.ts';
import { choose } from './choose.ts';
import { printLine } from './terminal.ts';
import type { Run } from './subcommand.ts';

/** `musher run`: which configuration and data directory, then the service. */
export const run: Run = async (typed, terminal) => {
  const { config, isFound, data } = choose(typed, terminal);
  const batch = typed.options.has('batch');
  // A batch's output is for programs: only replies and notifications.
  if (isFound && !batch) printLine(terminal, `Using ${config}.`);
  const { stdin, stdout, stderr } = terminal;
  return startMusher({ config, dataDir: data, batch, stdin, stdout, stderr });
};

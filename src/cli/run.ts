import process from 'node:process';
import { EXIT_RESTART } from '../app/lifecycle/ending.ts';
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
  const code = await startMusher({ config, dataDir: data, batch, stdin, stdout, stderr });
  // A script ends where its lines end.
  if (code === EXIT_RESTART && !batch) becomeAnother();
  return code;
};

/** The same program from the start, as this process: for a service manager and a terminal nothing has ended. Returns only where the system can't do that. */
function becomeAnother(): void {
  if (process.execve === undefined) return;
  // It says of itself that it is experimental, which is no news to whoever restarts Musher.
  process.removeAllListeners('warning');
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], process.env);
}

import { resolve } from 'node:path';
import { systemClock } from '../../clock.ts';
import { restoreBackup } from '../../log/copies/restore.ts';
import { choose } from '../choose.ts';
import { dataDirOf } from '../data-dir.ts';
import { printLine } from '../terminal.ts';
import type { Run } from '../subcommand.ts';

/** `musher restore FILE`: says what is in place now, and what only the log that was replaced holds. */
export const run: Run = async (typed, terminal) => {
  const file = resolve(terminal.cwd, typed.positionals[0] ?? '');
  const { events, until, aside, lost } = restoreBackup(file, dataDirOf(choose(typed, terminal), terminal.env), systemClock());
  const end = until === null ? 'it is empty' : `the last one is from ${new Date(until).toISOString()}`;
  printLine(terminal, `Restored and checked ${events} events; ${end}.`);
  if (aside !== null)
    printLine(terminal, `The replaced log had ${lost === 1 ? '1 newer event' : `${lost} newer events`}; it is kept as ${aside}.`);
  printLine(
    terminal,
    'The next start compares it with the base branches: items merged since become done, reverted ones do not, and the rooms are notified.',
  );
  return 0;
};

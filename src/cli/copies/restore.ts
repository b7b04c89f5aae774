import { resolve } from 'node:path';
import { systemClock } from '../../clock.ts';
import { restoreBackup } from '../../log/copies/restore.ts';
import { choose } from '../choose.ts';
import { dataDirOf } from '../data-dir.ts';
import { printLine } from '../terminal.ts';
import type { Run } from '../subcommands.ts';

/** `musher restore FILE`: says what is in place now, and what only the log that was replaced holds. */
export const run: Run = async (typed, terminal) => {
  const file = resolve(terminal.cwd, typed.positionals[0] ?? '');
  const { events, until, aside, lost } = restoreBackup(file, dataDirOf(choose(typed, terminal), terminal.env), systemClock());
  const end = until === null ? 'it is empty' : `the last is of ${new Date(until).toISOString()}`;
  printLine(terminal, `Restored ${events} events, each checked; ${end}.`);
  if (aside !== null)
    printLine(
      terminal,
      `The log that was there had ${lost === 0 ? 'no event' : lost === 1 ? 'one event' : `${lost} events`} more; it is kept as ${aside}.`,
    );
  printLine(
    terminal,
    'The next start compares it with the base branches: what was merged since is done, what was taken back is not, and the rooms are told.',
  );
  return 0;
};

import { verifyAll } from '../log/verify.ts';
import { choose } from './choose.ts';
import { dataDirOf, withLog } from './data-dir.ts';
import { printLine } from './terminal.ts';
import type { Run } from './subcommand.ts';

/**
 * `musher verify`: replays the log of a stopped Musher against its projections, in the data directory that `run` with
 * the same options would use. Resolves to the exit code: 1 on any difference.
 */
export const run: Run = async (typed, terminal) => {
  const print = (line: string): void => printLine(terminal, line);
  return withLog(dataDirOf(choose(typed, terminal), terminal.env), (db) => {
    const integrity = db.pragma('integrity_check', { simple: true });
    const { events, differences } = verifyAll(db);
    if (integrity !== 'ok') print(`The database file is damaged: ${String(integrity)}`);
    for (const difference of differences) print(difference);
    if (integrity === 'ok' && differences.length === 0) {
      print(`${events} events checked: the projections match the log, and no event was changed.`);
      return 0;
    }
    print(`${events} events checked, ${differences.length} differences. Restore a backup, or investigate before you continue.`);
    return 1;
  });
};

import { once } from 'node:events';
import { exportedLines } from '../../log/copies/export.ts';
import { musherVersion } from '../../version.ts';
import { choose } from '../choose.ts';
import { dataDirOf, withLog } from '../data-dir.ts';
import type { Run } from '../subcommand.ts';

/** `musher export`: the log as JSON lines on standard output, no faster than its reader. */
export const run: Run = (typed, terminal) =>
  withLog(dataDirOf(choose(typed, terminal), terminal.env), async (db) => {
    for (const line of exportedLines(db, musherVersion())) if (!terminal.stdout.write(`${line}\n`)) await once(terminal.stdout, 'drain');
    return 0;
  });

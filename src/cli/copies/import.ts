import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { MusherError } from '../../errors.ts';
import { openDatabase } from '../../log/database.ts';
import { importLines } from '../../log/copies/export.ts';
import { DATABASE_FILE } from '../../log/log.ts';
import { migrate } from '../../log/schema/migrations.ts';
import { takeOwnership } from '../../log/owner.ts';
import { makePrivateFile } from '../../log/private-dir.ts';
import { choose } from '../choose.ts';
import { dataDirOf } from '../data-dir.ts';
import { printLine } from '../terminal.ts';
import type { Run } from '../subcommand.ts';

/** `musher import FILE`: an export into a data directory that holds no log yet; `-` is the standard input. */
export const run: Run = async (typed, terminal) => {
  const [named = '-'] = typed.positionals;
  const file = named === '-' ? null : resolve(terminal.cwd, named);
  if (file !== null && !existsSync(file))
    throw new MusherError('CONFIG_MISSING', `${file} does not exist.`, 'Choose a file from `musher export`.');
  const dataDir = dataDirOf(choose(typed, terminal), terminal.env);
  const ownership = takeOwnership(dataDir);
  try {
    const target = join(dataDir, DATABASE_FILE);
    makePrivateFile(target);
    const db = openDatabase(target);
    try {
      migrate(db);
      const input = file === null ? terminal.stdin : createReadStream(file);
      const events = await importLines(db, createInterface({ input, crlfDelay: Infinity }), file);
      printLine(terminal, `${events} events imported into ${dataDir}; the hash chain is intact.`);
      return 0;
    } finally {
      db.close();
    }
  } finally {
    ownership.release();
  }
};

import type { Db } from '../../src/log/database.ts';
import { Log } from '../../src/log/log.ts';

/** The database under a log, to look at it, or to do it a harm that no method of the log would. */
export function databaseOf(log: Log): Db {
  return Log.databaseOf(log);
}

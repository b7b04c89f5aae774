import type { Redactor } from '../redaction/redactor.ts';
import { makeBackup, type Backup } from './copies/backup.ts';
import { dump, type DumpAsk } from './copies/dump.ts';
import { oldUntil } from './identity.ts';
import { Log } from './log.ts';
import { verifyActive, type Verification } from './verify.ts';
import type { Millis } from '../pipeline/values.ts';

// What is done with the whole of a log while Musher runs on it. The same is done from the command line with a database that
// no Musher holds.

/** See `makeBackup`. */
export function backUp(log: Log, folder: string, keep: number, now: Millis): Promise<Backup & { readonly ms: number }> {
  return makeBackup(Log.databaseOf(log), folder, keep, now);
}

/** See `dump`. */
export function dumpOf(log: Log, ask: DumpAsk, redactor: Redactor, about: { readonly version: string; readonly at: Millis }): object {
  return dump(Log.databaseOf(log), ask, redactor, about);
}

/** See `oldUntil`. */
export function oldUntilOf(log: Log): Millis | null {
  return oldUntil(Log.databaseOf(log));
}

/** See `verifyActive`. */
export function verifyOpen(log: Log, projects: readonly string[]): Verification {
  return verifyActive(Log.databaseOf(log), log.reads, projects);
}

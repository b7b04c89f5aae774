import { join } from 'node:path';
import { openDatabase } from './database.ts';
import { DATABASE_FILE } from './log.ts';
import { EventStore } from './events.ts';
import { migrate, SCHEMA_VERSION } from './schema/migrations.ts';
import { takeOwnership } from './owner.ts';
import { Reads } from './reads/reads.ts';
import { verifyActive, type Verification } from './verify.ts';

/**
 * The check that a start makes, without starting: its time does not grow with the log, and it changes nothing. Null: an older
 * Musher wrote the log, and the next start takes it over. `also`: what else is to be read while it is open. Throws MusherError where the log can't be used or is in use.
 */
export function checkLog<T>(
  dataDir: string,
  projects: readonly string[],
  also: (reads: Reads) => T,
): (Verification & { readonly also: T }) | null {
  const ownership = takeOwnership(dataDir);
  try {
    const db = openDatabase(join(dataDir, DATABASE_FILE));
    try {
      if ((db.pragma('user_version', { simple: true }) as number) < SCHEMA_VERSION) return null;
      // Refuses what a newer one wrote; there is nothing else to bring up.
      migrate(db);
      const reads = new Reads(db, new EventStore(db));
      return { ...verifyActive(db, reads, projects), also: also(reads) };
    } finally {
      db.close();
    }
  } finally {
    ownership.release();
  }
}

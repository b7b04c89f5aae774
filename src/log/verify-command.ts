import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MusherError } from '../errors.ts';
import { openDatabase } from './database.ts';
import { DATABASE_FILE } from './log.ts';
import { EventStore } from './events.ts';
import { migrate, SCHEMA_VERSION } from './migrations.ts';
import { takeOwnership } from './owner.ts';
import { Reads } from './reads.ts';
import { verifyActive, verifyAll, type Verification } from './verify.ts';

/** `musher verify`: replays the log of a stopped Musher against its projections. Resolves to the exit code: 1 on any difference. */
export async function verifyData(dataDir: string, print: (line: string) => void): Promise<number> {
  const file = join(dataDir, DATABASE_FILE);
  if (!existsSync(file))
    throw new MusherError(
      'CONFIG_MISSING',
      `There is no log in ${dataDir}.`,
      'Name the data directory with --data DIR, or its bot.toml with --config FILE.',
    );
  const ownership = takeOwnership(dataDir);
  try {
    const db = openDatabase(file);
    try {
      migrate(db);
      const integrity = db.pragma('integrity_check', { simple: true });
      const { events, differences } = verifyAll(db);
      if (integrity !== 'ok') print(`The database file is damaged: ${String(integrity)}`);
      for (const difference of differences) print(difference);
      if (integrity === 'ok' && differences.length === 0) {
        print(`${events} events replayed: every projection is what the log gives, and no event was changed.`);
        return 0;
      }
      print(`${events} events replayed; ${differences.length} differences. Restore a backup, or look closer before going on.`);
      return 1;
    } finally {
      db.close();
    }
  } finally {
    ownership.release();
  }
}

/**
 * The check of a start, without a start: bounded, whatever the log's size, and nothing is changed. Null: an older Musher
 * wrote the log, and the next start takes it over. Throws MusherError where the log can't be used or is in use.
 */
export function checkLog(dataDir: string, projects: readonly string[]): Verification | null {
  const ownership = takeOwnership(dataDir);
  try {
    const db = openDatabase(join(dataDir, DATABASE_FILE));
    try {
      if ((db.pragma('user_version', { simple: true }) as number) < SCHEMA_VERSION) return null;
      // Refuses what a newer one wrote; there is nothing else to bring up.
      migrate(db);
      return verifyActive({ db, reads: new Reads(db, new EventStore(db)) }, projects);
    } finally {
      db.close();
    }
  } finally {
    ownership.release();
  }
}

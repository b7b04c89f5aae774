import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings } from '../config/load.ts';
import { demoDataDir } from '../app/demo.ts';
import { MusherError } from '../errors.ts';
import { openDatabase, type Db } from '../log/database.ts';
import { DATABASE_FILE } from '../log/log.ts';
import { migrate } from '../log/schema/migrations.ts';
import { takeOwnership } from '../log/owner.ts';
import type { Choice } from './choose.ts';

/**
 * The data directory that `run` with the same options would use. Throws CONFIG_INVALID or CONFIG_MISSING; with
 * `--data`, no configuration is read at all.
 */
export function dataDirOf({ config, data }: Choice, env: NodeJS.ProcessEnv): string {
  if (data !== null) return data;
  if (config === null) return demoDataDir(env);
  const settings = loadSettings(config, env);
  if (!settings.ok) throw settings.error;
  return settings.value.dataDir;
}

/** Opens the log of a data directory that no other Musher is using. Throws DATA_DIR_IN_USE if one is, CONFIG_MISSING if there is no log. */
export async function withLog<T>(dataDir: string, work: (db: Db) => T | Promise<T>): Promise<T> {
  const file = join(dataDir, DATABASE_FILE);
  if (!existsSync(file))
    throw new MusherError(
      'CONFIG_MISSING',
      `There is no log in ${dataDir}.`,
      'Choose the data directory with --data DIR, or its bot.toml with --config FILE.',
    );
  const ownership = takeOwnership(dataDir);
  try {
    const db = openDatabase(file);
    try {
      migrate(db);
      return await work(db);
    } finally {
      db.close();
    }
  } finally {
    ownership.release();
  }
}

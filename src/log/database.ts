import Database from 'better-sqlite3';
import { MusherError } from '../errors.ts';

/** What is used of a statement. It is prepared at its first use: a start makes two hundred and needs few of them at once. */
export interface Statement<Values extends unknown[], Row> extends Pick<Database.Statement<Values, Row>, 'run' | 'get' | 'all' | 'iterate'> {
  /** Gives the value of the first column in place of each row. */
  pluck(): Statement<Values, Row>;
}

export interface Db extends Omit<Database.Database, 'prepare'> {
  prepare<Values extends unknown[] = unknown[], Row = unknown>(sql: string): Statement<Values, Row>;
}

/** The first SQLite release without the WAL-reset corruption bug. */
export const OLDEST_SQLITE = '3.51.3';

/**
 * Opens the one writing connection. `synchronous=FULL` is set each time: the library's build defaults to NORMAL for
 * WAL files, and a commit that was acknowledged to a platform must survive a power cut.
 */
export function openDatabase(file: string): Db {
  let db: Db;
  try {
    db = planningOnce(new Database(file));
  } catch (cause) {
    throw new MusherError('LOG_DAMAGED', `The database ${file} cannot be opened.`, 'Check that its folder exists and is writable.', {
      cause,
    });
  }
  try {
    assertVersion(db);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    // Deleted and overwritten content is zeroed, so that a purge leaves nothing in free pages.
    db.pragma('secure_delete = ON');
    db.pragma('cache_size = -16000');
    return db;
  } catch (cause) {
    db.close();
    if (cause instanceof MusherError) throw cause;
    throw new MusherError(
      'LOG_DAMAGED',
      `${file} is not a usable database: ${(cause as Error).message}.`,
      'Restore a backup, or move the file away to start with an empty log.',
      { cause },
    );
  }
}

/**
 * SQLite looks at the values of parameters when it plans a read with an order, a limit or a group, and so it plans such a read
 * anew at each call: mostly that takes longer than the read. It looks at no value that is computed, if only by a sign.
 */
function planningOnce(db: Database.Database): Db {
  const prepare = db.prepare.bind(db);
  return Object.assign(db, {
    prepare: (sql: string) => atFirstUse(() => prepare(/^\s*(?:EXPLAIN QUERY PLAN\s+)?SELECT\b/.test(sql) ? computed(sql) : sql)),
  });
}

function atFirstUse<Values extends unknown[], Row>(prepare: () => Database.Statement<Values, Row>): Statement<Values, Row> {
  const prepared = (): Database.Statement<Values, Row> => {
    const made = prepare();
    // From now on nothing stands between a caller and the statement.
    Object.assign(lazy, { run: made.run.bind(made), get: made.get.bind(made), all: made.all.bind(made), iterate: made.iterate.bind(made) });
    return made;
  };
  const lazy: Statement<Values, Row> = {
    run: (...values) => prepared().run(...values),
    get: (...values) => prepared().get(...values),
    all: (...values) => prepared().all(...values),
    iterate: (...values) => prepared().iterate(...values),
    pluck: () => atFirstUse(() => prepare().pluck()),
  };
  return lazy;
}

/** With a sign before each parameter that something is compared with, and before those of limits. Plans are the same. */
function computed(sql: string): string {
  return sql.replaceAll(/(?<=(?:[=<>]|\b(?:LIMIT|OFFSET|BETWEEN|AND))\s*)\?/g, '+?');
}

/** Whether the database failed, and not the code that used it. `code` is SQLite's own, such as `SQLITE_FULL`. */
export function isSqliteError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Database.SqliteError;
}

/** Failures of the machine, which may pass: the same may succeed later. */
const TRANSIENT = ['BUSY', 'LOCKED', 'FULL', 'IOERR', 'NOMEM', 'CANTOPEN', 'READONLY'];

/** Whether the database failed for a reason outside of it and of the code that used it. */
export function isTransient(error: unknown): error is Error & { readonly code: string } {
  return isSqliteError(error) && TRANSIENT.some((name) => error.code.startsWith(`SQLITE_${name}`));
}

function assertVersion(db: Db): void {
  const version = sqliteVersion(db);
  if (compareVersions(version, OLDEST_SQLITE) < 0)
    throw new MusherError(
      'SQLITE_TOO_OLD',
      `SQLite ${version} has a bug that can corrupt the database; Musher needs ${OLDEST_SQLITE} or newer.`,
      'Run `npm ci` again to get the version that comes with better-sqlite3.',
    );
}

/** The version of the SQLite library that is in use, such as `3.51.3`. */
export function sqliteVersion(db: Db): string {
  return db.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? '0';
}

/** After the first write the pragma reads what is really in force; anything but FULL (2) would lose acknowledged work. */
export function assertDurable(db: Db): void {
  const level = db.pragma('synchronous', { simple: true });
  const mode = db.pragma('journal_mode', { simple: true });
  if (level !== 2 || (mode !== 'wal' && mode !== 'memory'))
    throw new MusherError(
      'LOG_DAMAGED',
      `The database runs with synchronous=${String(level)}, journal_mode=${String(mode)}: commits would not survive a power cut.`,
      'Keep the data directory on a local disk.',
    );
}

/** Compares dotted versions by their numbers: negative, zero or positive, as for sorting. A missing part counts as 0. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

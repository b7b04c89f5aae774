import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { MusherError } from '../../errors.ts';
import { openDatabase, type Db } from '../database.ts';
import { markCopy } from './copy-mark.ts';
import { DATABASE_FILE, Log } from '../log.ts';
import { migrate } from '../schema/migrations.ts';
import { takeOwnership } from '../owner.ts';
import { makePrivateDir, makePrivateFile } from '../private-dir.ts';
import { verifyAll } from '../verify.ts';

/** What a restore did. */
export interface Restored {
  /** Events of the backup. */
  readonly events: number;
  /** When its last event was, ms since the epoch; null where it holds none. */
  readonly until: number | null;
  /** The new path of the replaced log, or null if there was none. */
  readonly aside: string | null;
  /** Events by which that one had gone further. */
  readonly lost: number;
}

/** The log that is replaced: how far it had come, and the highest number that each project has given to an item. */
interface Replaced {
  readonly seq: number;
  readonly numbers: ReadonlyMap<string, number>;
}

/**
 * Puts a backup in the place of the log of a data directory that nobody uses. The backup is replayed first, and one
 * that does not verify is refused. The log that was there is kept beside it, never deleted. Numbers that it had given
 * are not given again, and what the backup had still to send or to answer is not said a second time.
 */
export function restoreBackup(file: string, dataDir: string, clock: Clock): Restored {
  if (!existsSync(file))
    throw new MusherError('CONFIG_MISSING', `There is no ${file}.`, 'Choose a file that `backup` wrote, in the folder `backups`.');
  const ownership = takeOwnership(dataDir);
  const workshop = join(dataDir, 'restore');
  try {
    const target = join(dataDir, DATABASE_FILE);
    const replaced = existsSync(target) ? readReplaced(target) : null;
    rmSync(workshop, { recursive: true, force: true });
    makePrivateDir(workshop);
    const incoming = join(workshop, DATABASE_FILE);
    makePrivateFile(incoming);
    copyFileSync(file, incoming);
    const { events, until } = prepare(incoming, file);
    markRestored(workshop, clock, { file, until }, replaced);
    const aside = replaced === null ? null : keepAside(target, clock.now());
    // The one step that counts: before it the old log is in place, after it the new one.
    renameSync(incoming, target);
    return { events, until, aside, lost: Math.max(0, (replaced?.seq ?? 0) - events) };
  } finally {
    rmSync(workshop, { recursive: true, force: true });
    ownership.release();
  }
}

/** Replays the copy and brings it to this program's version. Throws LOG_DAMAGED where it is not as it was written. */
function prepare(incoming: string, file: string): { events: number; until: number | null } {
  const db = openDatabase(incoming);
  try {
    migrate(db);
    const integrity = db.pragma('integrity_check', { simple: true });
    const { events, differences } = verifyAll(db);
    if (integrity !== 'ok' || differences.length > 0)
      throw new MusherError(
        'LOG_DAMAGED',
        `${file} is damaged: ${integrity === 'ok' ? (differences[0] ?? '') : String(integrity)}.`,
        'Nothing was changed. Restore an older backup.',
      );
    forgetConversations(db);
    return { events, until: db.prepare<[], number>('SELECT at FROM events ORDER BY seq DESC LIMIT 1').pluck().get() ?? null };
  } finally {
    db.close();
  }
}

/** The Musher that ran after the backup has already sent, or given up, what was open when it was made. */
function forgetConversations(db: Db): void {
  db.transaction(() => {
    db.exec("UPDATE outbox SET state = 'dead', body = '' WHERE state IN ('held', 'pending', 'sending')");
    db.exec("UPDATE inbox SET state = 'done', text = '', confirmed = NULL, outcome = coalesce(outcome, 'failed') WHERE state <> 'done'");
    db.exec('DELETE FROM confirmations; DELETE FROM two_person');
    // A session that was revoked since would be open again.
    db.exec('DELETE FROM window_links; DELETE FROM windows; DELETE FROM window_messages');
    // Transports begin with what is new: what was said since the copy was made would be obeyed a second time.
    db.exec("DELETE FROM state WHERE scope <> 'identity'");
  }).immediate();
}

/** Says in the restored log that it is one, and up to which number each project's items were given. */
function markRestored(
  dataDir: string,
  clock: Clock,
  { file, until }: { readonly file: string; readonly until: number | null },
  replaced: Replaced | null,
): void {
  const log = Log.open(dataDir, clock);
  try {
    const projects = new Set([...log.reads.projects(), ...(replaced?.numbers.keys() ?? [])]);
    log.transaction((tx) => {
      for (const project of projects) {
        const payload = { file, lastNumber: replaced?.numbers.get(project) ?? 0 };
        tx.record({ project, item: null, actor: 'musher', cause: null, kind: 'log.restored', payload });
      }
      markCopy(Log.databaseOf(log), { from: 'backup', file, until }, projects);
    });
  } finally {
    log.close();
  }
}

/** What can be read of the log in place. One that is damaged gives nothing: that is why it is replaced. */
function readReplaced(target: string): Replaced {
  try {
    const db = openDatabase(target);
    try {
      const seq = db.prepare<[], number>('SELECT max(seq) FROM events').pluck().get() ?? 0;
      const rows = db.prepare<[], { project: string; n: number }>("SELECT project, n FROM counts WHERE stage = 'last'").all();
      // What is still in the write-ahead log belongs to this file, and must not meet the one that comes.
      db.pragma('wal_checkpoint(TRUNCATE)');
      return { seq, numbers: new Map(rows.map(({ project, n }) => [project, n])) };
    } finally {
      db.close();
    }
  } catch {
    return { seq: 0, numbers: new Map() };
  }
}

/** Gives the log in place a second name, so that there is one at every moment. Returns that name. */
function keepAside(target: string, now: number): string {
  const time = new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  const aside = `${target}.replaced-${time}`;
  for (const ending of ['-wal', '-shm']) if (existsSync(`${target}${ending}`)) renameSync(`${target}${ending}`, `${aside}${ending}`);
  linkSync(target, aside);
  return aside;
}

import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { MusherError } from '../errors.ts';
import { makePrivateDir, makePrivateFile, unusable } from './private-dir.ts';

/** The right to use a data directory, held until released or until the process ends, however it ends. */
export interface Ownership {
  release(): void;
}

const LOCK = 'owner.lock';
const PID = 'owner.pid';

/**
 * Makes the data directory (0700) and takes it for this process. The lock is a file lock of the system, held through
 * SQLite: a dead owner's lock is gone with it, so nothing stale can block, and no pid has to be guessed about.
 */
export function takeOwnership(dataDir: string): Ownership {
  makePrivateDir(dataDir);
  const lock = tryLock(dataDir);
  if (lock === null) {
    const pid = readPid(dataDir);
    throw new MusherError(
      'DATA_DIR_IN_USE',
      `Another Musher${pid === null ? '' : ` (pid ${pid})`} is using ${dataDir}.`,
      `Stop it first${pid === null ? '' : ` (kill ${pid})`}, or start this one with another data directory (--data DIR).`,
    );
  }
  try {
    writeFileSync(join(dataDir, PID), `${process.pid}\n`, { mode: 0o600 });
  } catch (cause) {
    lock.close();
    throw unusable(join(dataDir, PID), cause);
  }
  return {
    release() {
      rmSync(join(dataDir, PID), { force: true });
      lock.close();
    },
  };
}

/** Which process owns a data directory now; null where none does. */
export function ownerOf(dataDir: string): { pid: number | null } | null {
  if (statSync(join(dataDir, LOCK), { throwIfNoEntry: false }) === undefined) return null;
  const lock = tryLock(dataDir);
  if (lock === null) return { pid: readPid(dataDir) };
  lock.close();
  return null;
}

function tryLock(dataDir: string): Database.Database | null {
  const file = join(dataDir, LOCK);
  makePrivateFile(file);
  const db = new Database(file, { timeout: 0 });
  try {
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (cause) {
    db.close();
    if ((cause as { code?: string }).code?.startsWith('SQLITE_BUSY') === true) return null;
    throw new MusherError(
      'DATA_DIR_UNSAFE',
      `${dataDir} cannot be locked: ${(cause as Error).message}.`,
      'Keep the data directory on a local, writable disk.',
      { cause },
    );
  }
}

function readPid(dataDir: string): number | null {
  try {
    const pid = Number(readFileSync(join(dataDir, PID), 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

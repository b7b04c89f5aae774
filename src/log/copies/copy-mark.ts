import type { CopyFound } from '../../pipeline/events.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { Db } from '../database.ts';
import type { Log } from '../log.ts';

const SCOPE = 'recovery';
const KEY = 'copy';

/** That the log in place is an older copy of itself, kept until a start has compared it with the repositories and said so. */
export interface CopyMark {
  readonly from: 'backup' | 'export';
  /** Its name; null: the standard input. */
  readonly file: string | null;
  /** When its last event was, ms since the epoch; null where it held none. */
  readonly until: Millis | null;
  /** Projects that are not compared yet. */
  readonly projects: readonly string[];
  /** What was found in those that are. */
  readonly found: CopyFound;
}

export const NOTHING_FOUND: CopyFound = { merged: [], undone: [], unknown: [], timers: 0 };

/** Says of a log that it is a copy. Part of what the caller's transaction does. */
export function markCopy(db: Db, copy: Omit<CopyMark, 'projects' | 'found'>, projects: Iterable<string>): void {
  const mark: CopyMark = { ...copy, projects: [...projects], found: NOTHING_FOUND };
  db.prepare('INSERT OR REPLACE INTO state (scope, key, value) VALUES (?, ?, ?)').run(SCOPE, KEY, JSON.stringify(mark));
}

/** The mark, if the log is a copy that hasn't been reported yet. */
export function readCopyMark(log: Log): CopyMark | null {
  const value = log.stateStore(SCOPE).get(KEY);
  return value === null || value === '' ? null : (JSON.parse(value) as CopyMark);
}

/** Stores the projects that are still to be compared; removes the mark if there are none. */
export function keepCopyMark(log: Log, mark: CopyMark | null): void {
  log.stateStore(SCOPE).set(KEY, mark === null ? '' : JSON.stringify(mark));
}

import { createHash } from 'node:crypto';
import type { Db } from './database.ts';
import type { Reads } from './reads/reads.ts';
import type { Millis } from '../pipeline/values.ts';

const SCOPE = 'identity';
const KEY = 'old-until';

/** Characters of a project's mark: enough for all Mushers that will ever share a repository. */
const LENGTH = 8;

/**
 * The mark of a project of this log, which branches, snapshots and merges carry: two Mushers on one repository, two projects of
 * one, or a log and the one before it count their items by the same numbers. It comes from the hash of the log's first event, so
 * it is there from its birth, is the same in every copy, backup and export of the log, and nobody else has it. Null: the log has
 * no event yet, and so nothing in any repository.
 */
export function projectMark(reads: Pick<Reads, 'firstHash'>, project: string): string | null {
  const first = reads.firstHash();
  return first === null ? null : createHash('sha256').update(`${first}\0${project}`).digest('hex').slice(0, LENGTH);
}

/** Items made until then may have branches, snapshots and merges without a mark: an older version made them. Null: there are none. */
export function oldUntil(db: Db): Millis | null {
  const value = db.prepare<[string, string], string>('SELECT value FROM state WHERE scope = ? AND key = ?').pluck().get(SCOPE, KEY);
  return value === undefined ? null : Number(value);
}

/** Keeps that where a log is read in from elsewhere. */
export function keepOldUntil(db: Db, at: Millis | null): void {
  if (at !== null) db.prepare('INSERT OR REPLACE INTO state (scope, key, value) VALUES (?, ?, ?)').run(SCOPE, KEY, String(at));
}

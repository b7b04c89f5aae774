import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import type { Db } from '../database.ts';
import { GENESIS, type Head } from '../events.ts';
import { makePrivateDir, makePrivateFile } from '../private-dir.ts';

/** A copy of the log that can be restored by itself. */
export interface Backup {
  /** Absolute. */
  readonly file: string;
  /** When it was begun, ms since the epoch. */
  readonly at: number;
  readonly bytes: number;
}

/** `musher-20261121T082518Z.sqlite`: sorted by name is sorted by time. */
const NAME = /^musher-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.sqlite$/;
/** A copy that was not finished: a crash came first. */
const UNFINISHED = /^musher-\d{8}T\d{6}Z\.sqlite\.part(?:-journal|-wal|-shm)?$/;
/** Pages copied before other work gets its turn: 4 MB, some milliseconds. */
const PAGES_A_STEP = 1_000;

/**
 * Copies the log into the folder while Musher works on, and drops all but the newest `keep` copies that Musher made
 * there. A copy counts only when it was looked at: that it opens and ends with the event that the log ended with.
 * Throws where the disk fails.
 */
export async function makeBackup(db: Db, folder: string, keep: number, now: number): Promise<Backup & { readonly ms: number }> {
  const begun = performance.now();
  makePrivateDir(folder);
  for (const name of readdirSync(folder)) if (UNFINISHED.test(name)) rmSync(join(folder, name));
  const file = join(folder, fileName(now));
  const unfinished = `${file}.part`;
  makePrivateFile(unfinished);
  const least = headOf(db);
  try {
    await db.backup(unfinished, { progress: () => PAGES_A_STEP });
    checkCopy(unfinished, least);
    renameSync(unfinished, file);
  } catch (error) {
    for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(`${unfinished}${ending}`, { force: true });
    throw error;
  }
  for (const old of backupsIn(folder).slice(keep)) rmSync(old.file);
  return { file, at: now, bytes: statSync(file).size, ms: performance.now() - begun };
}

/** The copies in a folder, newest first; none where it can't be read: only making one has to complain. */
export function backupsIn(folder: string): Backup[] {
  return namesIn(folder)
    .flatMap((name) => {
      const at = timeOf(name);
      return at === null ? [] : [{ file: join(folder, name), at, bytes: statSync(join(folder, name)).size }];
    })
    .toSorted((a, b) => b.at - a.at);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function fileName(now: number): string {
  return `musher-${new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '')}.sqlite`;
}

function timeOf(name: string): number | null {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  return year === undefined ? null : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Throws where the copy is no log, or does not reach as far as the log did when it was begun. */
function checkCopy(file: string, least: Head): void {
  const copy = new Database(file);
  try {
    // A copy of a WAL database is one as well; as a plain file it needs no files beside it.
    copy.pragma('journal_mode = DELETE');
    const found = copy.prepare<[number], string>('SELECT hash FROM events WHERE seq = ?').pluck().get(least.seq) ?? GENESIS.hash;
    if (found !== least.hash) throw new Error(`the copy ${file} does not hold what the log held`);
  } finally {
    copy.close();
  }
}

function headOf(db: Db): Head {
  return db.prepare<[], Head>('SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1').get() ?? GENESIS;
}

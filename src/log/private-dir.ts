import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { MusherError } from '../errors.ts';

/** Read, write or enter, for anyone but the owner. */
const FOR_OTHERS = 0o077;
/** A directory that holds one of these was Musher's before. */
const OURS = ['owner.lock', 'musher.sqlite'] as const;

/**
 * Makes the data directory, closed to all but its owner. One that is there and open is closed only where nobody else
 * can need it open: it is empty, or was Musher's before. Throws MusherError DATA_DIR_UNUSABLE or DATA_DIR_UNSAFE.
 */
export function makePrivateDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (!isOpen(dataDir) && !isForeign(dataDir)) return;
  } catch (cause) {
    throw unusable(dataDir, cause);
  }
  if (isForeign(dataDir))
    throw new MusherError(
      'DATA_DIR_UNSAFE',
      `${dataDir} belongs to another user, who could read and change the log.`,
      'Run Musher as that user, or choose another data directory.',
    );
  const open = `Other users can read ${dataDir}`;
  if (!mayClose(dataDir))
    throw new MusherError(
      'DATA_DIR_UNSAFE',
      `${open}, and it contains files that are not Musher’s.`,
      `Choose a new or empty folder, or close this one: chmod 700 '${dataDir.replaceAll("'", `'\\''`)}'`,
    );
  try {
    chmodSync(dataDir, 0o700);
  } catch (cause) {
    throw new MusherError('DATA_DIR_UNSAFE', `${open}.`, `As its owner, run: chmod 700 '${dataDir.replaceAll("'", `'\\''`)}'`, { cause });
  }
}

/** Whether others than the owner can get at a directory. */
export function isOpen(dir: string): boolean {
  return (statSync(dir).mode & FOR_OTHERS) !== 0;
}

/** Whether a directory belongs to somebody else: root may enter it, and its owner as well. */
export function isForeign(dir: string): boolean {
  return process.getuid !== undefined && statSync(dir).uid !== process.getuid();
}

/** Whether a start may close an open directory to others. */
export function mayClose(dir: string): boolean {
  return OURS.some((name) => existsSync(join(dir, name))) || readdirSync(dir).length === 0;
}

/** Makes a file of the data directory, so that it is 0600 from its first byte. Throws MusherError DATA_DIR_UNUSABLE. */
export function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
    if (isOpen(file)) chmodSync(file, 0o600);
  } catch (cause) {
    throw unusable(file, cause);
  }
}

/** The error for what can't be made or written, in words that name the system's own reason. */
export function unusable(path: string, cause: unknown): MusherError {
  const { code } = cause as NodeJS.ErrnoException;
  const why =
    {
      EACCES: 'Musher has no permission to write there',
      EPERM: 'Musher has no permission to write there',
      EROFS: 'the disk is read-only',
      ENOSPC: 'the disk is full',
      EDQUOT: 'the disk quota is used up',
      EEXIST: 'a file is in the way',
      ENOTDIR: 'a file is in the way',
      EISDIR: 'a folder is in the way',
    }[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
  return new MusherError(
    'DATA_DIR_UNUSABLE',
    `${path} cannot be created or written: ${why}.`,
    'Fix that, or choose another data directory with --data DIR or data_dir in bot.toml.',
    { cause },
  );
}

import { tmpdir } from 'node:os';
import { statfs } from 'node:fs/promises';
import { AS_ROOT, isRoot } from '../../app/lifecycle/greeting.ts';
import { MusherError } from '../../errors.ts';
import { checkGitVersion } from '../../git/repository.ts';
import { existingFolder, failure, good, warning } from './check.ts';
import type { Check } from './check.ts';

/** The launcher has refused anything older already: this line is for the reader of a report. */
export const node: Check = () => [good('node', `${process.versions.node} (${process.execPath})`)];

/** Whose rights agents have where nothing holds them. */
export const user: Check = () => [
  isRoot()
    ? warning('user', AS_ROOT, 'Run Musher as a user of its own.')
    : good('user', `not root (uid ${process.geteuid?.() ?? 'unknown'})`),
];

export const git: Check = async () => {
  try {
    return [good('git', await checkGitVersion(tmpdir()))];
  } catch (error) {
    if (!(error instanceof MusherError)) throw error;
    return [failure('git', error.message, error.hint)];
  }
};

export const sqlite: Check = async () => {
  const fix = 'Install Musher again to get the right version of better-sqlite3.';
  try {
    // Loaded here: a library that does not fit this machine is a finding, not a crash of the doctor.
    const { openDatabase, sqliteVersion, compareVersions, OLDEST_SQLITE } = await import('../../log/database.ts');
    const db = openDatabase(':memory:');
    const version = sqliteVersion(db);
    db.close();
    if (compareVersions(version, OLDEST_SQLITE) >= 0) return [good('sqlite', version)];
    return [failure('sqlite', `${version} has a bug that can damage the log; Musher needs ${OLDEST_SQLITE}`, fix)];
  } catch (error) {
    return [failure('sqlite', `cannot be used: ${error instanceof Error ? error.message : String(error)}`, fix)];
  }
};

const MEBIBYTE = 2 ** 20;
/** A worktree of a middling repository with its dependencies needs about this much. */
const COMFORTABLE = 1024 * MEBIBYTE;
/** Below this, not even the log can be sure to be written. */
const TOO_LITTLE = 100 * MEBIBYTE;

export const disk: Check = async ({ dataDir }) => {
  if (dataDir === null) return [];
  const { bavail, bsize } = await statfs(existingFolder(dataDir));
  const free = bavail * bsize;
  const what = `${Math.floor(free / MEBIBYTE).toLocaleString('en')} MiB free for ${dataDir}`;
  if (free < TOO_LITTLE) return [failure('disk', what, 'Free some space, or choose another data_dir.')];
  return free < COMFORTABLE ? [warning('disk', what, 'Worktrees need space: 1 GiB or more.')] : [good('disk', what)];
};

import { randomUUID } from 'node:crypto';
import { linkSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommitSha } from '../pipeline/values.ts';
import { isThere, mkdir, writeFile } from '../small-files.ts';
import type { OwnDir } from './own-dir.ts';
import { readPlain } from './worktree/linked.ts';

/** Refs that only Musher writes. Git keeps no reflog of them. */
const OWN = /^refs\/musher\/[\w-]+(?:\/[\w-]+)+$/;

/**
 * Makes a ref of Musher's own as git does, whole or not at all, and without a process. False where it is there already; null:
 * only git can say or do it. What a Musher that is killed leaves begins with a dot, and git passes over it.
 */
export async function createOwnRef(git: OwnDir, name: string, to: CommitSha): Promise<boolean | null> {
  // Git would refuse a ref to a commit that is not there.
  if (!isPlain(git, name) || (await git.commit(to)) === null || (await git.packedRefs.get(name)) !== null) return null;
  const file = join(git.commonDir, name);
  const fresh = join(dirname(file), `.musher-${randomUUID()}`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(fresh, `${to}\n`, { flag: 'wx' });
    try {
      if (await isThere(`${file}.lock`)) return null;
      linkSync(fresh, file);
      return true;
    } finally {
      unlinkSync(fresh);
    }
  } catch (error) {
    // A file system without links, or something else in its place: git says what.
    return error instanceof Error && 'code' in error && error.code === 'EEXIST' && (await readPlain(file)) !== null ? false : null;
  }
}

/**
 * Deletes a ref of Musher's own that holds `old`, without a process; null: only git can say or do it. Where somebody packs refs
 * at this very moment, it may be there again: only for refs which that does not harm.
 */
export async function deleteOwnRef(git: OwnDir, name: string, old: CommitSha): Promise<boolean | null> {
  const file = join(git.commonDir, name);
  const busy = [join(git.commonDir, 'packed-refs.lock'), `${file}.lock`];
  for (const lock of busy) if (await isThere(lock)) return null;
  if (!isPlain(git, name) || (await git.packedRefs.get(name)) !== null || (await readPlain(file)) !== `${old}\n`) return null;
  try {
    unlinkSync(file);
    return true;
  } catch {
    return null;
  }
}

/** Whether a file written here is as git would write it. */
function isPlain(git: OwnDir, name: string): boolean {
  return git.sharing === null && OWN.test(name);
}

import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BOUNDS } from '../../bounds.ts';
import type { Context } from '../context.ts';
import type { GitAnswer } from '../run.ts';
import type { RunHow } from '../own-dir.ts';
import { readPlain } from '../worktree/linked.ts';
import { entriesOf, lookAt, toText } from './paths.ts';
import { removeFolder } from '../../remove-folder.ts';

/** A repository that an agent can write to, read by Musher's git without its configuration. */
export interface Foreign {
  /** Runs git on its objects and refs with everything else pinned. */
  readonly run: (args: readonly string[], how?: Omit<RunHow, 'repository'>) => Promise<GitAnswer>;
}

/** The most files and folders of a git directory that are checked before git opens it; a larger one isn't read. */
const MOST_ENTRIES = BOUNDS.foreignEntries;

/**
 * Opens a git directory for reading and calls `work` with it. Null where it holds something that git would follow or wait
 * for: links, pipes, or more than anybody looks through. `name`: of a folder that nobody else uses meanwhile.
 */
export async function readForeign<T>(at: Context, gitDir: string, name: string, work: (foreign: Foreign) => Promise<T>): Promise<T | null> {
  if (!(await isPlain(gitDir))) return null;
  const path = join(at.git.path, 'inside', name);
  const from = toText(gitDir);
  await removeFolder(path);
  try {
    await mkdir(join(path, 'objects'), { recursive: true, mode: 0o700 });
    for (const shared of ['refs', 'packed-refs', 'shallow']) await symlink(join(from, shared), join(path, shared));
    // git looks for reflogs in no folder that is a link.
    if ((await lookAt(`${gitDir}/logs`)) !== null) await cp(join(from, 'logs'), join(path, 'logs'), { recursive: true });
    const head = ((await readPlain(join(from, 'HEAD'))) ?? '').trim();
    const isHead = /^(?:ref: refs\/[^\s\0]+|[0-9a-f]{40}|[0-9a-f]{64})$/.test(head);
    await writeFile(join(path, 'HEAD'), `${isHead ? head : 'ref: refs/heads/musher-has-no-head'}\n`);
    await writeFile(join(path, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tlogallrefupdates = true\n');
    const repository = { path, objects: join(from, 'objects') };
    return await work({ run: (args, how = {}) => at.git.run(args, { ...how, repository }) });
  } finally {
    await removeFolder(path);
  }
}

/** Whether what git reads of a git directory is nothing but files and folders. */
async function isPlain(gitDir: string): Promise<boolean> {
  let left = MOST_ENTRIES;
  const look = async (path: string): Promise<boolean> => {
    if (path.length > BOUNDS.path) return false;
    for (const { name, kind } of await entriesOf(path)) {
      left -= 1;
      if (left < 0 || (kind !== 'file' && kind !== 'folder')) return false;
      if (kind === 'folder' && !(await look(`${path}/${name}`))) return false;
    }
    return true;
  };
  for (const name of ['HEAD', 'index', 'packed-refs', 'shallow']) {
    const found = await lookAt(`${gitDir}/${name}`);
    if (found !== null && !found.isFile()) return false;
  }
  for (const name of ['refs', 'logs', 'objects']) {
    const found = await lookAt(`${gitDir}/${name}`);
    if (found === null ? name !== 'logs' : !found.isDirectory() || !(await look(`${gitDir}/${name}`))) return false;
  }
  return true;
}

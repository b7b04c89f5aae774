import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommitSha } from '../../pipeline/values.ts';
import { packOf } from '../objects/pack.ts';
import type { Context } from '../context.ts';
import { checkRoom } from '../worktree/room.ts';
import type { OwnDir } from '../own-dir.ts';
import { complaintOf } from '../run.ts';
import { checkCommand } from './base.ts';
import { removeFolder } from '../../remove-folder.ts';

/** What git says where it turns objects down; plumbing says nothing worse. */
const TURNED_DOWN = [1, 128];
/** For files that nobody needs after a crash. */
const UNSYNCED = ['-c', 'core.fsync=none'];

/**
 * Why a server that checks what it receives would turn down what `commit` adds to `base`: malformed trees, double or forbidden
 * names, bad modes, missing objects. In git's words; null: it would take it. Agents write objects without git, and what is once
 * on the base branch can't be pushed any more.
 */
export async function refusedObjects(at: Context, base: CommitSha, commit: CommitSha): Promise<string | null> {
  const folder = join(at.git.path, 'checks', commit);
  const objects = join(at.repository.commonDir, 'objects');
  await mkdir(join(folder, 'info'), { recursive: true });
  await mkdir(join(folder, 'pack'));
  try {
    // git writes a pack among the objects and renames it to its place, which may be on another disk than those of the repository.
    await writeFile(join(folder, 'info', 'alternates'), (await placesOf(objects)).map((place) => `${quoted(place)}\n`).join(''));
    const repository = { path: at.git.path, objects: folder };
    const made = await packOf(at.git, base, commit);
    let file = join(folder, 'new.pack');
    if (made !== null) await writeFile(file, made);
    else {
      // Not made small, and not waited for until it is on the disk: it is read once, at once.
      const pack = [...UNSYNCED, 'pack-objects', '--revs', '--quiet', '--window=0', join(folder, 'new')];
      const packed = await at.git.run(pack, { input: `${commit}\n^${base}\n`, answers: TURNED_DOWN, repository });
      if (packed.exitCode !== 0) return await complaint(at.git, folder, 'pack-objects', packed.stderr);
      file = join(folder, `new-${packed.stdout.toString('latin1').trim()}.pack`);
    }
    const checked = await at.git.run([...UNSYNCED, 'index-pack', '--strict', '-o', join(folder, 'checked.idx'), file], {
      answers: TURNED_DOWN,
      repository,
    });
    return checked.exitCode === 0 ? null : await complaint(at.git, folder, 'index-pack', checked.stderr);
  } finally {
    await removeFolder(folder);
  }
}

/** Where a repository's objects are: some versions of git take no relative place from a repository that is itself borrowed from. */
async function placesOf(objects: string): Promise<string[]> {
  const borrowed = await readFile(join(objects, 'info', 'alternates'), 'utf8').catch(() => '');
  const plain = borrowed.split('\n').filter((line) => line !== '' && !/^["#]/.test(line));
  return [objects, ...plain.map((line) => resolve(objects, line))];
}

/** A path as a line of `alternates`, which begins with a quotation mark where it is quoted as in C. */
function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** In git's words. Throws where the disk has no room for the check, or git does not work: that says nothing of the objects. */
async function complaint(git: OwnDir, folder: string, command: string, said: string): Promise<string> {
  await checkRoom([folder]);
  await checkCommand(git, command);
  const line = said.split('\n').find((one) => one.trim() !== '') ?? 'git gives no reason';
  // People are shown eight digits of a hash, and no folder of a server.
  return complaintOf(line).replaceAll(/\b([0-9a-f]{8})[0-9a-f]{32,56}\b/g, '$1');
}

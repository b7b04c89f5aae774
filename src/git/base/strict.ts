import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitSha } from '../../pipeline/values.ts';
import type { Context } from '../context.ts';
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
  await mkdir(folder, { recursive: true });
  try {
    // Not made small, and not waited for until it is on the disk: it is read once, at once.
    const pack = [...UNSYNCED, 'pack-objects', '--revs', '--quiet', '--window=0', join(folder, 'new')];
    const packed = await at.git.run(pack, { input: `${commit}\n^${base}\n`, answers: TURNED_DOWN });
    if (packed.exitCode !== 0) return complaint(packed.stderr);
    const file = join(folder, `new-${packed.stdout.toString('latin1').trim()}.pack`);
    const checked = await at.git.run([...UNSYNCED, 'index-pack', '--strict', '-o', join(folder, 'checked.idx'), file], {
      answers: TURNED_DOWN,
    });
    return checked.exitCode === 0 ? null : complaint(checked.stderr);
  } finally {
    await removeFolder(folder);
  }
}

function complaint(said: string): string {
  const line = said.split('\n').find((one) => one.trim() !== '') ?? 'git gives no reason';
  // People are shown eight digits of a hash.
  return line.replaceAll(/\b([0-9a-f]{8})[0-9a-f]{32,56}\b/g, '$1');
}

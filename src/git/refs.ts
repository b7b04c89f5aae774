import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommitSha, commitSha } from '../pipeline/values.ts';
import { lstat } from '../small-files.ts';
import { readPlain } from './worktree/linked.ts';
import type { OwnDir } from './own-dir.ts';
import { createOwnRef } from './own-refs.ts';

export interface Ref {
  readonly name: string;
  readonly sha: CommitSha;
}

/** Text of git that must be an object name; anything else is a bug of ours. */
export function sha(text: string): CommitSha {
  const value = commitSha(text.trim());
  if (value === null) throw new Error(`git answered ${JSON.stringify(text.slice(0, 100))} where an object name was expected`);
  return value;
}

/** What a full ref name (`refs/heads/main`) points to; null when there is no such ref. */
export async function readRef(git: OwnDir, name: string): Promise<CommitSha | null> {
  // A ref is in a file of its own or in the one of the packed ones, which git replaces whole: a process saved, and an
  // item's way asks a few dozen times. The file of its own goes only after the other was written, so it is read first.
  const loose = await looseRef(git, name);
  const found = loose === null ? await git.packedRefs.get(name) : loose;
  if (found !== 'ask') return found;
  const answer = await git.run(['show-ref', '--verify', '--hash', name], { answers: [1, 128] });
  return answer.exitCode === 0 ? sha(answer.stdout.toString('utf8')) : null;
}

/** All refs below a prefix that ends with `/`, in the order of their names; those that `isWanted` takes by their full name. */
export async function listRefs(git: OwnDir, prefix: string, isWanted: (name: string) => boolean = () => true): Promise<Ref[]> {
  const read = await readRefs(git, prefix, isWanted);
  if (read !== null) return read;
  const text = await git.line(['for-each-ref', '--format=%(objectname) %(refname)', prefix]);
  return text
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => ({ sha: sha(row.slice(0, row.indexOf(' '))), name: row.slice(row.indexOf(' ') + 1) }))
    .filter(({ name }) => isWanted(name));
}

/** What is in a ref's own file; null: it has none; `ask`: something that only git can read. */
async function looseRef(git: OwnDir, name: string): Promise<CommitSha | null | 'ask'> {
  if (name.includes('..')) return 'ask';
  const file = join(git.path, name);
  const text = await readPlain(file);
  if (text !== null) return commitSha(text.trim()) ?? 'ask';
  const there = await lstat(file).catch(() => null);
  return there === null || there.isDirectory() ? null : 'ask';
}

/** As `listRefs`, by reading files alone; null: only git can say. */
async function readRefs(git: OwnDir, prefix: string, isWanted: (name: string) => boolean): Promise<Ref[] | null> {
  const entries = await readdir(join(git.path, prefix), { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? [] : null,
  );
  if (entries === null) return null;
  const refs = new Map<string, CommitSha>();
  for (const entry of entries) {
    // Git, too, passes over these.
    if (entry.isDirectory() || entry.name.endsWith('.lock') || entry.name.startsWith('.')) continue;
    const name = join(entry.parentPath, entry.name).slice(git.path.length + 1);
    if (!isWanted(name)) continue;
    const loose = await looseRef(git, name);
    if (loose === 'ask') return null;
    if (loose !== null) refs.set(name, loose);
  }
  const packed = await git.packedRefs.under(prefix);
  if (packed === null) return null;
  for (const ref of packed) if (!refs.has(ref.name) && isWanted(ref.name)) refs.set(ref.name, ref.sha);
  return [...refs].map(([name, target]) => ({ name, sha: target })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Sets a ref only if it still holds `old` (null: only if it does not exist). False when it held something else:
 * the ref is then untouched. `why` goes into the reflog.
 */
export async function swapRef(git: OwnDir, name: string, to: CommitSha, old: CommitSha | null, why: string): Promise<boolean> {
  const made = old === null ? await createOwnRef(git, name, to) : null;
  if (made !== null) return made;
  const expected = old ?? '0'.repeat(to.length);
  const answer = await git.run(['update-ref', '-m', `musher: ${why}`, name, to, expected], { answers: [1, 128] });
  if (answer.exitCode === 0) return true;
  const now = await readRef(git, name);
  if (now !== old) return false;
  // The ref is as expected: git could not write it. Run it again for its own complaint.
  await git.run(['update-ref', '-m', `musher: ${why}`, name, to, expected]);
  return true;
}

/** Deletes a ref if it still holds `old`. False when it held something else. */
export async function deleteRef(git: OwnDir, name: string, old: CommitSha): Promise<boolean> {
  const answer = await git.run(['update-ref', '-d', name, old], { answers: [1, 128] });
  return answer.exitCode === 0;
}

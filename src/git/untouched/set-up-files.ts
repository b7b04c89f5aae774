import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Tree } from '../own-dir.ts';
import { BOUNDS } from '../../bounds.ts';

/** What a set-up made of a file, and how the file looked then: as long as it looks the same it need not be read. */
type Made = readonly [content: string, looks: string];

/** Files that a set-up has changed or left, by name. */
const recordOf = (tree: Tree): string => `${tree.index}.set-up`;
/** A file of more than that was written by something else than Musher. */
const LARGEST_BYTES = BOUNDS.setUpRecord;

/**
 * Remembers that these files are as the set-up has left them: an install that rewrites a lock file is no work of the agent that
 * comes after it. `names`: all that differs from the commit, as bytes in latin1.
 */
export async function noteSetUp(tree: Tree, names: readonly string[]): Promise<void> {
  const record = recordOf(tree);
  if (names.length === 0) {
    await rm(record, { force: true });
    return;
  }
  const made: [string, Made][] = [];
  for (const name of names) made.push([name, [await contentOf(tree, name), await looksOf(tree, name)]]);
  await writeFile(`${record}.new`, JSON.stringify(made), { mode: 0o600 });
  await rename(`${record}.new`, record);
}

/** Of these names, those that are still as the set-up has left them. */
export async function leftBySetUp(tree: Tree, names: readonly string[]): Promise<ReadonlySet<string>> {
  const made = await readRecord(tree);
  const same = new Set<string>();
  for (const name of names) {
    const was = made.get(name);
    if (was === undefined) continue;
    if (was[1] === (await looksOf(tree, name))) same.add(name);
    else if (was[0] !== '' && was[0] === (await contentOf(tree, name))) same.add(name);
  }
  return same;
}

/** The worktree is new, or goes. */
export async function forgetSetUp(tree: Tree): Promise<void> {
  await rm(recordOf(tree), { force: true });
}

async function readRecord(tree: Tree): Promise<ReadonlyMap<string, Made>> {
  const found = await lstat(recordOf(tree)).catch(() => null);
  if (found === null || found.size > LARGEST_BYTES) return new Map();
  const rows: unknown = JSON.parse(await readFile(recordOf(tree), 'utf8'));
  if (!Array.isArray(rows)) return new Map();
  return new Map(rows.filter(isRow));
}

function isRow(row: unknown): row is [string, Made] {
  if (!Array.isArray(row) || typeof row[0] !== 'string') return false;
  const made: unknown = row[1];
  return Array.isArray(made) && typeof made[0] === 'string' && typeof made[1] === 'string';
}

const pathOf = (tree: Tree, name: string): string => join(tree.path, Buffer.from(name, 'latin1').toString('utf8'));

/** What there is to a file for git: nothing, a link, or bytes that may be a program. Empty: nothing that can be compared. */
async function contentOf(tree: Tree, name: string): Promise<string> {
  const path = pathOf(tree, name);
  const found = await lstat(path).catch(() => null);
  if (found === null) return 'gone';
  if (found.isSymbolicLink()) return `link ${hash(await readlink(path).catch(() => ''))}`;
  if (!found.isFile()) return '';
  const sum = createHash('sha256');
  const read = await pipeline(createReadStream(path), sum).then(
    () => sum.digest('hex'),
    () => null,
  );
  return read === null ? '' : `${(found.mode & 0o100) === 0 ? 'file' : 'program'} ${read}`;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

async function looksOf(tree: Tree, name: string): Promise<string> {
  const found = await lstat(pathOf(tree, name), { bigint: true }).catch(() => null);
  return found === null ? 'gone' : [found.ino, found.size, found.mode, found.mtimeNs, found.ctimeNs].join(' ');
}

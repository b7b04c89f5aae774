import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** What exists, by git's name of each content. */
export type Contents = Map<string, Seen>;
interface Seen {
  readonly where: string;
  /** The name of the same with plain line ends: git may change those on the way in and out of a repository. */
  readonly plain: string;
}

/** What of `before` is no more, each with where it was. */
export function missing(before: Contents, now: Contents): string[] {
  const inPlain = new Set([...now.values()].map(({ plain }) => plain));
  return [...before].filter(([name, seen]) => !now.has(name) && !now.has(seen.plain) && !inPlain.has(name)).map(([, { where }]) => where);
}

/** The name git gives to a file's content. */
function blobOf(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function take(bytes: Buffer, where: string, into: Contents): void {
  into.set(blobOf(bytes), { where, plain: blobOf(withPlainLines(bytes)) });
}

function withPlainLines(bytes: Buffer): Buffer {
  return bytes.includes(0) ? bytes : Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

/** Takes the content of all files below a folder; ignored ones only where asked. Into repositories it looks by `repositoriesBelow`. */
export function filesBelow(root: string, into: Contents, options: { readonly ignored: boolean }): void {
  const walk = (folder: Buffer): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const name = entry.name.toString('latin1');
      if (name === '.git' || (!options.ignored && (name.endsWith('.ign') || name === 'ignored'))) continue;
      const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
      if (entry.isDirectory()) walk(path);
      else if (entry.isSymbolicLink()) take(readlinkSync(path, { encoding: 'buffer' }), path.toString('utf8'), into);
      else if (entry.isFile()) take(readFileSync(path), path.toString('utf8'), into);
    }
  };
  if (isFolder(root)) walk(Buffer.from(root));
}

/** Every git directory below a folder, of work trees and bare ones; not into their insides but for modules and worktrees. */
export function repositoriesBelow(root: string): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    const names = readdirSync(folder);
    if (['HEAD', 'objects', 'refs'].every((name) => names.includes(name))) {
      found.push(folder);
      for (const inner of ['modules', 'worktrees']) if (isFolder(join(folder, inner))) walk(join(folder, inner));
      return;
    }
    for (const name of names) if (isFolder(join(folder, name))) walk(join(folder, name));
  };
  if (isFolder(root)) walk(root);
  return found;
}

/** Takes the names of all objects that a git directory's refs and HEAD hold on to; `whole`: its reflogs and index, too. */
export function objectsOf(gitDir: string, into: Contents, whole: boolean): void {
  const list = git(gitDir, ['rev-list', '--objects', '--all', ...(whole ? ['--reflog', '--indexed-objects'] : []), ...headOf(gitDir)]);
  for (const row of list.split('\n')) if (row !== '') into.set(row.slice(0, 40), { where: `${gitDir}: ${row}`, plain: row.slice(0, 40) });
}

/** Takes the names of all objects in the history of what a worktree has checked out; nothing where its ties are broken. */
export function headObjectsOf(worktree: string, into: Contents): void {
  try {
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
    const list = execFileSync('git', ['rev-list', '--objects', 'HEAD'], {
      cwd: worktree,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for (const row of list.split('\n'))
      if (row !== '') into.set(row.slice(0, 40), { where: `HEAD of ${worktree}: ${row}`, plain: row.slice(0, 40) });
  } catch {
    // It is being made, or an agent has broken it.
  }
}

/** Takes the names of all objects that are there, also those that nothing names. */
export function allObjectsOf(gitDir: string, into: Contents): void {
  const list = git(gitDir, ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)']);
  for (const row of list.split('\n')) if (row !== '') into.set(row, { where: gitDir, plain: row });
}

/** An unborn HEAD names nothing. */
function headOf(gitDir: string): string[] {
  try {
    git(gitDir, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
    return ['HEAD'];
  } catch {
    return [];
  }
}

function git(gitDir: string, args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: gitDir,
    // A submodule's own configuration names a work tree, which may be gone.
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', GIT_DIR: gitDir, GIT_WORK_TREE: gitDir, LC_ALL: 'C' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

import { mkdirSync } from 'node:fs';
import { chmod, lstat, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../../../remove-folder.ts';
import type { FileOfItem } from '../../../log/files/file-rows.ts';
import { FileStore } from '../../../log/files/file-store.ts';
import type { WorkItem } from '../../../pipeline/types.ts';
import { itemDir, type EngineParts } from '../../parts.ts';

/** A file of an item where its agents read it. */
export interface GivenFile extends FileOfItem {
  /** Absolute, the same inside of a sandbox. */
  readonly path: string;
}

/** The folder in which the agents of an item find its files; a purge of the item removes it. Only Musher writes there. */
export function filesDir(parts: Pick<EngineParts, 'dataDir'>, project: string, item: number): string {
  return join(itemDir(parts, project, item), 'files');
}

/** Makes that folder: a sandbox shows what comes into it later only where it was there before. */
export function makeFilesDir(parts: Pick<EngineParts, 'dataDir'>, project: string, item: number): string {
  const dir = filesDir(parts, project, item);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return dir;
}

/**
 * Puts copies of an item's files where its agents can read them, none of them executable, and takes away what the item has no more.
 * Each begins with its hash, so that no name can stand for another. One that is not kept any more is left out.
 */
export async function giveFiles(
  parts: Pick<EngineParts, 'dataDir' | 'log' | 'onProblem'>,
  { project, number }: Pick<WorkItem, 'project' | 'number'>,
): Promise<readonly GivenFile[]> {
  const files = parts.log.reads.files.of(project, number);
  const dir = filesDir(parts, project, number);
  const there = await readdir(dir).catch(() => []);
  if (files.length === 0 && there.length === 0) return [];
  makeFilesDir(parts, project, number);
  const store = new FileStore(parts.dataDir);
  const given: GivenFile[] = [];
  for (const file of files) {
    const path = join(dir, givenName(file));
    if ((await isWhole(path, file)) || (await put(store, itemDir(parts, project, number), path, file))) given.push({ ...file, path });
    else parts.onProblem(`a file of ${project}#${number}`, new Error(`${file.name} is not kept any more`));
  }
  const names = new Set(given.map(givenName));
  for (const name of there) if (!names.has(name)) await removeFolder(join(dir, name));
  return given;
}

function givenName({ hash, name }: FileOfItem): string {
  return `${hash.slice(0, 8)}-${name}`;
}

async function isWhole(path: string, { bytes }: FileOfItem): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isFile() === true && found.size === bytes;
}

/** Whole or not at all: it is written beside the folder that an agent may be looking into. */
async function put(store: FileStore, beside: string, path: string, { hash }: FileOfItem): Promise<boolean> {
  const bytes = await store.read(hash);
  if (bytes === null) return false;
  const part = join(beside, `${hash}.part`);
  await rm(part, { force: true });
  await writeFile(part, bytes, { flag: 'wx', mode: 0o600 });
  await chmod(part, 0o400);
  await removeFolder(path);
  await rename(part, path);
  return true;
}

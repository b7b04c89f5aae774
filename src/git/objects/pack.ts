import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { BOUNDS } from '../../bounds.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import type { OwnDir } from '../own-dir.ts';
import type { LooseObject } from './loose.ts';
import { FOLDER, SUBMODULE } from './tree-objects.ts';

/** What objects are called in a pack. */
const KINDS: Readonly<Record<string, number>> = { commit: 1, tree: 2, blob: 3 };

/**
 * A pack of what a commit holds besides the trees and files that its one parent has in the same places, made without a process.
 * Null: git has to make it, because something of it is packed, missing or large.
 */
export async function packOf(git: OwnDir, parent: CommitSha, commit: CommitSha): Promise<Buffer | null> {
  const [old, now] = [await git.commit(parent), await git.commit(commit)];
  if (old === null || now === null || now.parents.length !== 1 || now.parents[0] !== parent) return null;
  const names = new Set<string>([commit]);
  if (!(await addNew(git, old.tree, now.tree, names))) return null;
  const found: LooseObject[] = [];
  let bytes = 0;
  for (const name of names) {
    const object = await git.loose(name, BOUNDS.packedObjects - bytes);
    if (object === null) return null;
    bytes += object.body.length;
    found.push(object);
  }
  return packed(found, git.objectFormat);
}

/** Adds the names of trees and files; false: not all of it can be read, or it is too much. Null: there is no such folder. */
async function addNew(git: OwnDir, from: string | null, to: string, names: Set<string>): Promise<boolean> {
  if (from === to || names.has(to)) return true;
  if (names.size >= BOUNDS.treeChanges) return false;
  names.add(to);
  const [old, now] = [from === null ? [] : await git.tree(from), await git.tree(to)];
  if (old === null || now === null) return false;
  const before = new Map(old.map((entry) => [entry.name, entry]));
  for (const { mode, name, object } of now) {
    const was = before.get(name);
    if (mode === SUBMODULE || was?.object === object) continue;
    if (mode !== FOLDER) names.add(object);
    else if (!(await addNew(git, was?.mode === FOLDER ? was.object : null, object, names))) return false;
  }
  return true;
}

function packed(objects: readonly LooseObject[], format: 'sha1' | 'sha256'): Buffer {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(objects.length, 8);
  const all = Buffer.concat([head, ...objects.flatMap(({ kind, body }) => [headerOf(KINDS[kind] ?? 0, body.length), deflateSync(body)])]);
  return Buffer.concat([all, createHash(format).update(all).digest()]);
}

/** Kind and size: four bits of the size in the first byte, seven in each that follows. */
function headerOf(kind: number, size: number): Buffer {
  const bytes = [(kind << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 128;
    bytes.push(rest & 127);
  }
  return Buffer.from(bytes);
}

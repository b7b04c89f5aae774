import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitSha } from '../../pipeline/values.ts';
import { readBlobs } from '../objects/blobs.ts';
import type { OwnDir } from '../own-dir.ts';
import { removeFolder } from '../../remove-folder.ts';
import { BOUNDS } from '../../bounds.ts';

/** Attributes that decide how two versions of a file become one: `merge=union`, `-merge`, `binary`, a macro; `eol` where the owner renormalises. */
const ABOUT_MERGES = /merge|binary|conflict-marker-size|\[attr\]|text|eol/;
/** Bytes of all attributes files together. What does not fit is as if it were not there. */
const MOST_BYTES = BOUNDS.attributes;
/** More folders than git is asked about by name; then it is asked for all files of the commit. */
const MOST_FOLDERS = BOUNDS.attributeFolders;

/**
 * Does `merge` in a folder that holds the attributes of a commit, as far as they are about these files (names as bytes in
 * latin1): git reads none of them when it merges without working files. Null: none is about merges, and nothing was done.
 */
export async function withMergeAttributes<T>(
  git: OwnDir,
  commit: CommitSha,
  files: readonly string[],
  merge: (folder: string) => Promise<T>,
): Promise<T | null> {
  const found = await attributesFor(git, commit, files);
  if (![...found.values()].some((text) => ABOUT_MERGES.test(text.toString('latin1')))) return null;
  const folder = await mkdtemp(join(git.path, 'merging-'));
  const inside = (name: string): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
  try {
    for (const [name, text] of found) {
      await mkdir(inside(name.slice(0, name.lastIndexOf('/') + 1)), { recursive: true });
      await writeFile(inside(name), text);
    }
    return await merge(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** The attributes files of a commit that git would read for these files. */
async function attributesFor(git: OwnDir, commit: CommitSha, files: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const wanted = new Set(
    files
      .filter(isPlain)
      .flatMap(foldersOf)
      .map((folder) => `${folder}.gitattributes`),
  );
  const which =
    wanted.size > MOST_FOLDERS
      ? ['-r', commit]
      : [commit, '--', ...[...wanted].map((name) => Buffer.from(name, 'latin1').toString('utf8'))];
  const { stdout } = await git.run(['ls-tree', '-z', ...which]);
  const rows = stdout.toString('latin1').split('\0');
  const names = new Map<string, string>();
  for (const row of rows) {
    // A link is no attributes file for git.
    const [, blob, name] = /^100\d{3} blob ([0-9a-f]+)\t(.*)$/s.exec(row) ?? [];
    if (blob !== undefined && name !== undefined && wanted.has(name)) names.set(name, blob);
  }
  if (names.size === 0) return new Map();
  const blobs = await readBlobs(git, [...new Set(names.values())], MOST_BYTES);
  return new Map(
    [...names].flatMap(([name, blob]) => {
      const text = blobs.get(blob);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

/** A tree that was made by hand may hold names that lead out of it. */
const isPlain = (name: string): boolean => !name.split('/').some((part) => /^(?:|\.|\.\.|\.git)$/i.test(part));

/** The folders on the way to a file, the root (an empty text) first, each with its `/`. */
function foldersOf(name: string): string[] {
  const parts = name.split('/');
  return parts.map((_, depth) =>
    parts
      .slice(0, depth)
      .map((part) => `${part}/`)
      .join(''),
  );
}

import { createHash, randomUUID } from 'node:crypto';
import { linkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, deflateSync } from 'node:zlib';
import { type CommitSha, commitSha, type Millis } from '../../pipeline/values.ts';
import { mkdir, utimes } from '../../small-files.ts';
import type { Objects } from './loose.ts';

/** A commit as it is to be written. Its tree and parents are there. */
export interface NewCommit {
  readonly tree: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly author: { readonly name: string; readonly email: string };
  readonly committer: { readonly name: string; readonly email: string };
  readonly at: Millis;
  /** Ends with a line break. */
  readonly message: string;
}

/** What git strips from the ends of names and addresses. */
const STRIPPED = /^[\s\0-\x20.,:;<>"\\']|[\s\0-\x20.,:;<>"\\']$/;

/**
 * Writes a commit object as git does, byte by byte, and without a process. Null: git has to write it, because it would change
 * something of what it is given. Like git it doesn't wait for the disk.
 */
export async function writeCommit({ folder, format }: Objects, commit: NewCommit): Promise<CommitSha | null> {
  const { author, committer, message, parents } = commit;
  const words = [author.name, author.email, committer.name, committer.email];
  if (words.some((word) => word === '' || STRIPPED.test(word) || /[<>\n]/.test(word))) return null;
  // Git takes such characters for bytes of another encoding, and leaves out a parent that is there twice.
  if (/\p{Noncharacter_Code_Point}|\0/u.test([...words, message].join('')) || new Set(parents).size !== parents.length) return null;
  const seconds = Math.floor(commit.at / 1000);
  const text = [
    `tree ${commit.tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${author.name} <${author.email}> ${seconds} +0000`,
    `committer ${committer.name} <${committer.email}> ${seconds} +0000`,
    '',
    message,
  ].join('\n');
  const body = Buffer.from(text);
  const raw = Buffer.concat([Buffer.from(`commit ${body.length}\0`), body]);
  const name = commitSha(createHash(format).update(raw).digest('hex'));
  return name !== null && (await put(join(folder, name.slice(0, 2)), name.slice(2), raw)) ? name : null;
}

/** Whole or not at all. What a Musher that is killed leaves has the name that git gives such files, and `git gc` removes it. */
async function put(folder: string, file: string, raw: Buffer): Promise<boolean> {
  const fresh = join(folder, `tmp_obj_${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    writeFileSync(fresh, deflateSync(raw, { level: constants.Z_BEST_SPEED }), { flag: 'wx', mode: 0o444 });
    try {
      linkSync(fresh, join(folder, file));
    } finally {
      unlinkSync(fresh);
    }
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return false;
    // The same commit: it is as young again, so that nobody clears it away before a ref holds it.
    const now = Date.now() / 1000;
    return utimes(join(folder, file), now, now).then(
      () => true,
      () => false,
    );
  }
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { type CommitSha, commitSha, type Millis } from '../pipeline/values.ts';
import { readRegular } from '../small-files.ts';
import { BOUNDS } from '../bounds.ts';

/** A commit as its object says. */
export interface CommitObject {
  readonly sha: CommitSha;
  readonly tree: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly committedAt: Millis;
  /** Null where its words need more than UTF-8: git has to render those. */
  readonly words: { readonly author: string; readonly subject: string } | null;
}

/** Reads commits without a process; null: git has to be asked, because the commit is packed or not there. */
export type CommitReader = (name: CommitSha) => Promise<CommitObject | null>;

/** Commits that are remembered, of some hundred bytes each. */
const MOST_KNOWN = BOUNDS.commitsKnown;
/** Larger commit objects are left to git, so that a small file can't unpack to a large one here. */
const LARGEST_BYTES = BOUNDS.commitObject;

/**
 * Reads the commits that lie in files of their own, as new ones do, and remembers them: a process of git costs some
 * milliseconds, and an item asks a few dozen times. The name is the hash of what was read, so no planted file lies.
 */
export function commitReader(objects: string, format: 'sha1' | 'sha256'): CommitReader {
  const known = new Map<CommitSha, CommitObject>();
  return async (name) => {
    const found = known.get(name) ?? (await readLoose(objects, format, name));
    if (found === null) return null;
    // The most recently used entry is last, the least recently used first.
    known.delete(name);
    known.set(name, found);
    const oldest = known.size > MOST_KNOWN ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return found;
  };
}

async function readLoose(objects: string, format: 'sha1' | 'sha256', name: CommitSha): Promise<CommitObject | null> {
  const packed = await readRegular(join(objects, name.slice(0, 2), name.slice(2)), LARGEST_BYTES).catch(() => null);
  if (packed === null) return null;
  const raw = unpack(packed);
  if (raw === null || createHash(format).update(raw).digest('hex') !== name) return null;
  const end = raw.indexOf(0);
  return raw.subarray(0, end).toString('latin1').startsWith('commit ') ? parse(name, raw.subarray(end + 1).toString('utf8')) : null;
}

/** Null: it is no packed object, or a larger one. */
function unpack(packed: Buffer): Buffer | null {
  try {
    return inflateSync(packed, { maxOutputLength: LARGEST_BYTES });
  } catch {
    return null;
  }
}

function parse(name: CommitSha, text: string): CommitObject | null {
  const end = text.indexOf('\n\n');
  const headers = (end === -1 ? text : text.slice(0, end)).split('\n');
  const tree = commitSha(headers[0]?.replace(/^tree /, '') ?? '');
  const parents = headers.filter((line) => line.startsWith('parent ')).map((line) => commitSha(line.slice('parent '.length)));
  const [, author = ''] = /^author (.*?) ?<[^<>]*> -?\d+ [+-]\d{4}$/.exec(headers.find((line) => line.startsWith('author ')) ?? '') ?? [];
  const committer = headers.find((line) => line.startsWith('committer ')) ?? '';
  const [, seconds] = /> (\d+) [+-]\d{4}$/.exec(committer) ?? [];
  if (tree === null || seconds === undefined) return null;
  const foreign = headers.some((line) => line.startsWith('encoding ')) || text.includes('\uFFFD');
  return {
    sha: name,
    tree,
    parents: parents.filter((parent) => parent !== null),
    committedAt: Number(seconds) * 1000,
    words: foreign || author === '' ? null : { author, subject: subjectOf(end === -1 ? '' : text.slice(end + 2)) },
  };
}

/** The lines of the first paragraph as one, as `%s` of git gives them. */
function subjectOf(message: string): string {
  const lines = message.replace(/^(?:[ \t]*\n)+/, '').split('\n');
  const end = lines.findIndex((line) => line.trim() === '');
  return (end === -1 ? lines : lines.slice(0, end)).map((line) => line.trimEnd()).join(' ');
}

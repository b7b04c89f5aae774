import { BOUNDS } from '../../bounds.ts';
import { type CommitSha, commitSha, type Millis } from '../../pipeline/values.ts';
import { type Objects, readLoose, Remembered } from './loose.ts';

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

/** Larger commit objects are left to git. */
const LARGEST_BYTES = BOUNDS.commitObject;

/**
 * Reads the commits that lie in files of their own, as new ones do, and remembers them: a process of git costs some
 * milliseconds, and an item asks a few dozen times.
 */
export function commitReader(objects: Objects): CommitReader {
  const known = new Remembered<CommitObject>(BOUNDS.commitsKnown);
  return async (name) => {
    const remembered = known.get(name);
    if (remembered !== null) return remembered;
    const loose = await readLoose(objects, name, LARGEST_BYTES);
    const found = loose?.kind === 'commit' ? parse(name, loose.body.toString('utf8')) : null;
    if (found !== null) known.set(name, found);
    return found;
  };
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

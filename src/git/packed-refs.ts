import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { type CommitSha, commitSha } from '../pipeline/values.ts';
import { BOUNDS } from '../bounds.ts';

/** Larger files of packed refs are left to git. */
const LARGEST_BYTES = BOUNDS.packedRefs;

/** The refs in git's `packed-refs` file, read again only when the file has changed. */
export class PackedRefs {
  readonly #file: string;
  #stamp = '';
  #text = '';

  /** `file`: may be a link to the repository's own. */
  constructor(file: string) {
    this.#file = file;
  }

  /** What a full name points to; null: it is not packed; `ask`: only git can say. */
  async get(name: string): Promise<CommitSha | null | 'ask'> {
    const text = await this.#read();
    if (text === null) return 'ask';
    const at = text.indexOf(` ${name}\n`);
    return at === -1 ? null : (commitSha(text.slice(text.lastIndexOf('\n', at) + 1, at)) ?? 'ask');
  }

  /** All packed refs whose name begins with a prefix; null: only git can say. */
  async under(prefix: string): Promise<{ readonly name: string; readonly sha: CommitSha }[] | null> {
    const text = await this.#read();
    if (text === null) return null;
    const found: { name: string; sha: CommitSha }[] = [];
    for (let at = text.indexOf(` ${prefix}`); at !== -1; at = text.indexOf(` ${prefix}`, at + 1)) {
      const sha = commitSha(text.slice(text.lastIndexOf('\n', at) + 1, at));
      if (sha === null) return null;
      found.push({ name: text.slice(at + 1, text.indexOf('\n', at)), sha });
    }
    return found;
  }

  /** The whole text, ending with a line end. */
  async #read(): Promise<string | null> {
    let file: number;
    try {
      file = openSync(this.#file, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? '' : null;
    }
    try {
      const found = fstatSync(file, { bigint: true });
      if (!found.isFile() || found.size > LARGEST_BYTES) return null;
      // git replaces the file whole, so the same one has the same content.
      const stamp = `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
      if (stamp !== this.#stamp) {
        this.#text = `${readFileSync(file, 'utf8')}\n`;
        this.#stamp = stamp;
      }
      return this.#text;
    } finally {
      closeSync(file);
    }
  }
}

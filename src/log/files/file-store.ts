import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crashPoint } from '../../crash-point.ts';
import type { Millis } from '../../pipeline/values.ts';

const HASH = /^[0-9a-f]{64}$/;
/** What no item has is kept so long: a message may still be in progress, and an older log may come back from a backup. */
const UNUSED_MS = 7 * 24 * 60 * 60_000;

/**
 * The bytes of files that people sent, beside the log and each named by its hash: no name that anybody gave is ever a path here,
 * nothing of it is executable, and the same file is there once.
 */
export class FileStore {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'files');
  }

  /** Keeps a file and gives its hash; on the disk when it resolves. */
  async keep(bytes: Uint8Array): Promise<string> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const part = join(this.#folder, `${randomUUID()}.part`);
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, join(this.#folder, hash));
    crashPoint('after-file-kept');
    return hash;
  }

  /** The bytes of a file; null where it is gone, or is not what its hash says. */
  async read(hash: string): Promise<Buffer | null> {
    if (!HASH.test(hash)) return null;
    const bytes = await readFile(join(this.#folder, hash)).catch(() => null);
    return bytes !== null && createHash('sha256').update(bytes).digest('hex') === hash ? bytes : null;
  }

  /** Takes files away at once, as a purge does. */
  async forget(hashes: readonly string[]): Promise<void> {
    for (const hash of hashes) if (HASH.test(hash)) await rm(join(this.#folder, hash), { force: true });
  }

  /** Takes away what no item has and nobody has touched for a week; returns how many. */
  async sweep(isKept: (hash: string) => boolean, now: Millis): Promise<number> {
    let gone = 0;
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (HASH.test(name) && isKept(name)) continue;
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => null);
      if (found === null || !found.isFile() || now - found.mtimeMs < UNUSED_MS) continue;
      await rm(path, { force: true });
      gone += 1;
    }
    return gone;
  }
}

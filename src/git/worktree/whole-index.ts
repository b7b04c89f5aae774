import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Larger index files, of some hundred thousand files, are left to git. */
const LARGEST_BYTES = 64 * 1024 * 1024;
/** Twelve bytes of header, and the hash at the end. */
const SMALLEST_BYTES = 32;

/**
 * Whether a worktree's own index, which agents can write, is one that git can read, by its signature and its checksum.
 * `false`: there is no such file; `ask`: only git can say.
 */
export async function isWholeIndex(path: string): Promise<boolean | 'ask'> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return false;
  try {
    const found = await file.stat();
    if (!found.isFile()) return false;
    if (found.size < SMALLEST_BYTES || found.size > LARGEST_BYTES) return 'ask';
    const bytes = await file.readFile();
    const version = bytes.readUInt32BE(4);
    if (bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) return 'ask';
    // A split index needs another file, which may be gone.
    if (bytes.includes('link')) return 'ask';
    const matches = (['sha1', 'sha256'] as const).some((format) => {
      const length = format === 'sha1' ? 20 : 32;
      const end = bytes.length - length;
      return createHash(format).update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end));
    });
    return matches ? true : 'ask';
  } finally {
    await file.close();
  }
}

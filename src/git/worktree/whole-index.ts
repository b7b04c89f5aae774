import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { BOUNDS } from '../../bounds.ts';

/** Larger index files, of some hundred thousand files, are left to git. */
const LARGEST_BYTES = BOUNDS.indexChecked;
/** Twelve bytes of header, and the hash at the end. */
const SMALLEST_BYTES = 32;
const HEADER_BYTES = 12;
/** What an entry says of the file, before the object's name; then two bytes of flags, or four where they are extended. */
const STAT_BYTES = 40;
const STAGE = 0x3000;
const EXTENDED = 0x4000;

/**
 * Whether a worktree's own index, which agents can write, is one that git can read, by its signature and its checksum.
 * `false`: there is no such file; `ask`: only git can say.
 */
export async function isWholeIndex(path: string): Promise<boolean | 'ask'> {
  const bytes = await readIndex(path);
  if (bytes === null) return false;
  if (bytes === 'ask') return 'ask';
  // A split index needs another file, which may be gone.
  if (bytes.includes('link')) return 'ask';
  return hashBytes(bytes) === null ? 'ask' : true;
}

/** Whether a worktree's own index has a conflict in it, which keeps git from committing. False where it can't be read. */
export async function hasConflict(path: string): Promise<boolean> {
  const bytes = await readIndex(path);
  const hash = bytes === null || bytes === 'ask' ? null : hashBytes(bytes);
  if (bytes === null || bytes === 'ask' || hash === null) return false;
  const isV4 = bytes.readUInt32BE(4) === 4;
  let at = HEADER_BYTES;
  for (let left = bytes.readUInt32BE(8); left > 0 && at + STAT_BYTES + hash + 2 < bytes.length - hash; left -= 1) {
    const flags = bytes.readUInt16BE(at + STAT_BYTES + hash);
    if ((flags & STAGE) !== 0) return true;
    // The name ends with a NUL; before version 4 more of them fill the entry up to eight bytes.
    const end = bytes.indexOf(0, at + STAT_BYTES + hash + ((flags & EXTENDED) === 0 ? 2 : 4) + (isV4 ? 1 : 0));
    if (end === -1) return false;
    at = isV4 ? end + 1 : at + ((end - at + 8) & ~7);
  }
  return false;
}

/** Null: no file that can be read; `ask`: too large, or no index of a known version. */
async function readIndex(path: string): Promise<Buffer | null | 'ask'> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile()) return null;
    if (found.size < SMALLEST_BYTES || found.size > LARGEST_BYTES) return 'ask';
    const bytes = await file.readFile();
    const version = bytes.length < SMALLEST_BYTES ? 0 : bytes.readUInt32BE(4);
    return bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4 ? 'ask' : bytes;
  } finally {
    await file.close();
  }
}

/** How long the object names in an index are, by which of the two checksums it ends with; null: neither is right. */
function hashBytes(bytes: Buffer): 20 | 32 | null {
  for (const [format, length] of [
    ['sha1', 20],
    ['sha256', 32],
  ] as const) {
    const end = bytes.length - length;
    if (createHash(format).update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end))) return length;
  }
  return null;
}

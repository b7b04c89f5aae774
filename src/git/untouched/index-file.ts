import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { BOUNDS } from '../../bounds.ts';

/** Larger index files, of a million files, are not read: then nothing is known of them. */
const LARGEST_BYTES = BOUNDS.indexFile;
/** Entries between two turns of the event loop: about 2 ms. */
const ENTRIES_AT_ONCE = 10_000;
const HEADER_BYTES = 12;

/** What an index says of a file. */
export interface IndexEntry {
  /** As git writes it in trees, such as 100644. */
  readonly mode: string;
  readonly blob: string;
  /** The file's stamp and size when git last read it. */
  readonly seen: string;
  /** 0 also where git has doubts: the file was written in the same second as the index, and its content is not what git would store. */
  readonly size: number;
}

/** Parts of an index file. Names are bytes in latin1. */
export interface IndexFile {
  /** Of the names that were asked for. */
  readonly entries: ReadonlyMap<string, IndexEntry>;
  /** Files marked `skip-worktree`. */
  readonly skipped: ReadonlySet<string>;
  /** Folders, with their `/`, that a sparse index holds as one entry each. */
  readonly skippedFolders: readonly string[];
  /** Files marked `assume-unchanged`. */
  readonly assumed: ReadonlySet<string>;
  /** Whether it names an attributes file. */
  readonly attributes: boolean;
}

/**
 * Reads an index file without git: what it says of the named files, and which files git does not look at. A process costs more,
 * and git answers no such question in one. Null: there is none that can be read. `split`: most of it is in another file.
 */
export async function readIndexFile(
  path: string,
  format: 'sha1' | 'sha256',
  names: ReadonlySet<string>,
): Promise<IndexFile | 'split' | null> {
  const bytes = await readWhole(path);
  if (bytes === null || bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 4) !== 'DIRC') return null;
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > 4) return null;
  try {
    return await parse(bytes, version, format === 'sha1' ? 20 : 32, names);
  } catch (error) {
    // Cut off or made up: an agent can write it.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The same of a file as it is now. */
export function seenOf({ mtimeNs, ctimeNs, ino, size, mode }: BigIntStats): Pick<IndexEntry, 'seen' | 'size'> {
  const low = (value: bigint): bigint => BigInt.asUintN(32, value);
  const isProgram = (mode & 0o100n) !== 0n;
  const second = 1_000_000_000n;
  const numbers = [mtimeNs / second, mtimeNs % second, ctimeNs / second, ctimeNs % second, ino].map(low);
  return { seen: [...numbers, isProgram ? 1 : 0].join(' '), size: Number(low(size)) };
}

async function parse(bytes: Buffer, version: number, hashBytes: number, names: ReadonlySet<string>): Promise<IndexFile | 'split' | null> {
  const entries = new Map<string, IndexEntry>();
  const skipped = new Set<string>();
  const skippedFolders: string[] = [];
  const assumed = new Set<string>();
  let attributes = false;
  const count = bytes.readUInt32BE(8);
  let at = HEADER_BYTES;
  let name = '';
  for (let n = 0; n < count; n += 1) {
    if (n % ENTRIES_AT_ONCE === ENTRIES_AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    const start = at;
    const flagsAt = start + 40 + hashBytes;
    const flags = bytes.readUInt16BE(flagsAt);
    const isExtended = (flags & 0x4000) !== 0;
    const more = isExtended ? bytes.readUInt16BE(flagsAt + 2) : 0;
    at = flagsAt + (isExtended ? 4 : 2);
    let kept = '';
    if (version === 4) {
      let value = bytes.readUInt8(at);
      let cut = value & 127;
      at += 1;
      while ((value & 128) !== 0) {
        value = bytes.readUInt8(at);
        cut = (cut + 1) * 128 + (value & 127);
        at += 1;
      }
      if (cut > name.length) return null;
      kept = name.slice(0, name.length - cut);
    }
    const end = bytes.indexOf(0, at);
    if (end === -1) return null;
    name = kept + bytes.toString('latin1', at, end);
    // Before version 4 entries are filled up to a multiple of eight bytes, with at least one zero.
    at = version === 4 ? end + 1 : start + Math.ceil((end + 1 - start) / 8) * 8;
    attributes ||= name === '.gitattributes' || name.endsWith('/.gitattributes');
    if ((flags & 0x8000) !== 0) assumed.add(name);
    if ((more & 0x4000) !== 0) {
      if (name.endsWith('/')) skippedFolders.push(name);
      else skipped.add(name);
    }
    if (names.has(name)) entries.set(name, entryAt(bytes, start, hashBytes));
  }
  // A split index holds only what differs from another file.
  if (hasExtension(bytes.subarray(0, bytes.length - hashBytes), at, 'link')) return 'split';
  return { entries, skipped, skippedFolders, assumed, attributes };
}

function entryAt(bytes: Buffer, start: number, hashBytes: number): IndexEntry {
  const word = (n: number): number => bytes.readUInt32BE(start + n * 4);
  const mode = word(6);
  // ctime, mtime (each in seconds and nanoseconds), device, inode, mode, user, group, size.
  const seen = [word(2), word(3), word(0), word(1), word(5), (mode & 0o100) === 0 ? 0 : 1].join(' ');
  return { mode: mode.toString(8), blob: bytes.toString('hex', start + 40, start + 40 + hashBytes), seen, size: word(9) };
}

function hasExtension(bytes: Buffer, from: number, wanted: string): boolean {
  for (let at = from; at + 8 <= bytes.length; at += 8 + bytes.readUInt32BE(at + 4)) {
    if (bytes.toString('latin1', at, at + 4) === wanted) return true;
  }
  return false;
}

/** Never follows a link and never blocks on a pipe. */
async function readWhole(path: string): Promise<Buffer | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return null;
  try {
    const found = await file.stat();
    return found.isFile() && found.size <= LARGEST_BYTES ? await file.readFile() : null;
  } finally {
    await file.close();
  }
}

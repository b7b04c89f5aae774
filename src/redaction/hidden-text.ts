import { setImmediate } from 'node:timers/promises';
import { constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { BOUNDS } from '../bounds.ts';

/** Bytes that are unpacked of one file, all layers together: a bomb costs no more. */
export const UNPACKED_BYTES = BOUNDS.unpacked;
/** Archives in archives: a compressed tar of compressed files has two layers, a jar in a war three. */
const LAYERS = 4;
/** Compressed parts that are opened in one layer; an archive of more is not searched to its end. */
const PARTS = 2_000;
/** The amount searched at a time, a few milliseconds' work; the event loop turns in between. */
const SLICE = 256 * 1024;
/** Slices overlap by this much, so that nothing is cut in two: the longest known secrets are 8 kB in UTF-16. */
const OVERLAP = 16 * 1024;
/** Shorter runs of base64 hold no secret of a known form: 18 bytes. */
const SHORTEST_RUN = 24;

interface Packed {
  readonly magic: Buffer;
  /** Null if this only looks like the beginning of something compressed. */
  open(bytes: Buffer, limit: number): Buffer | null;
}

const unpacking = (limit: number): { maxOutputLength: number; finishFlush: number } => ({
  maxOutputLength: limit,
  // A file that was cut off gives what it has.
  finishFlush: constants.Z_SYNC_FLUSH,
});

const PACKED: readonly Packed[] = [
  { magic: Buffer.from([0x1f, 0x8b, 0x08]), open: (bytes, limit) => gunzipSync(bytes, unpacking(limit)) },
  { magic: Buffer.from('PK\x03\x04', 'latin1'), open: zipEntry },
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), open: (bytes, limit) => zstdDecompressSync(bytes, { maxOutputLength: limit }) },
  ...[0x01, 0x5e, 0x9c, 0xda].map((level) => ({
    magic: Buffer.from([0x78, level]),
    open: (bytes: Buffer, limit: number) => inflateSync(bytes, unpacking(limit)),
  })),
];
/** Two bytes match everywhere by chance, so such a signature only counts at the very beginning. */
const SHORTEST_MAGIC = 3;

interface Search {
  readonly see: (text: string) => void;
  left: number;
  isWhole: boolean;
}

/**
 * Shows the texts that bytes hold without showing them: UTF-16 and UTF-32, gzip, zlib, zstd and zip in each other up to
 * four layers deep, base64 and hexadecimal. At most `UNPACKED_BYTES` are unpacked. Resolves to false where a limit ended
 * the search before all was seen. What other programs pack (bzip2, xz, 7-Zip, encrypted archives) stays closed.
 */
export async function seeHiddenText(bytes: Buffer, see: (text: string) => void): Promise<boolean> {
  const search: Search = { see, left: UNPACKED_BYTES, isWhole: true };
  await look(bytes, 0, search);
  return search.isWhole;
}

async function look(bytes: Buffer, layer: number, search: Search): Promise<void> {
  for (let from = 0; from < bytes.length; from += SLICE) {
    const slice = bytes.subarray(from, from + SLICE + OVERLAP);
    // The plain text of a file itself was searched by its lines.
    if (layer > 0) search.see(slice.toString('utf8'));
    if (slice.includes(0)) search.see(withoutZeros(slice));
    for (const run of runs(slice)) for (const decoded of decodings(run)) search.see(decoded);
    await setImmediate();
  }
  let opened = 0;
  for (const { at, kind } of parts(bytes)) {
    if (layer === LAYERS || opened++ === PARTS || search.left <= 0) {
      search.isWhole = false;
      return;
    }
    const inner = unpacked(kind, bytes.subarray(at), search);
    if (inner !== null && inner.length > 0) await look(inner, layer + 1, search);
  }
}

/** ASCII of UTF-16 and UTF-32, whatever the order of their bytes: its letters, with zeros between them. */
function withoutZeros(bytes: Buffer): string {
  const kept = Buffer.alloc(bytes.length);
  let length = 0;
  for (const byte of bytes) if (byte !== 0) kept[length++] = byte;
  return kept.toString('latin1', 0, length);
}

/** Where something compressed begins; in order for each kind. */
function* parts(bytes: Buffer): Generator<{ at: number; kind: Packed }> {
  for (const kind of PACKED) {
    if (kind.magic.length < SHORTEST_MAGIC) {
      if (bytes.subarray(0, kind.magic.length).equals(kind.magic)) yield { at: 0, kind };
      continue;
    }
    for (let at = bytes.indexOf(kind.magic); at !== -1; at = bytes.indexOf(kind.magic, at + 1)) yield { at, kind };
  }
}

/** What was packed; null if it only looked like it. */
function unpacked(kind: Packed, bytes: Buffer, search: Search): Buffer | null {
  try {
    const inner = kind.open(bytes, search.left);
    if (inner !== null) search.left -= inner.length;
    return inner;
  } catch (error) {
    if (error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      search.left = 0;
      search.isWhole = false;
    }
    return null;
  }
}

/** One entry of a zip file, by its local header (APPNOTE 4.3.7); null if it is stored as it is or encrypted. */
function zipEntry(bytes: Buffer, limit: number): Buffer | null {
  const header = 30;
  if (bytes.length < header) return null;
  const isEncrypted = (bytes.readUInt16LE(6) & 1) === 1;
  const isDeflated = bytes.readUInt16LE(8) === 8;
  if (isEncrypted || !isDeflated) return null;
  const from = header + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  return inflateRawSync(bytes.subarray(from), unpacking(limit));
}

const IN_BASE64 = new Uint8Array(256);
for (const letter of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_')) IN_BASE64[letter] = 1;

/** Runs of letters of base64 (and so of hexadecimal), lines of a wrapped one joined. */
function* runs(bytes: Buffer): Generator<string> {
  let run = '';
  let from = -1;
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && IN_BASE64[bytes[at] ?? 0] === 1) {
      if (from === -1) from = at;
      continue;
    }
    if (from === -1) {
      // Only a line end may stand between two lines of the same run.
      if (bytes[at] !== 0x0a && run !== '') {
        if (run.length >= SHORTEST_RUN) yield run;
        run = '';
      }
      continue;
    }
    const piece = at - from >= SHORTEST_RUN || run !== '' ? bytes.toString('latin1', from, at) : '';
    from = -1;
    run += piece;
    const wraps = piece.length >= SHORTEST_RUN && (bytes[at] === 0x0a || (bytes[at] === 0x0d && bytes[at + 1] === 0x0a));
    if (wraps) continue;
    if (run.length >= SHORTEST_RUN) yield run;
    run = '';
  }
  if (run.length >= SHORTEST_RUN) yield run;
}

/** The decoded text of a run. It may start in the middle of a base64 group, so all four offsets are tried. */
function* decodings(run: string): Generator<string> {
  for (let from = 0; from < 4; from++) yield Buffer.from(run.slice(from), 'base64').toString('latin1');
  if (/^[0-9a-fA-F]+$/.test(run)) for (const from of [0, 1]) yield Buffer.from(run.slice(from), 'hex').toString('latin1');
}

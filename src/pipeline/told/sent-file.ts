import { BOUNDS } from '../../bounds.ts';

/** A file that a person sent with their words; it is kept by its hash. */
export interface SentFile {
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string;
  /** By `safeName`. */
  readonly name: string;
  /** By `safeType`. */
  readonly type: string;
  readonly bytes: number;
}

/** Bytes of a name: with what is put before it, it stays far below the 255 of file systems. */
const LONGEST_NAME = BOUNDS.fileName;
const NAMELESS = 'file';

/**
 * The name of a file as a person's device gave it, as one that every file system takes and no program misreads: no folder, no
 * control character, nothing that turns the direction of a text, no dot, dash or space at its start or end. It keeps its ending.
 */
export function safeName(name: string): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}._+ -]/gu, '_')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/^[-. _]+/, '')
    .replace(/[-. ]+$/, '');
  const [, ending = ''] = /(\.[A-Za-z0-9]{1,12})$/.exec(plain) ?? [];
  const stem = plain.slice(0, plain.length - ending.length);
  const cut = firstBytes(stem, LONGEST_NAME - ending.length);
  return cut === '' ? `${NAMELESS}${ending}` : `${cut}${ending}`;
}

/** Its media type as its network gave it; one that says nothing where it gave none, or something else. */
export function safeType(type: string | null): string {
  const plain = (type ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return /^[a-z]{1,20}\/[a-z0-9.+-]{1,60}$/.test(plain) ? plain : 'application/octet-stream';
}

/** As many whole characters as fit into so many bytes. */
function firstBytes(text: string, most: number): string {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) return kept.replace(/[-. ]+$/, '');
    kept += character;
  }
  return kept;
}

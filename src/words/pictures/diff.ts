import type { Block } from '../../message/document.ts';
import { PATCH_LINES, readPatch } from '../../message/picture/patch.ts';
import { pictureBlock } from './block.ts';

/** Files that one picture names. */
const MOST_FILES = 8;

/** A change as a picture: its files, and its first lines. `patch` is git's; `begin`: its first part, as the text beside shows it. */
export function diffPicture(title: string, note: string, patch: string, begin: string): Block {
  const { files, lines } = readPatch(patch);
  return pictureBlock({
    of: 'diff',
    title,
    note,
    files: files.slice(0, MOST_FILES),
    moreFiles: counted(files.length - MOST_FILES, 'file'),
    patch: begin,
    moreLines: counted(lines.length - Math.min(PATCH_LINES, readPatch(begin).lines.length), 'line'),
  });
}

function counted(left: number, what: string): string | null {
  return left > 0 ? `and ${left} more ${what}${left === 1 ? '' : 's'}` : null;
}

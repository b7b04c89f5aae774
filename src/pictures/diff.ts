import type { DiffPicture } from '../message/picture/picture.ts';
import { PATCH_LINES, readPatch, type PatchLine } from '../message/picture/patch.ts';
import { framed, PADDING, WIDE } from './frame.ts';
import { PALETTE, TONES } from './palette.ts';
import { box, moved, stacked, write, type Drawing, type Piece } from './shapes.ts';
import { svg, type Svg } from './svg.ts';
import { shownPath } from './text.ts';

const INNER = WIDE - 2 * PADDING;
const LINE = 18;
/** Squares that show how much of a file's change is new and how much is gone. */
const SQUARES = 5;

/** A change: its files, and the first lines of it. */
export function diff({ title, note, files, moreFiles, patch, moreLines }: DiffPicture): Drawing {
  const lines = readPatch(patch).lines.slice(0, PATCH_LINES);
  const parts = [
    stacked([...files.map(file), ...(moreFiles === null ? [] : [remark(moreFiles)])], 6),
    ...(lines.length === 0 ? [] : [code(lines)]),
    ...(moreLines === null ? [] : [remark(moreLines)]),
  ];
  return framed(WIDE, title, note, stacked(parts, 14));
}

function remark(text: string): Piece {
  return { svg: write(0, 13, text, { size: 13, width: INNER, fill: PALETTE.muted, look: 'muted' }), height: 16 };
}

function file({ path, added, removed }: DiffPicture['files'][number]): Piece {
  const all = added + removed;
  const green = all === 0 ? 0 : Math.round((added / all) * SQUARES);
  const squares = Array.from({ length: SQUARES }, (_, index) =>
    box(
      INNER - (SQUARES - index) * 12,
      3,
      10,
      10,
      all === 0 ? PALETTE.line : index < green ? TONES.merged : TONES.blocked,
      index < green ? 'tone-merged' : 'tone-blocked',
      2,
    ),
  );
  return {
    svg: svg`${write(0, 13, shownPath(path, 'mono', 13, INNER - 200), { size: 13, face: 'mono', width: INNER - 200 })}${write(INNER - 122, 13, `+${added}`, { size: 13, width: 60, anchor: 'end', fill: TONES.merged, look: 'tone-merged' })}${write(INNER - 70, 13, `−${removed}`, { size: 13, width: 50, anchor: 'end', fill: TONES.blocked, look: 'tone-blocked' })}${squares}`,
    height: 17,
  };
}

function code(lines: readonly PatchLine[]): Piece {
  const height = lines.length * LINE + 12;
  return { svg: svg`${box(0, 0, INNER, height, PALETTE.panel, 'panel', 6)}${moved(0, 6, lines.map(codeLine))}`, height };
}

/** The mark stays before the text, because a colour alone says nothing to who does not see it. */
function codeLine({ kind, text }: PatchLine, index: number): Svg {
  const y = index * LINE;
  const at = { size: 12.5, face: 'mono', width: INNER - 16 } as const;
  switch (kind) {
    case 'file':
      return write(8, y + 13, text, { size: 12.5, face: 'bold', width: INNER - 16 });
    case 'hunk':
      return write(8, y + 13, text, { ...at, fill: TONES.running, look: 'tone-running' });
    case 'added':
      return svg`${box(0, y, INNER, LINE, PALETTE.added, 'added')}${write(8, y + 13, `+ ${text}`, { ...at, fill: TONES.merged, look: 'tone-merged' })}`;
    case 'removed':
      return svg`${box(0, y, INNER, LINE, PALETTE.removed, 'removed')}${write(8, y + 13, `- ${text}`, { ...at, fill: TONES.blocked, look: 'tone-blocked' })}`;
    case 'same':
      return write(8, y + 13, `  ${text}`, { ...at, fill: PALETTE.muted, look: 'muted' });
  }
}

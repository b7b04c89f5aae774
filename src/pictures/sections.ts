import type { PictureRow, PictureSection } from '../message/picture/picture.ts';
import { NARROW, PADDING } from './frame.ts';
import { PALETTE, TONES } from './palette.ts';
import { moved, stacked, SYMBOL, symbol, write, type Piece } from './shapes.ts';
import { svg } from './svg.ts';

const INNER = NARROW - 2 * PADDING;
const INDENT = SYMBOL + 10;

/** Sections below each other. */
export function sections(all: readonly PictureSection[]): Piece {
  return stacked(all.map(section), 14);
}

function section({ title, rows, more }: PictureSection): Piece {
  const head: Piece = {
    svg: write(0, 12, title, { size: 12, face: 'bold', width: INNER, fill: PALETTE.muted, look: 'muted' }),
    height: 14,
  };
  const rest = more === null ? [] : [remark(more, INDENT)];
  return stacked([head, ...rows.map(row), ...rest], 8);
}

/** A symbol, the title, and how it stands below it. */
function row({ tone, title, detail }: PictureRow): Piece {
  const width = INNER - INDENT;
  const fill = tone === 'needs' || tone === 'blocked' ? TONES[tone] : PALETTE.muted;
  const lines = [
    write(INDENT, 14, title, { size: 15, width }),
    ...(detail === '' ? [] : [write(INDENT, 31, detail, { size: 13, width, fill, look: `tone-${tone}` })]),
  ];
  return { svg: svg`${moved(0, 1, symbol(tone))}${lines}`, height: detail === '' ? 18 : 35 };
}

/** A line of its own, `indent` from the left edge. */
export function remark(text: string, indent = 0): Piece {
  return { svg: write(indent, 13, text, { size: 13, width: INNER - indent, fill: PALETTE.muted, look: 'muted' }), height: 16 };
}

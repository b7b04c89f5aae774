import type { BoardPicture } from '../message/picture/picture.ts';
import { framed, NARROW, PADDING } from './frame.ts';
import { PALETTE } from './palette.ts';
import { remark, sections } from './sections.ts';
import { box, moved, stacked, write, type Drawing, type Piece } from './shapes.ts';
import { svg } from './svg.ts';

const INNER = NARROW - 2 * PADDING;
const GAP = 6;

/** The board: how many items stand in each stage, then what runs, waits and is blocked. */
export function board(picture: BoardPicture): Drawing {
  const { title, note, stages, remark: words, sections: all } = picture;
  return framed(NARROW, title, note, stacked([stageBar(stages), ...(words === null ? [] : [remark(words)]), sections(all)], 16));
}

function stageBar(stages: BoardPicture['stages']): Piece {
  const width = (INNER - GAP * (stages.length - 1)) / Math.max(1, stages.length);
  const cells = stages.map(({ name, count }, index) =>
    moved(
      index * (width + GAP),
      0,
      svg`${box(0, 0, width, 48, PALETTE.panel, 'panel', 6)}${write(width / 2, 22, String(count), { size: 17, face: 'bold', width, anchor: 'middle', fill: count === 0 ? PALETTE.muted : PALETTE.text })}${write(width / 2, 39, name, { size: 12, width: width - 4, anchor: 'middle', fill: PALETTE.muted, look: 'muted' })}`,
    ),
  );
  return { svg: svg`${cells}`, height: stages.length === 0 ? 0 : 48 };
}

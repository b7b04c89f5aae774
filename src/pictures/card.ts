import type { CardPicture } from '../message/picture/picture.ts';
import { framed, NARROW, PADDING } from './frame.ts';
import { PALETTE, TONES } from './palette.ts';
import { box, moved, stacked, symbol, write, type Drawing, type Piece } from './shapes.ts';
import { svg } from './svg.ts';

const INNER = NARROW - 2 * PADDING;
const GAP = 4;
/** From the left edge to the values of the fields. */
const VALUES = 110;

/** One item: its state, how far it has come, and its facts. */
export function card({ title, tone, state, stages, at, fields }: CardPicture): Drawing {
  const standing: Piece = {
    svg: svg`${moved(0, 0, symbol(tone))}${write(26, 14, state, { size: 15, width: INNER - 26, fill: TONES[tone], look: `tone-${tone}` })}`,
    height: 18,
  };
  const rows = fields.map(({ name, value }): Piece => ({
    svg: svg`${write(0, 13, name, { size: 13, width: VALUES - 8, fill: PALETTE.muted, look: 'muted' })}${write(VALUES, 13, value, { size: 13, width: INNER - VALUES })}`,
    height: 17,
  }));
  return framed(NARROW, title, '', stacked([standing, track(stages, at), stacked(rows, 6)], 16));
}

/** The stages as a track; those behind it and the present one are filled. */
function track(stages: readonly string[], at: number): Piece {
  const width = (INNER - GAP * (stages.length - 1)) / Math.max(1, stages.length);
  const parts = stages.map((name, index) =>
    moved(
      index * (width + GAP),
      0,
      svg`${box(0, 0, width, 6, index <= at ? TONES.running : PALETTE.line, index <= at ? 'filled' : 'empty', 3)}${write(0, 22, name, { size: 12, face: index === at ? 'bold' : 'sans', width, fill: index === at ? PALETTE.text : PALETTE.muted, look: index === at ? 'text' : 'muted' })}`,
    ),
  );
  return { svg: svg`${parts}`, height: stages.length === 0 ? 0 : 26 };
}

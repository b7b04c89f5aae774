import type { DigestPicture } from '../message/picture/picture.ts';
import { framed, NARROW, PADDING } from './frame.ts';
import { PALETTE, TONES } from './palette.ts';
import { sections } from './sections.ts';
import { box, moved, stacked, write, type Drawing, type Piece } from './shapes.ts';
import { svg } from './svg.ts';

const INNER = NARROW - 2 * PADDING;
const GAP = 6;
const IN_ROW = 3;

/** What a day brought: its figures, then the items. */
export function digest({ title, note, facts, sections: all }: DigestPicture): Drawing {
  return framed(NARROW, title, note, stacked([figures(facts), sections(all)], 16));
}

function figures(facts: DigestPicture['facts']): Piece {
  const width = (INNER - GAP * (IN_ROW - 1)) / IN_ROW;
  const cells = facts.map(({ tone, value, label }, index) => {
    const fill = value === '0' ? PALETTE.muted : TONES[tone];
    return moved(
      (index % IN_ROW) * (width + GAP),
      Math.floor(index / IN_ROW) * (56 + GAP),
      svg`${box(0, 0, width, 56, PALETTE.panel, 'panel', 6)}${write(width / 2, 27, value, { size: 20, face: 'bold', width: width - 8, anchor: 'middle', fill, look: `tone-${tone}` })}${write(width / 2, 46, label, { size: 12, width: width - 8, anchor: 'middle', fill: PALETTE.muted, look: 'muted' })}`,
    );
  });
  return { svg: svg`${cells}`, height: Math.ceil(facts.length / IN_ROW) * (56 + GAP) - (facts.length === 0 ? 0 : GAP) };
}

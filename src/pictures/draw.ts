import type { Picture } from '../message/picture/picture.ts';
import { board } from './board.ts';
import { card } from './card.ts';
import { qrCode } from './code.ts';
import { cost } from './cost.ts';
import { diff } from './diff.ts';
import { digest } from './digest.ts';
import { graph } from './graph.ts';
import type { Drawing } from './shapes.ts';

/** A picture as SVG. The same data always gives the same text. */
export function draw(picture: Picture): Drawing {
  switch (picture.of) {
    case 'board':
      return board(picture);
    case 'graph':
      return graph(picture);
    case 'cost':
      return cost(picture);
    case 'diff':
      return diff(picture);
    case 'digest':
      return digest(picture);
    case 'card':
      return card(picture);
    case 'code':
      return qrCode(picture);
  }
}

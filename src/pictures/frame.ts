import { box, moved, write, type Drawing, type Piece } from './shapes.ts';
import { PALETTE } from './palette.ts';
import { svg, type Svg } from './svg.ts';

/**
 * Widths in CSS px. Chat clients show a picture between 324 and 550 px wide, and a phone has about 360. At 480 a text of 15 px is still
 * read there, and 2.5 times the pixels stay sharp when somebody opens it.
 */
export const NARROW = 480;
/** For code: 80 characters. */
export const WIDE = 660;
export const PADDING = 20;

/** A picture with its background, title (unless that is empty) and note around a part that begins at the left edge of the text. */
export function framed(width: number, title: string, note: string, body: Piece): Drawing {
  const inner = width - 2 * PADDING;
  const head: Svg[] = title === '' ? [] : [write(0, 18, title, { size: 18, face: 'bold', width: inner })];
  let top = title === '' ? 0 : 26;
  if (note !== '') {
    head.push(write(0, top + 14, note, { size: 13, width: inner, fill: PALETTE.muted, look: 'muted' }));
    top += 22;
  }
  const height = Math.ceil(PADDING + top + (body.height > 0 ? 14 + body.height : 0) + PADDING);
  return whole(width, height, [moved(PADDING, PADDING, head), moved(PADDING, PADDING + top + 14, body.svg)]);
}

/** A whole document with the background of pictures. */
export function whole(width: number, height: number, content: readonly Svg[]): Drawing {
  const { markup } =
    svg`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">${box(0, 0, width, height, PALETTE.background, 'background', 12)}${content}</svg>`;
  return { svg: markup, width, height };
}

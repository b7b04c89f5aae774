import type { Picture } from '../message/picture/picture.ts';
import { framed, NARROW, PADDING } from './frame.ts';
import { PALETTE } from './palette.ts';
import { box, type Drawing } from './shapes.ts';
import { svg } from './svg.ts';

const SIDE = 300;

/** A QR code, dark on light with its quiet zone, as cameras want it. */
export function qrCode({ title, rows }: Extract<Picture, { of: 'code' }>): Drawing {
  const left = (NARROW - 2 * PADDING - SIDE) / 2;
  const quiet = 16;
  const module = (SIDE - 2 * quiet) / Math.max(1, rows.length);
  const dark = rows.flatMap((row, y) =>
    Array.from(row, (one, x) =>
      one === '1' ? svg`M${left + quiet + x * module} ${quiet + y * module}h${module}v${module}h-${module}z` : svg``,
    ),
  );
  return framed(NARROW, title, '', {
    svg: svg`${box(left, 0, SIDE, SIDE, PALETTE.light, 'light', 6)}<path d="${dark}" fill="${PALETTE.dark}" shape-rendering="crispEdges"/>`,
    height: SIDE,
  });
}

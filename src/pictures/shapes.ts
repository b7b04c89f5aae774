import type { Tone } from '../message/picture/picture.ts';
import type { Face } from './font.ts';
import { PALETTE, TONES } from './palette.ts';
import { svg, type Svg } from './svg.ts';
import { shown } from './text.ts';

/** A finished picture: a whole SVG document, and its size in CSS px. */
export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** A part of a picture that begins at its own top: how high it is. */
export interface Piece {
  readonly svg: Svg;
  readonly height: number;
}

/** How a text is written. `width`: it is cut there. */
export interface Written {
  readonly size: number;
  readonly width: number;
  readonly face?: Face;
  readonly fill?: string;
  /** For the pages, which colour by it. */
  readonly look?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

const FAMILY: Readonly<Record<Face, string>> = { sans: 'DejaVu Sans', bold: 'DejaVu Sans', mono: 'DejaVu Sans Mono' };

/** One line of text on its base line. */
export function write(x: number, y: number, text: string, how: Written): Svg {
  const { size, width, face = 'sans', fill = PALETTE.text, look = 'text', anchor = 'start' } = how;
  const line = shown(text, face, size, width);
  return line === ''
    ? svg``
    : svg`<text class="${look}" x="${x}" y="${y}" font-family="${FAMILY[face]}" font-size="${size}" font-weight="${face === 'bold' ? 'bold' : 'normal'}" fill="${fill}" text-anchor="${anchor}" xml:space="preserve">${line}</text>`;
}

export function box(x: number, y: number, width: number, height: number, fill: string, look: string, radius = 0): Svg {
  return svg`<rect class="${look}" x="${x}" y="${y}" width="${Math.max(0, width)}" height="${Math.max(0, height)}" rx="${radius}" fill="${fill}"/>`;
}

/** A part of a picture, moved. */
export function moved(x: number, y: number, part: Svg | readonly Svg[]): Svg {
  return svg`<g transform="translate(${x} ${y})">${part}</g>`;
}

/** Parts below each other, `gap` apart. */
export function stacked(parts: readonly Piece[], gap: number): Piece {
  let y = 0;
  const placed: Svg[] = [];
  for (const { svg: part, height } of parts) {
    if (y > 0) y += gap;
    placed.push(moved(0, y, part));
    y += height;
  }
  return { svg: svg`${placed}`, height: y };
}

/** The side of a symbol. */
export const SYMBOL = 16;

/** A state as a shape, 16 by 16: fonts draw `✓` and `!` in many ways, and some not at all. */
export function symbol(tone: Tone): Svg {
  const colour = TONES[tone];
  const ring = svg`<circle cx="8" cy="8" r="7" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
  const full = svg`<circle cx="8" cy="8" r="8" fill="${colour}"/>`;
  switch (tone) {
    case 'needs':
      return svg`<g class="tone-needs">${full}<path d="M8 3.8v5" stroke="${PALETTE.background}" stroke-width="2.2" stroke-linecap="round"/><circle cx="8" cy="12" r="1.3" fill="${PALETTE.background}"/></g>`;
    case 'blocked':
      return svg`<g class="tone-blocked">${full}<path d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6" stroke="${PALETTE.background}" stroke-width="2" stroke-linecap="round"/></g>`;
    case 'running':
      return svg`<g class="tone-running">${full}<path d="M6.2 4.6l5.4 3.4-5.4 3.4z" fill="${PALETTE.background}"/></g>`;
    case 'waiting':
      return svg`<g class="tone-waiting">${ring}<path d="M8 4.2V8l2.6 1.8" fill="none" stroke="${colour}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></g>`;
    case 'merged':
      return svg`<g class="tone-merged">${full}<path d="M4.6 8.2l2.4 2.4 4.4-4.8" fill="none" stroke="${PALETTE.background}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></g>`;
    case 'idle':
      return svg`<g class="tone-idle">${ring}</g>`;
  }
}

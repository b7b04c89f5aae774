import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { fontFiles, type Face } from '../../src/pictures/font.ts';
import { shown, shownPath, textWidth, wrapped } from '../../src/pictures/text.ts';
import { svg } from '../../src/pictures/svg.ts';
import { NAUGHTY } from './pictures.ts';

const FACES: readonly Face[] = ['sans', 'bold', 'mono'];

describe('the width of a text', () => {
  let fontBuffers: Buffer[] = [];
  beforeAll(async () => {
    await initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')));
    fontBuffers = Object.values(fontFiles()).map((file) => readFileSync(file));
  });

  it('is that with which it is drawn, up to kerning', () => {
    for (const face of FACES) {
      for (const text of ['Fix the login', 'WAVE To. 1234', 'mmmmmmmmmm', 'illilli', 'Größe · naïve · Ωμέγα · Жизнь']) {
        const { markup } =
          svg`<svg xmlns="http://www.w3.org/2000/svg" width="900" height="60"><text x="0" y="40" font-size="20" font-family="DejaVu Sans${face === 'mono' ? ' Mono' : ''}" font-weight="${face === 'bold' ? 'bold' : 'normal'}">|${text}|</text></svg>`;
        const drawn = new Resvg(markup, { font: { fontBuffers, defaultFontFamily: 'DejaVu Sans' } }).getBBox()?.width ?? 0;
        // The box is that of the ink: the bars at both ends make it all but the sides of two of them.
        const own = textWidth(`|${text}|`, face, 20);
        expect(Math.abs(drawn - own), `${face} ${text}: ${drawn} and ${own}`).toBeLessThan(own * 0.03 + 14);
      }
    }
  });
});

describe('a text in a picture', () => {
  it('stays within its width, whatever it is', () => {
    for (const face of FACES) {
      for (const text of ['Fix the login', ...NAUGHTY]) {
        for (const width of [20, 60, 440]) {
          expect(textWidth(shown(text, face, 15, width), face, 15)).toBeLessThanOrEqual(width);
          expect(textWidth(shownPath(text, face, 15, width), face, 15)).toBeLessThanOrEqual(width);
          for (const line of wrapped(text, face, 15, width, 2)) expect(textWidth(line, face, 15)).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  it('is cut with an ellipsis, a path at its beginning', () => {
    expect(shown('Fix the login of the shop', 'sans', 15, 90)).toMatch(/^Fix the .*…$/);
    expect(shown('Fix the login', 'sans', 15, 400)).toBe('Fix the login');
    expect(shownPath('src/pay/card.test.ts', 'mono', 13, 100)).toBe('…ard.test.ts');
  });

  it('has a box in place of what the font lacks, one for each character that people see', () => {
    expect(shown('a 修复 🚀👩‍👩‍👧 b', 'sans', 15, 400)).toBe('a □□ □□ b');
    expect(shown('naïve e\u0301 Жизнь ☺\ufe0f', 'sans', 15, 400)).toBe('naïve e\u0301 Жизнь ☺\ufe0f');
  });

  it('breaks into at most so many lines, at words where it can', () => {
    expect(wrapped('one two three four', 'sans', 15, 70, 2)).toEqual(['one two', 'three f…']);
    expect(wrapped('', 'sans', 15, 70, 2)).toEqual([]);
  });
});

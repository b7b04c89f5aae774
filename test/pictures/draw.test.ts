import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw } from '../../src/pictures/draw.ts';
import { PICTURE_LIMITS } from '../../src/pictures/png/limits.ts';
import { NAUGHTY, pictures } from './pictures.ts';

interface Outline {
  readonly elements: string[];
  readonly attributes: Set<string>;
}

/** Names of the elements of a document, in order, and of all attributes. Throws where it is not well-formed. */
function outline(svg: string): Outline {
  const elements: string[] = [];
  const attributes = new Set<string>();
  const open: string[] = [];
  const token = /<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<>]*")*)(\/?)>|([^<>]+)/gy;
  let end = 0;
  for (let match = token.exec(svg); match !== null; match = token.exec(svg)) {
    end = token.lastIndex;
    const [, closes, name = '', rest = '', empty, text] = match;
    if (text !== undefined) {
      if (text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '').includes('&')) throw new Error(`An & stands alone in ${text}`);
      continue;
    }
    if (closes === '/') {
      if (open.pop() !== name) throw new Error(`${name} ends and was not open.`);
      continue;
    }
    elements.push(name);
    if (empty !== '/') open.push(name);
    for (const [, attribute = ''] of rest.matchAll(/ ([a-zA-Z:-]+)=/g)) attributes.add(attribute);
  }
  if (end !== svg.length || open.length > 0) throw new Error(`It is not well-formed at ${svg.slice(end, end + 100)}`);
  return { elements, attributes };
}

const ATTRIBUTES = new Set(
  (
    'class x y width height rx cx cy r d viewBox xmlns role transform data-item data-from data-to fill stroke stroke-width stroke-linecap ' +
    'stroke-linejoin shape-rendering text-anchor font-family font-size font-weight xml:space'
  ).split(' '),
);

describe('a picture', () => {
  for (const kind of ['board', 'graph', 'cost', 'diff', 'digest', 'card', 'code'] as const) {
    it(`of ${kind}: no text in it becomes markup, and nothing in it runs, loads or styles`, () => {
      const plain = outline(draw(pictures('plain words')[kind]).svg);
      const known = new Set(plain.elements);
      for (const said of NAUGHTY) {
        const { elements, attributes } = outline(draw(pictures(said)[kind]).svg);
        expect(elements.filter((name) => !known.has(name))).toEqual([]);
        expect([...attributes].filter((name) => !ATTRIBUTES.has(name))).toEqual([]);
        // A text that is empty is left out; none is added but where a title takes two lines.
        expect(elements.length).toBeLessThanOrEqual(plain.elements.length + 6);
      }
    });

    it(`of ${kind}: has a size that networks show, whatever it says`, () => {
      for (const said of ['plain words', ...NAUGHTY]) {
        const { width, height } = draw(pictures(said)[kind]);
        expect(width).toBeGreaterThanOrEqual(480);
        expect(width).toBeLessThanOrEqual(PICTURE_LIMITS.side);
        expect(height).toBeGreaterThan(40);
        expect(height).toBeLessThanOrEqual(PICTURE_LIMITS.side);
      }
    });
  }

  it('is the same for the same data', () => {
    for (const said of NAUGHTY) {
      for (const picture of Object.values(pictures(said))) expect(draw(picture)).toEqual(draw(structuredClone(picture)));
    }
  });

  it('holds no text that XML has no form for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (said) => {
        for (const picture of Object.values(pictures(said))) {
          const { svg } = draw(picture);
          expect(svg.isWellFormed()).toBe(true);
          // eslint-disable-next-line no-control-regex -- these are what must not be there
          expect(svg).not.toMatch(/[\u0000-\u001f\u007f\ufffe\uffff]/);
        }
      }),
      { numRuns: 10 },
    );
  });
});

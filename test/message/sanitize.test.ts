import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible, visibleLine } from '../../src/message/sanitize.ts';

describe('visible', () => {
  it.each([
    ['\u001b[2J', '␛[2J'],
    ['\u0000', '␀'],
    ['\u007f', '␡'],
    ['\u009b31m', '<U+009B>31m'],
    ['a\u202eb', 'a<U+202E>b'],
    ['a\u2066b', 'a<U+2066>b'],
    ['a\rb', 'a␍b'],
    ['\ud83d', '\ufffd'],
    ['x\udc00y', 'x\ufffdy'],
    ['a\u2028b', 'a\nb'],
    ['a\r\nb', 'a\nb'],
  ])('makes %j visible', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('leaves everything else as it is', () => {
    const text = 'tab\t line\n עברית\u200f العربية 漢字 👩‍👩‍👧‍👦 e\u0301';
    expect(visible(text)).toBe(text);
  });

  it('changes nothing the second time, and gives well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = visible(text);
        expect(visible(once)).toBe(once);
        expect(once.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('visibleLine', () => {
  it('puts a text on one line', () => {
    expect(visibleLine('a \n\n b\tc\r\nd')).toBe('a b c d');
  });
});

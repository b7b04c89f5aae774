import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWord, tokenize } from '../../src/bot/parse/tokenize.ts';

const words = (source: string): string[] => {
  const all = tokenize(source);
  if (!all.ok) throw new Error(JSON.stringify(all.error));
  return all.value.map(({ text }) => text);
};

describe('tokenize', () => {
  it('cuts at white space of any kind', () => {
    expect(words('  show\t42\u00a0now\n\u3000x ')).toEqual(['show', '42', 'now', 'x']);
  });

  it.each([
    ['"two words" x', 'two words'],
    ["'two words' x", 'two words'],
    ['“two words” x', 'two words'],
    ['‘two words’ x', 'two words'],
    [`'don't stop' x`, "don't stop"],
    ['"" x', ''],
  ])('reads %s as one word in quotes', (source, text) => {
    expect(words(source)).toEqual([text, 'x']);
  });

  it.each(["don't", 'a"b"', '5"', 'C:\\x\\"y'])('takes a quote within a word as it stands: %s', (source) => {
    expect(words(source)).toEqual([source]);
  });

  it('points at a quote that is never closed', () => {
    expect(tokenize('edit 42 title “no end')).toEqual({ ok: false, error: { code: 'unclosed-quote', offset: 14, quote: '“' } });
    expect(tokenize('a "b"c').ok).toBe(false);
  });

  it('gives offsets in UTF-16 units that take in the quotes', () => {
    expect(readWord('👍 "a b"', 2)).toEqual({ text: 'a b', start: 3, end: 8, quoted: true, closed: true });
  });

  it('loses nothing: words in order, only white space and their own quotes between them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (source) => {
        const all = tokenize(source);
        expect('"\'“‘').toContain(all.ok ? '"' : source.charAt(all.error.offset));
        if (!all.ok) return;
        let at = 0;
        for (const word of all.value) {
          expect(source.slice(at, word.start).trim()).toBe('');
          expect(source.slice(word.start, word.end)).toContain(word.text);
          expect(word.end - word.start).toBe(word.text.length + (word.quoted ? 2 : 0));
          at = word.end;
        }
        expect(source.slice(at).trim()).toBe('');
      }),
      { numRuns: 3000 },
    );
  });
});

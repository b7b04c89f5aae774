import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../src/nearest.ts';

describe('nearest', () => {
  const commands = ['status', 'start', 'stop', 'show', 'move'];

  it('finds the word that a slip of the fingers was meant to be', () => {
    expect(nearest('statsu', commands)).toBe('status');
    expect(nearest('shwo', commands)).toBe('show');
    expect(nearest('STAUS', commands)).toBe('status');
  });

  it('names nothing when no candidate is near', () => {
    expect(nearest('elephant', commands)).toBeNull();
    expect(nearest('xy', ['ab'])).toBeNull();
    expect(nearest('anything', [])).toBeNull();
  });

  it('takes the first of equally near candidates', () => {
    expect(nearest('sto', ['stop', 'stow'])).toBe('stop');
  });

  it('counts as many edits as it was told', () => {
    expect(nearest('abcd', ['wxyz'], 3)).toBeNull();
    expect(nearest('abcd', ['wxyz'], 4)).toBe('wxyz');
  });
});

describe('editDistance', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });

  it('is zero for a word and itself only, and the same both ways', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
      }),
    );
  });

  it('counts one for a letter added, removed, replaced or two neighbours swapped', () => {
    fc.assert(
      fc.property(word, word, (before, after) => {
        expect(editDistance(`${before}${after}`, `${before}x${after}`)).toBe(1);
        expect(editDistance(`${before}y${after}`, `${before}x${after}`)).toBe(1);
        expect(editDistance(`${before}xy${after}`, `${before}yx${after}`)).toBe(1);
      }),
    );
  });

  it('gives the exact number up to the limit and a larger one beyond it', () => {
    fc.assert(
      fc.property(word, word, fc.nat({ max: 8 }), (a, b, limit) => {
        const exact = editDistance(a, b);
        const bounded = editDistance(a, b, limit);
        expect(Math.min(bounded, limit + 1)).toBe(Math.min(exact, limit + 1));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { endOfRuns } from '../../src/app/lifecycle/ending.ts';

/** The numbers of a text, in order; a single run is `it`. */
function told(text: string): string[] {
  return Array.from(text.matchAll(/\b(?:\d+|it|they|them)\b/g), ([word]) => word);
}

describe('the last line of Musher', () => {
  it.each([
    [0, 0, []],
    [1, 1, ['1', 'it']],
    [2, 2, ['2', 'they']],
    [1, 0, ['1']],
    [3, 1, ['3', '1', 'them']],
    [3, 2, ['3', '2', 'them']],
  ])('says of %i stopped runs that %i start again', (all, wanted, words) => {
    expect(told(endOfRuns({ all, wanted }, 'stop'))).toEqual(words);
  });

  it.each([
    [0, 0, []],
    [2, 2, ['2', 'them']],
    [2, 1, ['1', 'it', '1']],
    [2, 0, ['2']],
  ])('says of %i runs left alone that %i continue', (all, wanted, words) => {
    expect(told(endOfRuns({ all, wanted }, 'release'))).toEqual(words);
  });
});

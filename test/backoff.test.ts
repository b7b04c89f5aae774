import { describe, expect, it } from 'vitest';
import { Backoff } from '../src/backoff.ts';

const waits = (random: number, jitter: number): number[] => {
  const backoff = new Backoff({ first: 1_000, longest: 10_000, jitter }, () => random);
  return [0, 1, 2, 3, 4, 5, 5_000].map((failures) => backoff.after(failures));
};

describe('the waits between tries', () => {
  it('double from the first to the longest, and stay there whatever the number', () => {
    expect(waits(0.9, 0)).toEqual([0, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('are shortened by chance, by no more than the share that it is given', () => {
    expect(waits(0, 0.5)).toEqual([0, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    expect(waits(1, 0.5)).toEqual([0, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  });
});

import { describe, expect, it } from 'vitest';
import { endOfRuns } from '../../src/app/lifecycle/ending.ts';

describe('the last line of Musher', () => {
  it.each([
    [0, 0, ''],
    [1, 1, '1 run stopped; the work is kept and it begins again at the next start.\n'],
    [2, 2, '2 runs stopped; the work is kept and they begin again at the next start.\n'],
    [1, 0, '1 run stopped; the work is kept.\n'],
    [3, 1, '3 runs stopped; the work is kept; 1 of them begins again at the next start.\n'],
    [3, 2, '3 runs stopped; the work is kept; 2 of them begin again at the next start.\n'],
  ])('says of %i stopped runs that %i begin again', (all, wanted, text) => {
    expect(endOfRuns({ all, wanted }, 'stop')).toBe(text);
  });

  it.each([
    [0, 0, ''],
    [2, 2, '2 runs go on without Musher; the next start takes them up again.\n'],
    [2, 1, '1 run goes on without Musher; the next start takes it up again.\n1 run was asked to end; the next start sees to that.\n'],
  ])('says of %i runs left alone that %i go on', (all, wanted, text) => {
    expect(endOfRuns({ all, wanted }, 'release')).toBe(text);
  });
});

import { expect, test } from 'vitest';
import { intake } from '../../../transports/matrix/intake/intake.ts';
import { MATRIX_LIMITS } from '../../../transports/matrix/limits.ts';
import { testClock } from '../../commands/harness.ts';

test('the first token is kept at once, later ones together a moment after, and the last when it stops', () => {
  const clock = testClock();
  const kept: string[] = [];
  const taken = intake({
    sink: () => 'accepted',
    clock,
    saveToken: (token) => void kept.push(token),
    report: () => {},
    sayNotStored: () => {},
  });
  taken.reached('1');
  expect(kept).toEqual(['1']);
  taken.reached('2');
  taken.reached('3');
  expect(kept).toEqual(['1']);
  clock.move(MATRIX_LIMITS.saveToken);
  expect(kept).toEqual(['1', '3']);
  taken.reached('4');
  taken.stop();
  expect(kept).toEqual(['1', '3', '4']);
  expect(clock.waiting()).toBe(0);
});

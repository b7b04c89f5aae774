import { expect, it } from 'vitest';
import { testSeed } from '../invariants/random.ts';
import { playMany } from './play.ts';

/** Many more are played in test/slow. */
const HISTORIES = 3;

it('whatever agents leave and people type, nothing is lost and no merge brings what nobody did', { timeout: 300_000 }, async () => {
  expect(await playMany(testSeed(), HISTORIES)).toMatchObject({ histories: HISTORIES });
});

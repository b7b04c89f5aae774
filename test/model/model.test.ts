import { expect, it } from 'vitest';
import { playMany } from './play.ts';

/** A thousand are played in test/slow. */
const RUNS = 60;

it('whatever people, agents, clocks and restarts do, no item differs from a plain model of it', async () => {
  expect(await playMany(RUNS)).toMatchObject({ runs: RUNS });
});

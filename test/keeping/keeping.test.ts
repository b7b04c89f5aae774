import { expect, it } from 'vitest';
import { testSeed } from '../invariants/random.ts';
import { type Act, ACTS } from './acts.ts';
import { playMany } from './play.ts';

/** Many more are played in test/slow. */
const HISTORIES = 3;
const INSIDE = /repositor|git directory|bare|helper|submodule|nowhere/;
const HONEST = (Object.keys(ACTS) as Act[]).filter((name) => !INSIDE.test(name));

it('whatever agents leave and people type, nothing is lost and no merge brings what nobody did', { timeout: 300_000 }, async () => {
  expect(await playMany(testSeed(), HISTORIES, HONEST)).toMatchObject({ histories: HISTORIES });
});

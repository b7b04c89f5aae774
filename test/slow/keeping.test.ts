import { expect, it } from 'vitest';
import { figure } from '../figure.ts';
import { testSeed } from '../invariants/random.ts';
import { type Act, ACTS } from '../keeping/acts.ts';
import { playMany } from '../keeping/play.ts';

const HISTORIES = Number(process.env['MUSHER_TEST_HISTORIES'] ?? 25);
const INSIDE = process.env['ALL'] === undefined ? /repositor|git directory|bare|helper|submodule|nowhere/ : /^$/;
const HONEST = (Object.keys(ACTS) as Act[]).filter((name) => !INSIDE.test(name));

it('many random histories on all kinds of repositories lose nothing', { timeout: 1_200_000, retry: 0 }, async () => {
  const { acts, merges, looked } = await playMany(testSeed(), HISTORIES, HONEST);
  figure(`keeping: ${HISTORIES} histories with ${acts} acts of agents and ${merges} merges; ${looked} contents looked for, 0 lost`);
  expect(looked).toBeGreaterThan(0);
});

import process from 'node:process';
import { expect, it } from 'vitest';
import { figure } from '../figure.ts';
import { testSeed } from '../invariants/random.ts';
import { playMany } from '../keeping/play.ts';

/** `MUSHER_TEST_HISTORIES` asks for more. */
const HISTORIES = Number(process.env['MUSHER_TEST_HISTORIES'] ?? 25);

it('many random histories on all kinds of repositories lose nothing', { timeout: 1_800_000, retry: 0 }, async () => {
  const { acts, merges, looked } = await playMany(testSeed(), HISTORIES);
  figure(`keeping: ${HISTORIES} histories with ${acts} acts of agents and ${merges} merges; ${looked} contents looked for, 0 lost`);
  expect(looked).toBeGreaterThan(0);
});

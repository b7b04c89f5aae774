import { expect, it } from 'vitest';
import { figure } from '../figure.ts';
import { soak, soakLines } from '../soak/soak.ts';

/** After this no more items are added: on two cores 500 take five minutes, and a slow machine must not hold up all others. */
const LASTING_MS = 7 * 60_000;

it('holds after 500 items no more than after 20', { timeout: 2 * LASTING_MS, retry: 0 }, async () => {
  const soaked = await soak({ most: 500, lastingMs: LASTING_MS });
  for (const line of soakLines(soaked)) figure(line);
  expect(soaked.wrong).toEqual([]);
});

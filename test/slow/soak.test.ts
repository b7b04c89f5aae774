import { expect, it } from 'vitest';
import { figure } from '../figure.ts';
import { soak, soakLines } from '../soak/soak.ts';

/** After this no more items are added: all slow tests together are to take eight minutes. `npm run bench -- --only soak` goes on to 500. */
const LASTING_MS = 4 * 60_000;

it('holds after hundreds of items no more than after 20', { timeout: 2 * LASTING_MS, retry: 0 }, async () => {
  const soaked = await soak({ most: 500, lastingMs: LASTING_MS });
  for (const line of soakLines(soaked)) figure(line);
  expect(soaked.wrong).toEqual([]);
});

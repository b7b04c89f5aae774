import { expect, it } from 'vitest';
import { figure } from '../figure.ts';
import { playMany } from '../model/play.ts';

it('a thousand random histories never differ from a plain model', { timeout: 900_000, retry: 0 }, async () => {
  const played = await playMany(1_000);
  const { runs, acts, items, agents, merges } = played;
  figure(`model: ${runs} histories with ${acts} acts, ${items} items, ${agents} agents and ${merges} merges`);
  // Histories that never come to a merge would prove little.
  expect(merges).toBeGreaterThan(runs / 4);
});

import { afterEach, expect, test } from 'vitest';
import { NETWORK_NAMES, ThreeNetworks } from './three-networks.ts';

let all: ThreeNetworks;
afterEach(() => all.close());

const STORY = 'create story Price\ndo coder@1: exit 3\ndo coder@2: write price.txt 9; commit; usage 1200 1 0.21; success Added the price.';

test('a room of each network that says nothing of it shows an item as one card, edited in place, and its merge as a message', async () => {
  all = await ThreeNetworks.open({ top: 'qa = "server"' }, { style: null });
  const musher = all.bench.service();
  await all.connected('slack', 'discord', 'matrix');
  all.write('matrix', STORY);
  await all.shows('matrix', 'Created story #1');
  all.write('discord', 'start 1');
  for (const network of NETWORK_NAMES) {
    await all.shows(network, ' merged into');
    await all.shows(network, 'merged as');
    await all.shows(network, '✓ done');
    const said = all.said(network);
    for (const step of [': started', 'queued to merge', 'attempt 2 of', 'queued for the next']) expect(said).not.toContain(step);
    // Its card, which was the answer where it was started, and the merge; Matrix was told of its creation.
    expect(said.split('#1 Price')).toHaveLength(network === 'matrix' ? 4 : 3);
    expect(said).toContain('Added the price.');
  }
  expect((await musher.kill('SIGTERM')).code).toBe(0);
});

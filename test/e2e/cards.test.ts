import { afterEach, expect, test } from 'vitest';
import { until } from './harness.ts';
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

test('a person sends an item back with a reason from a field and speaks to its agent from another; strangers are refused, late ones are told', async () => {
  all = await ThreeNetworks.open({ top: 'qa = "human"' }, { style: null });
  const musher = all.bench.service();
  await all.connected('slack', 'discord', 'matrix');
  all.write(
    'matrix',
    'create story Price\ndo coder@1: write price.txt 9; commit; success\ndo coder@2: raise again; await go; write price.txt 8; commit; success',
  );
  await all.shows('matrix', 'Created story #1');
  all.write('discord', 'start 1');
  await all.shows('discord', '[Reject]');
  await all.fillIn('discord', 'Reject', 'the tax is missing\nsee the law');
  await all.shows('discord', 'rejected by ada');
  await until(() => all.bench.raised('again'));
  await all.shows('slack', '[Tell]');
  await all.fillIn('slack', 'Tell', 'use <b>gross</b> prices', 'U9');
  await all.shows('slack', 'You have no role here');
  await all.fillIn('slack', 'Tell', 'use <b>gross</b> prices');
  await until(
    () => all.bench.only('item.told', 1).length > 0,
    () => all.said('slack'),
  );
  expect(all.bench.only('item.told', 1).map(({ actor, payload }) => `${actor}: ${payload.text}`)).toEqual([
    'person:ada: use <b>gross</b> prices',
  ]);
  const late = await all.opened('discord', 'Tell');
  all.write('matrix', 'delete 1');
  await all.shows('matrix', 'Delete #1 Price?');
  all.write('matrix', 'yes');
  await until(
    () => all.bench.only('item.deleted', 1).length > 0,
    () => all.said('matrix'),
  );
  all.submit(late, 'too late');
  await all.shows('discord', 'deleted');
  expect(all.bench.only('item.told', 1)).toHaveLength(1);
  expect((await musher.kill('SIGTERM')).code).toBe(0);
});

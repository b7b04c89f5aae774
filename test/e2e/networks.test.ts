import { afterEach, expect, test } from 'vitest';
import { until } from './harness.ts';
import { expectEachStepOnce, expectThreads, NETWORK_NAMES, SECOND_TRY, ThreeNetworks } from './three-networks.ts';

const STEPS = [': started', 'waiting for review', ' merged into'];
let all: ThreeNetworks;
afterEach(() => all.close());

test('one item is made in one network, started in another and approved by a button in a third; all three rooms follow it', async () => {
  all = await ThreeNetworks.open({ top: 'qa = "human"' });
  const musher = all.bench.service();
  await all.connected('slack', 'discord', 'matrix');
  all.write('matrix', 'create story Price');
  await all.shows('matrix', 'Created story #1');
  all.write('slack', 'start 1');
  await all.shows('slack', ': started by ada');
  await all.shows('discord', 'waiting for review');
  await all.press('discord', 'Approve');
  for (const network of NETWORK_NAMES) {
    await all.shows(network, ' merged into');
    // Where it was approved, the answer says that it comes next; the others are told what became of it.
    const approved =
      network === 'discord' ? '✓ #1 Price approved by ada (1 commit). Merging next.' : '#1 Price: approved by ada, queued to merge.';
    expectEachStepOnce(all.said(network), [...STEPS.slice(0, 2), approved, ...STEPS.slice(-1)]);
    // The merge names who let it pass.
    expect(all.said(network)).toMatch(/ merged into .*approved by ada/);
    await all.shows(network, '✓ Approved by ada, ');
    expect(all.said(network)).not.toMatch(/\[Approve\]|React, or type/);
  }
  const moves = all.bench.only('item.moved', 1).map(({ actor, payload }) => `${actor} ${payload.to.name}`);
  expect(moves).toEqual(['person:ada current', 'musher qa', 'person:ada merge', 'musher done']);
  expect((await musher.kill('SIGTERM')).code).toBe(0);
});

test('a network that cannot be reached keeps neither the others nor the work from going on', async () => {
  all = await ThreeNetworks.open({ top: 'qa = "human"' });
  all.bench.expectedProblems.push(/discord/);
  await all.discord.close();
  const musher = all.bench.service();
  await all.connected('slack', 'matrix');
  all.write('matrix', 'create story Price');
  await all.shows('matrix', 'Created story #1');
  all.write('slack', 'start 1');
  await all.shows('slack', 'waiting for review');
  all.write('slack', 'health');
  await all.shows('slack', '2 of 3 networks online.');
  expect((await musher.kill('SIGTERM')).code).toBe(0);
});

test('a room that Musher was put out of is named by health, and gets what it missed when it is let in again', async () => {
  all = await ThreeNetworks.open({ top: 'qa = "human"' });
  all.bench.expectedProblems.push(/M_FORBIDDEN|not allowed to write there/);
  const musher = all.bench.service();
  await all.connected('slack', 'discord', 'matrix');
  all.write('slack', 'create story Price');
  await all.shows('slack', 'Created story #1');
  all.matrixIsIn(false);
  all.write('slack', 'start 1');
  await all.shows('slack', 'waiting for review');
  await until(
    () => all.bench.rows("SELECT 1 FROM outbox WHERE transport = 'matrix' AND attempts > 0 AND state = 'pending'").length > 0,
    () => 'a message that waits for matrix',
  );
  all.write('slack', 'health');
  await all.shows('slack', '3 networks online, but some messages are not delivered');
  await all.shows('slack', 'matrix: !room:example.org: Musher is not allowed to write there: Not in the room.');
  all.matrixIsIn(true);
  await all.shows('matrix', 'waiting for review');
  expectEachStepOnce(all.said('matrix'), STEPS.slice(0, 2));
  expect((await musher.kill('SIGTERM')).code).toBe(0);
});

test('what happens to an item stands in a thread of its own in each network, and a merge in the room itself', async () => {
  all = await ThreeNetworks.open({ top: 'qa = "server"' }, { style: 'threads' });
  const musher = all.bench.service();
  await all.connected('slack', 'discord', 'matrix');
  all.write('matrix', SECOND_TRY);
  await all.shows('matrix', 'Created story #1');
  all.write('discord', 'start 1');
  for (const network of NETWORK_NAMES) await all.shows(network, ' merged into');
  expectThreads(all);
  expect((await musher.kill('SIGTERM')).code).toBe(0);
});

test('a purge takes an item’s words out of what waits for networks that are away, and each room keeps its order', async () => {
  all = await ThreeNetworks.open({ top: 'qa = "human"' }, { room: 'admin = ["ada"]' });
  all.bench.expectedProblems.push(/slack|matrix|is tried again/);
  const musher = all.bench.service();
  await all.connected('slack', 'discord', 'matrix');
  all.write('discord', 'create story Plain');
  for (const network of ['slack', 'matrix'] as const) all.write(network, 'ping');
  for (const network of ['slack', 'matrix'] as const) await all.shows(network, 'pong');
  all.slack.goAway();
  await all.matrix.close();
  all.write('discord', 'create story Unspeakable');
  await all.shows('discord', 'Created story #2');
  for (const command of ['start 2', 'show 2', 'start 1']) all.write('discord', command);
  for (const item of [1, 2]) await all.shows('discord', `#${item} ${item === 1 ? 'Plain' : 'Unspeakable'}: waiting for review`);
  all.write('discord', 'delete 2 --purge');
  await all.shows('discord', 'and purge it?');
  all.write('discord', 'yes');
  await all.shows('discord', '2 is deleted and purged');
  all.slack.comeBack();
  await all.matrix.listen();
  for (const network of ['slack', 'matrix'] as const) {
    await all.shows(network, '#1 Plain: waiting for review');
    expect(all.said(network)).not.toContain('Unspeakable');
    expect(all.said(network)).toContain('(removed by a purge)');
    expectEachStepOnce(all.said(network), ['pong', '#1 Plain: started', '#1 Plain: waiting for review']);
  }
  expect((await musher.kill('SIGTERM')).code).toBe(0);
});

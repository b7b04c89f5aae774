import { afterEach, expect, test } from 'vitest';
import { until } from '../e2e/harness.ts';
import { expectThreads, NETWORK_NAMES, SECOND_TRY, ThreeNetworks } from '../e2e/three-networks.ts';

let all: ThreeNetworks;
afterEach(() => all.close());

test('a Musher that is killed around the sendings of a thread shows nothing twice and loses nothing', async () => {
  all = await ThreeNetworks.open({ top: 'qa = "server"' }, { style: 'threads' });
  // The terminal takes messages too, so the deaths fall on different rooms: on first messages and on those under them.
  const deaths = [
    'after-outbox-sending:3',
    'after-send-before-mark:2',
    'after-mark-sent:2',
    'after-send-before-mark:3',
    'after-outbox-sending:2',
  ];
  let musher = all.bench.service();
  await all.connected('slack', 'discord', 'matrix');
  all.write('matrix', SECOND_TRY);
  await all.shows('matrix', 'Created story #1');
  await musher.kill('SIGTERM');
  const [first, ...others] = deaths;
  const before = all.slack.sockets.connected;
  musher = all.bench.service({ MUSHER_CRASH_AT: first });
  await until(() => all.slack.sockets.connected > before || all.slack.sockets.connected > 0);
  all.write('slack', 'start 1');
  for (const death of [...others, null]) {
    await until(
      () => !musher.running || NETWORK_NAMES.every((network) => all.said(network).includes(' merged into')),
      () => `an end of ${String(death)}: ${NETWORK_NAMES.map((network) => all.said(network)).join('\n---\n')}`,
    );
    if (musher.running) break;
    expect(musher.signal).toBe('SIGKILL');
    musher = all.bench.service(death === null ? {} : { MUSHER_CRASH_AT: death });
  }
  for (const network of NETWORK_NAMES) await all.shows(network, ' merged into');
  expectThreads(all);
  expect((await musher.kill('SIGTERM')).code).toBe(0);
});

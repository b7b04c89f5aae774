import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

test('a timer outlives a Musher that is killed, and runs once, as the person who set it', async () => {
  bench = new Bench({});
  const first = bench.start();
  first.type(create('Later'), 'timer 1 in 6s start', 'timer 1 tomorrow 09:00 retry');
  await first.said(/Timer 2 will run `retry( shop#1)?`/);
  await first.kill('SIGKILL');
  expect(bench.path(1)).toEqual(['backlog']);
  const second = bench.start();
  await second.said(/Timer 1 ran `start shop#1`: .*?#1 Later: started by local/);
  second.type('wait 1 done 60', 'timer list');
  const out = succeeded(await second.end());
  expect(out).toContain('2: retry 1 at');
  expect(bench.only('timer.fired', 1)).toHaveLength(1);
  expect(bench.only('item.moved', 1)[0]).toMatchObject({ actor: 'console:local', payload: { to: { name: 'current' } } });
  expect(bench.runs(1)).toHaveLength(1);
});

import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** What `/healthz` and `/metrics` of a running Musher say. */
async function read(port: number, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

test('a Musher that runs is watched over HTTP, backed up from the room, and restored from the backup', async () => {
  bench = new Bench({});
  const port = await freePort();
  bench.append('bot.toml', `[backup]\nfolder = "copies"\nkeep = 2\n\n[monitor]\nport = ${port}\n`);
  const musher = bench.start();
  musher.type(create('First'), create('Second'), 'start 1', 'wait 1 done 60', 'backup');
  await musher.said(/Backed up the log to `musher-\S+\.sqlite`/);
  expect(await read(port, '/healthz')).toMatchObject({ status: 200 });
  expect((await read(port, '/metrics')).text).toContain('musher_items{project="shop",stage="done"} 1');
  musher.type(create('Third'), 'health');
  await musher.said(/Last backup: \d\d:\d\d .*?1 kept/);
  succeeded(await musher.end());
  const [copy = ''] = readdirSync(join(bench.dir, 'copies'));

  const restored = await bench.call('restore', join(bench.dir, 'copies', copy), '--data', bench.data);
  expect(restored.code).toBe(0);
  expect(restored.out).toMatch(/Restored and checked \d+ events.* had \d+ newer events; it is kept as .+replaced-/);
  const again = bench.start();
  again.type('show 3', create('Fourth'), 'history 1');
  await again.said(/There is no item 3/);
  await again.said(/Created story #4 Fourth/);
  expect((await again.end()).code).toBe(1);
  await until(() => bench.items().length === 3);
  expect(bench.items().map(({ number }) => number)).toEqual([1, 2, 4]);
});

test('an export goes into another data directory and verifies there', async () => {
  bench = new Bench({});
  succeeded(await bench.run(create('First'), 'start 1', 'wait 1 done 60', create('Second'), 'delete 2 --purge', 'yes', 'wait 2 purged 30'));
  const exported = await bench.call('export', '--data', bench.data);
  expect(exported.code).toBe(0);
  bench.write('log.jsonl', exported.raw);
  const other = join(bench.dir, 'other');
  expect(await bench.call('import', join(bench.dir, 'log.jsonl'), '--data', other)).toMatchObject({ code: 0 });
  expect((await bench.call('verify', '--data', other)).out).toContain('the projections match the log');
  // What is in the export was told before, and is not told again.
  const config = join(bench.dir, 'bot.toml');
  expect((await bench.call('run', '--batch', '--config', config, '--data', other)).out).toMatch(
    /^Musher \S+ is back from an export of \S+ \S+ \(log\.jsonl\): nothing was lost; .* no differences\.$/,
  );
  expect((await bench.call('run', '--batch', '--config', config, '--data', other)).out).toBe('');
  expect((await bench.call('import', join(bench.dir, 'log.jsonl'), '--data', other)).err).toContain(
    'This data directory already has a log.',
  );
});

import { spawn } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, expect, test } from 'vitest';
import { LAUNCHER } from '../setup/programs.ts';
import { Bench, create, succeeded } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

/** No file may grow beyond this, as on a disk that is full: so many blocks of 512 bytes. */
const BLOCKS = 1_400;

test('a disk that is full loses nothing that was answered, stops nothing for good, and is told in words', async () => {
  bench = new Bench({});
  succeeded(await bench.run(create('Before')));
  // As after months.
  writeFileSync(join(bench.data, 'musher.log'), '');
  truncateSync(join(bench.data, 'musher.log'), BLOCKS * 512);
  const script = ['ulimit -f "$1"', 'trap "" XFSZ', 'shift', 'exec "$@"'].join('; ');
  const run = ['run', '--batch', '--config', join(bench.dir, 'bot.toml'), '--data', bench.data];
  const child = spawn('/bin/sh', ['-c', script, 'sh', String(BLOCKS), process.execPath, LAUNCHER, ...run], {
    cwd: bench.dir,
    env: { PATH: process.env['PATH'], HOME: join(bench.dir, 'home'), GIT_CONFIG_NOSYSTEM: '1' },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const many = Array.from({ length: 30 }, (_, i) => create(`Item ${i}`, 'x'.repeat(30_000)));
  child.stdin.end(`${[...many, 'status'].join('\n')}\n`);
  const code = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  expect(code).toBe(1);
  expect(err).toMatch(/create story .*: refused \(not-stored: .*(?:full|disk I\/O error)/);
  expect(err).toContain('musher.log cannot be written: EFBIG');
  expect(err).not.toMatch(/^\s+at .*\n\s+at /m);
  const answered = [...out.matchAll(/Created story #(\d+)/g)].map((match) => Number(match[1]));
  expect(answered.length).toBeGreaterThan(0);
  expect(answered.length).toBeLessThan(30);
  // There is room again.
  truncateSync(join(bench.data, 'musher.log'), 0);
  const again = succeeded(await bench.run(create('After', 'coder: write a.txt a; commit; success')));
  expect(again).toContain('Created story');
  expect(bench.items().length).toBeGreaterThanOrEqual(answered.length + 2);
  for (const number of answered) expect(bench.item(number).title).toMatch(/^Item \d+$/);
});

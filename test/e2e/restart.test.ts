import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

test('a restart keeps the process and its agents, and answers once, when it is back', async () => {
  bench = new Bench({});
  const musher = bench.open();
  musher.type(create('Waits', 'coder: raise there; await go; write a.txt a; commit; usage 1 1 0; success'), 'start 1');
  await until(() => bench.raised('there'));
  musher.type('restart');
  await musher.said(/Back after [\d.]+ s, version/);
  expect(bench.runs(1)).toMatchObject([{ state: 'running' }]);
  expect(bench.others('musher.started')).toHaveLength(2);
  await until(() => bench.unanswered() === 0);
  bench.raise('go');
  await until(() => bench.item(1).stage.name === 'done');
  expect(bench.runs(1)).toHaveLength(1);
  musher.type('exit');
  const out = succeeded(await musher.end());
  expect(out.match(/Back after/g)).toHaveLength(1);
});

test('a reload names what changed without its value, refuses what is broken, and applies what is valid', async () => {
  bench = new Bench({});
  const musher = bench.open();
  musher.type('reload');
  await musher.said(/The configuration has not changed/);
  bench.append('bot.toml', '\n[flood]\nburst = "many"\n');
  musher.type('reload');
  await musher.said(/The configuration is broken, so the old one stays in use: .*bot\.toml:\d+: flood\.burst/);
  musher.type('restart');
  await musher.said(/The configuration is broken/);
  expect(bench.others('musher.started')).toHaveLength(1);
  const file = join(bench.dir, 'bot.toml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"many"', '977'));
  musher.type('reload');
  await musher.said(/The new configuration is valid\. Changed: `?bot\.toml: flood`?\. Musher restarts now/);
  await until(() => bench.others('musher.started').length === 2);
  musher.type('reload');
  await musher.said(/The configuration has not changed/);
  musher.type('exit');
  const out = succeeded(await musher.end());
  expect(out).not.toMatch(/\b977\b/);
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const section = (name: string, command: string, further = ''): string =>
  `[[report]]\nname = "${name}"\ncommand = ${JSON.stringify(command)}\n${further}`;

test('a report is measured on the base branch, shown at once from then on, and a failed measurement keeps the last value', async () => {
  bench = new Bench({
    sections: [
      section('coverage', 'if [ -e {flags}/broken ]; then echo no tests; exit 3; fi; cat list.txt; echo 81 %'),
      section('endless', 'sleep 600', 'timeout = "1s"\n'),
    ].join('\n'),
  });
  const musher = bench.start();
  musher.type('coverage', 'coverage run');
  await musher.said(/Nobody has measured coverage yet\. `coverage run` does\./);
  await musher.said(/coverage: 81 % · just now, `[0-9a-f]{8}` · took .* · asked by local/);
  bench.raise('broken');
  musher.type('coverage run');
  await musher.said(/✗ coverage was not measured: exit code 3\. The last value stays\./);
  musher.type('endless run');
  await musher.said(/✗ endless was not measured: no end after/);
  musher.type('coverage', 'help');
  const out = succeeded(await musher.end());
  expect(out).toMatch(/coverage: 81 % [\s\S]*The last measurement failed .*: exit code 3/);
  expect(out).toMatch(/Shows the last coverage of the project/);
  expect(bench.git(['status', '--porcelain'])).toBe('');
});

test('two who ask at once get one measurement, and what runs is ended with Musher', async () => {
  bench = new Bench({ sections: section('slow', 'echo x >> {flags}/count; while ! [ -e {flags}/go ]; do sleep 0.05; done; echo 7') });
  const musher = bench.open();
  musher.type('slow run');
  await until(() => bench.raised('count'));
  musher.type('slow run', 'slow');
  await musher.said(/Nobody has measured slow yet/);
  bench.raise('go');
  await until(() => bench.rows("SELECT 1 FROM events WHERE kind = 'report.measured'").length === 1);
  await musher.said(/slow: 7 · /);
  expect(bench.flag('count')).toBe('x\n');
  rmSync(join(bench.flags, 'go'));
  musher.type('slow run');
  await until(() => bench.flag('count') === 'x\nx\n');
  // Its processes would be found by `close`.
  await musher.end();
});

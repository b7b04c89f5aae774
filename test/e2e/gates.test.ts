import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';
import { processes } from './leaks.ts';

let bench: Bench;
afterEach(() => bench.close());

const sleepers = (): string[] => processes(bench).flatMap(({ what }) => (what.includes('sleep') ? [what] : []));
const lines = (flag: string): number => (bench.raised(flag) ? readFileSync(join(bench.flags, flag), 'utf8').trim().split('\n').length : 0);

test('a gate that does not end runs into its limit, and nothing that a gate starts outlives it', async () => {
  bench = new Bench({
    top: 'max_retries = 0\nmax_coders = 2',
    agents: { a: 'current', b: 'current' },
    sections: `[[gate]]
name = "test"
command = "if [ $MUSHER_ITEM = 1 ]; then echo begun; sleep 600; fi; setsid sleep 600 & sleep 600 & echo passed"
timeout = "700ms"
`,
  });
  const out = succeeded(
    await bench.run(create('Hangs'), create('Leaves things behind'), 'start 1', 'start 2', 'wait 1 blocked 30', 'wait 2 done 30'),
  );
  expect(sleepers()).toEqual([]);
  expect(bench.only('gate.ran', 1).map(({ payload }) => payload)).toMatchObject([{ timedOut: true, outputTail: 'begun\n' }]);
  expect(out).toMatch(/#1 Hangs is blocked: gate test ran into its timeout/);
  // What it left in the background did not hold the gate open.
  expect(bench.only('gate.ran', 2).map(({ payload }) => payload.exitCode)).toEqual([0, 0]);
});

test('stop and delete end a gate that runs, and the end of Musher puts it off to the next start', async () => {
  bench = new Bench({
    top: 'max_coders = 4',
    agents: { a: 'current', b: 'current', c: 'current', d: 'current' },
    gates: { test: 'echo x >> {flags}/gate-$MUSHER_ITEM; test -e {flags}/free || sleep 600' },
  });
  const first = bench.start();
  const numbers = [1, 2, 3];
  first.type(...numbers.map((number) => create(`Item ${number}`)), ...numbers.map((number) => `start ${number}`));
  await until(() => numbers.every((number) => bench.raised(`gate-${number}`)));
  first.type('stop 1', 'delete 2', 'yes', 'wait 2 deleted 30', 'show 1');
  await first.said(/#1 Item 1: stopped by local/);
  await first.said(/#2 Item 2 is deleted/);
  await until(
    () => sleepers().length === 2,
    () => sleepers().join('\n'),
  );
  // Killed in the middle of a gate: the next start ends what it left and runs it again.
  await first.kill();
  expect(sleepers()).toHaveLength(2);
  bench.raise('free');
  const second = bench.start();
  second.type('wait 3 done 30', 'start 1', 'wait 1 done 30', 'why 1');
  succeeded(await second.end());
  expect(sleepers()).toEqual([]);
  expect(bench.runs(3)).toHaveLength(1);
  expect(lines('gate-3')).toBe(3);
  expect(bench.only('gate.ran', 3).map(({ payload }) => `${payload.where} ${payload.exitCode}`)).toEqual(['branch 0', 'merged 0']);
  expect(bench.only('item.attempt_failed', 1)).toEqual([]);
  expect(bench.merges).toHaveLength(2);
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';
import { processes } from './leaks.ts';

let bench: Bench;
afterEach(() => bench.close());

test('after its log was lost, an item of the new one with the same number and title merges its own work alone', async () => {
  bench = new Bench({ top: 'max_retries = 0', gates: { test: 'true' } });
  const lost = await bench.run(create('Sell tea', 'coder: write old.txt old; commit the old work; exit 1'), 'start 1', 'wait 1 blocked 30');
  succeeded(lost);
  const branch = bench.branch(1);
  const old = bench.git(['rev-parse', branch]);
  const kept = bench.snapshots(1);
  rmSync(bench.data, { recursive: true });

  const out = succeeded(
    await bench.run(create('Sell tea', 'coder: write new.txt new; commit; usage 1 1 0; success'), 'start 1', 'wait 1 done 30'),
  );
  expect(out).toMatch(/#1 Sell tea merged into/);
  expect(bench.filesAt('main')).toHaveProperty('new.txt');
  expect(bench.filesAt('main')).not.toHaveProperty('old.txt');
  // What the lost log's item came to is neither merged nor removed.
  expect(bench.git(['rev-parse', branch])).toBe(old);
  expect(bench.snapshots(1)).toEqual(expect.arrayContaining(kept));
  // Nor is it among what is kept of the new item.
  const own = bench.snapshots(1).filter((ref) => ref.startsWith(`refs/musher/snapshots/${bench.branch(1).slice(-8)}/`));
  expect(own.map((ref) => bench.git(['rev-parse', ref, `${ref}^`]))).not.toContain(expect.stringContaining(old));
  // It is the owner's to remove.
  bench.git(['branch', '-D', branch]);
});

test('an agent whose run directory was removed is ended, not left alone', async () => {
  bench = new Bench({ top: 'max_retries = 0', gates: { test: 'true' } });
  bench.expectedProblems.push(/the note of why run/);
  const musher = bench.start();
  musher.type(create('Works on', 'coder: say up; raise up; hang'), 'start 1');
  await until(() => bench.raised('up') && bench.only('run.started', 1).length === 1);
  expect(processes(bench).length).toBeGreaterThan(0);
  rmSync(join(bench.data, 'runs'), { recursive: true });
  musher.type('stop 1', 'show 1');
  await until(
    () => bench.only('run.ended', 1).length === 1,
    () => 'the end of the run',
  );
  succeeded(await musher.end());
  expect(processes(bench)).toEqual([]);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { statOf } from '../../src/agents/process/identity.ts';
import { processes } from './leaks.ts';
import { Bench, create, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

test('gates that an agent had Musher run are found and ended by the start after a kill, and its work is kept before', async () => {
  bench = new Bench({ gates: { slow: 'echo $$ > {flags}/gate; test -e {flags}/quick || sleep 600' } });
  const first = bench.start();
  first.type(
    create('Asks', 'coder@1: write draft.txt half; call answer run_gates; hang', 'coder@2: write a.txt a; commit; success'),
    'start 1',
  );
  await until(() => bench.raised('gate') && bench.flag('gate') !== '');
  await first.kill();
  expect(processes(bench).length).toBeGreaterThan(0);
  const second = bench.start();
  await second.said(/1 agent is still running, 1 stray process was ended/);
  bench.raise('quick');
  const kept = bench.snapshots(1).at(-1);
  expect(bench.git(['log', '-1', '--format=%s', String(kept)])).toContain('before stray processes were ended');
  expect(bench.git(['show', `${kept}:draft.txt`])).toBe('half');
  expect(statOf(Number(bench.flag('gate')))?.zombie ?? true).toBe(true);
  second.type('stop 1', 'start 1', 'wait 1 done 60');
  succeeded(await second.end());
});

test('what is left of a run whose agent is gone from the configuration is ended after its work was kept', async () => {
  bench = new Bench({ agents: { a: 'current', b: 'current' } });
  const first = bench.start();
  first.type(create('Orphaned', 'coder@1: write draft.txt half; raise there; hang'), 'assign 1 a', 'start 1');
  await until(() => bench.raised('there') && bench.only('run.started', 1).length === 1);
  await first.kill();
  const file = join(bench.repo, '.musher/project.toml');
  // Renamed, while its program goes on.
  writeFileSync(file, readFileSync(file, 'utf8').replace('name = "a"', 'name = "c"'));
  const second = bench.start();
  await until(() => bench.only('run.ended', 1).length === 1);
  const subjects = bench.snapshots(1).map((ref) => bench.git(['log', '-1', '--format=%s', ref]));
  expect(subjects[0]).toContain('before what is left of run 1 was ended');
  second.type('why 1');
  await second.said(/its agent a isn’t configured/);
  second.type('assign 1 any', 'wait 1 done 60');
  succeeded(await second.end());
});

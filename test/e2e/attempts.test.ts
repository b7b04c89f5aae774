import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const GATE = 'test ! -e broken.txt || { echo "it is broken: $(cat broken.txt)"; exit 3; }';
const FOUR = { a: 'current', b: 'current', c: 'current', d: 'current' } as const;

test('only work that is committed and passes its gates counts: a gate that fails, hollow runs, mere claims, files never committed', async () => {
  bench = new Bench({ top: 'max_coders = 4\nmax_retries = 1', agents: FOUR, gates: { test: GATE } });
  const breaks = (why: string): string => `write broken.txt ${why}; append ${why}.txt x; commit; usage 1 1 0; success`;
  const musher = bench.start();
  musher.type(
    create('Fails its gate once', `coder@1: ${breaks('badly')}`, 'coder@2: rm broken.txt; commit mend it; usage 1 1 0; success'),
    create('Always fails', `coder: ${breaks('always')}`, 'coder@5: rm broken.txt; commit; usage 1 1 0; success'),
    create('Does nothing', 'coder: say nothing to do'),
    create('Claims', 'coder: usage 5 5 0; success all of it is done'),
    create('Forgets to commit', 'coder@1: write draft.txt half; usage 1 1 0; success', 'coder@2: commit the draft; usage 1 1 0; success'),
    create('Falls over', 'coder: write draft.txt half; exit 7'),
    create('Breaks off', 'coder: usage 1 1 0'),
    create('Leaves more than it commits', 'coder: write a.txt a; commit; write b.txt b; usage 1 1 0; success'),
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => `start ${number}`),
    'wait 1 done 60',
    ...[2, 3, 4].map((number) => `wait ${number} blocked 60`),
    'wait 5 done 60',
    ...[6, 7].map((number) => `wait ${number} blocked 60`),
    'wait 8 done 60',
    'why 2',
    'unblock 2',
    'wait 2 blocked 60',
    'retry 2',
    'wait 2 done 60',
  );
  const out = succeeded(await musher.end());

  expect(bench.only('gate.ran', 1).map(({ payload }) => payload.exitCode)).toEqual([3, 0, 0]);
  expect(bench.prompt(1, 1)).not.toContain('broken: badly');
  expect(bench.prompt(1, 2)).toMatch(/gate test failed with exit code 3 [^]*Commit: [0-9a-f]{40}/);
  expect(bench.prompt(1, 2)).toContain('it is broken: badly');
  expect(out).toMatch(/#1 Fails its gate once: gate test failed with exit code 3 \([\d.]+ s\)\. Trying again \(attempt 2 of 2\)/);

  expect(out).toMatch(/✗ #2 Always fails is blocked: gate test failed with exit code 3 .*, after 2 attempts in current/);
  expect(out).toMatch(/`retry 2`.*? tries again, `unblock 2` moves it back to current/);
  expect(out).toMatch(/#2 Always fails: unblocked by local, back in current/);
  expect(bench.runs(2).map(({ attempt }) => attempt)).toEqual([1, 2, 1, 2, 1]);
  expect(bench.prompt(2, 3)).toContain('it is broken: always');

  expect(bench.runs(3).map(({ reason }) => reason)).toEqual(['hollow', 'hollow']);
  const idle = { reason: 'failed', summary: { kind: 'nothing-committed', changed: [] } };
  expect(bench.runs(4)).toMatchObject([idle, idle]);
  for (const number of [3, 4, 6, 7]) {
    expect(bench.path(number)).toEqual(['backlog', 'current', 'archived']);
    expect(bench.only('gate.ran', number)).toEqual([]);
  }

  expect(bench.runs(5).map(({ reason }) => reason)).toEqual(['failed', 'finished']);
  expect(out).toMatch(/#5 Forgets to commit: .*?1 changed file uncommitted: draft\.txt/);
  expect(bench.git(['show', `${bench.snapshots(5)[0]}:draft.txt`])).toBe('half');
  expect(bench.filesAt('main')['draft.txt']).toBe('half');

  expect(bench.runs(6)[0]?.summary).toBe('The program exited with 7.');
  expect(bench.git(['show', `${bench.snapshots(6)[0]}:draft.txt`])).toBe('half');
  expect(bench.runs(7)[0]?.summary).toBe('The program ended without a result line.');

  // What is merged is what was committed and tested; the rest is kept beside it.
  expect(bench.filesAt('main')).toHaveProperty('a.txt');
  expect(bench.filesAt('main')).not.toHaveProperty('b.txt');
  expect(bench.snapshots(8).some((ref) => bench.git(['ls-tree', '--name-only', ref]).includes('b.txt'))).toBe(true);
  expect(bench.merges).toHaveLength(4);
});

test('a run that does nothing is hollow also where an earlier attempt left commits and files, and nothing of those is taken for its work', async () => {
  bench = new Bench({ top: 'max_coders = 2\nmax_retries = 1', agents: { a: 'current', b: 'current' }, gates: { test: 'true' } });
  const musher = bench.start();
  const half = (n: number): string => `write half-${n}.txt half; commit half of it; write rest.txt rest; exit 1`;
  musher.type(
    create('Left half done', `coder@1: ${half(1)}`, 'coder@2: say nothing to do'),
    create('Finished by its commit', `coder@1: ${half(2)}`, 'coder@2: commit the rest; usage 1 1 0; success'),
    create('Goes on with the files', `coder@1: ${half(3)}`, 'coder@2: append rest.txt more; say done'),
    'start 1',
    'start 2',
    'start 3',
    'wait 1 blocked 60',
    'wait 2 done 60',
    'wait 3 done 60',
  );
  succeeded(await musher.end());

  expect(bench.runs(1).map(({ reason }) => reason)).toEqual(['failed', 'hollow']);
  expect(bench.only('gate.ran', 1)).toEqual([]);
  expect(bench.runs(2).map(({ reason }) => reason)).toEqual(['failed', 'finished']);
  expect(bench.runs(3).map(({ reason }) => reason)).toEqual(['failed', 'finished']);
  expect(bench.merges).toHaveLength(2);
});

test('what an earlier attempt left is not committed by Musher for a run that did nothing', async () => {
  const agents = { a: { stage: 'current', keys: 'commit = "musher"' } } as const;
  bench = new Bench({ top: 'max_retries = 1', agents, gates: { test: 'true' } });
  const musher = bench.start();
  musher.type(create('Left uncommitted', 'coder@1: write rest.txt rest; exit 1', 'coder@2: say done'), 'start 1', 'wait 1 blocked 60');
  succeeded(await musher.end());
  expect(bench.runs(1).map(({ reason }) => reason)).toEqual(['failed', 'hollow']);
  expect(bench.merges).toEqual([]);
});

test('set-up runs once for a worktree, its failure is told, and Musher can commit what an agent leaves uncommitted', async () => {
  bench = new Bench({
    top: 'max_coders = 3\nmax_retries = 1',
    gates: { test: GATE },
    agents: {
      a: 'current',
      hands: { stage: 'current', keys: 'commit = "musher"' },
      ghost: { stage: 'current', command: ['no-such-program-anywhere'] },
    },
    sections: `[[component]]
name = "app"
setup = ["echo set-up $MUSHER_ITEM >> {flags}/steps", "test $MUSHER_ITEM != 2 || { echo no network; exit 4; }"]
teardown = ["echo teardown $MUSHER_ITEM >> {flags}/steps"]
`,
  });
  bench.expectedProblems.push(/RUNTIME_MISSING/);
  const musher = bench.start();
  musher.type(
    create(
      'Needs two runs',
      'coder@1: write broken.txt x; commit; usage 1 1 0; success',
      'coder@2: rm broken.txt; write a.txt a; commit; usage 1 1 0; success',
    ),
    create('Cannot be set up'),
    create('Has no program'),
    create('Leaves it to Musher', 'coder: write hand.txt made; usage 1 1 0; success'),
    'assign 1 a',
    'assign 2 a',
    'assign 3 ghost',
    'assign 4 hands',
    ...[1, 2, 3, 4].map((number) => `start ${number}`),
    'wait 1 done 60',
    'wait 2 blocked 60',
    'wait 4 done 60',
    'why 3',
  );
  const steps = (): string[] => (bench.raised('steps') ? readFileSync(join(bench.flags, 'steps'), 'utf8').trim().split('\n') : []);
  await until(() => steps().includes('teardown 1') && steps().includes('teardown 4'));
  const out = succeeded(await musher.end());
  // One for the worktree, one for the merged tree.
  expect(steps().filter((step) => step === 'set-up 1')).toHaveLength(2);
  expect(steps().filter((step) => step === 'teardown 1')).toHaveLength(1);
  expect(out).toMatch(/#2 Cannot be set up: setup of app failed: .* exit code 4/);
  expect(bench.item(2).failure?.evidence).toContain('no network');
  expect(out).toMatch(/ghost of shop can’t start: The program "no-such-program-anywhere" was not found\. Install it/i);
  expect(bench.item(3)).toMatchObject({ attempts: 0, failure: null });
  expect(bench.git(['log', '--format=%s', '-1', 'main', '--', 'hand.txt'])).toBe('4: Leaves it to Musher');
});

test('an agent that is silent, goes on too long, or goes over its tokens or money is stopped at the line', async () => {
  bench = new Bench({
    top: 'max_coders = 4\nmax_retries = 0',
    agents: {
      // Long enough for it to write its file before, on a machine that is busy with other things.
      quiet: { stage: 'current', limits: 'silence = "5s"' },
      endless: { stage: 'current', limits: 'wall_clock = "900ms"' },
      eager: { stage: 'current', limits: 'tokens = 100' },
      dear: { stage: 'current', limits: 'cost_usd = 0.05' },
    },
  });
  const musher = bench.start();
  musher.type(
    create('Silent', 'coder: write draft.txt half; hang'),
    create('Endless', 'coder: detach; chatter'),
    create('Over its tokens', 'coder: write a.txt a; commit; usage 90 5 0.001; usage 300 5 0.002; hang'),
    create('Over its money', 'coder: usage 10 5 0.04; usage 10 6 0.0601; hang'),
    ...['quiet', 'endless', 'eager', 'dear'].flatMap((agent, i) => [`assign ${i + 1} ${agent}`, `start ${i + 1}`]),
    ...[1, 2, 3, 4].map((number) => `wait ${number} blocked 60`),
    'cost',
  );
  const out = succeeded(await musher.end());
  expect([1, 2, 3, 4].map((number) => bench.runs(number).map(({ reason, summary }) => [reason, summary]))).toMatchObject([
    [['stuck', { kind: 'no-output', ms: 5_000 }]],
    [['stuck', { kind: 'ran-too-long', ms: 900 }]],
    [['over-budget', { kind: 'over-limit', unit: 'tokens', used: 305, cap: 100 }]],
    [['over-budget', { kind: 'over-limit', unit: 'microUsd', used: 60_100, cap: 50_000 }]],
  ]);
  expect(bench.git(['show', `${bench.snapshots(1)[0]}:draft.txt`])).toBe('half');
  // Work that was committed before the line stays on its branch, and the cost is what was used.
  expect(bench.item(3).work?.commitsAhead).toBe(1);
  expect(out).toMatch(/✗ #4 Over its money is blocked: .*Raise \[agent\.limits\]/);
  expect(bench.only('run.usage', 4).reduce((sum, { payload }) => sum + payload.usage.microUsd, 0)).toBe(60_100);
});

test('the same failure again on the same work stops the item early and tells the room once, after the evidence was in a prompt', async () => {
  const gate = 'echo "at $(date +%s%N) in $PWD/x.ts:$$: the price is wrong"; exit 1';
  bench = new Bench({ top: 'max_retries = 9', gates: { test: gate } });
  const musher = bench.start();
  musher.type(create('Hopeless'), 'start 1', 'wait 1 blocked 60', 'why 1');
  const out = succeeded(await musher.end());
  expect(bench.runs(1)).toHaveLength(3);
  expect(bench.prompt(1, 1)).not.toContain('the price is wrong');
  for (const run of [2, 3]) expect(bench.prompt(1, run)).toContain('the price is wrong');
  expect(bench.item(1).stage).toMatchObject({
    reason: {
      kind: 'blocked',
      reason: { kind: 'same-failure', times: 3 },
    },
  });
  expect(out).not.toContain('attempt 4 of 10');
  expect(out.match(/is blocked: .*, 3 times in a row/g)).toHaveLength(1);
});

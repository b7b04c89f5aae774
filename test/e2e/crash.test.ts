import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';
import { processes } from './leaks.ts';

let bench: Bench;
afterEach(() => bench.close());

const agents = (): number[] =>
  processes(bench)
    .filter(({ what }) => what.includes('agents/agent'))
    .map(({ pid }) => pid);

test('a Musher that is killed takes up what its agents did meanwhile: no output lost, usage counted once, one run', async () => {
  bench = new Bench({ top: 'max_coders = 3', agents: { a: 'current', b: 'current', c: 'current' } });
  const first = bench.start();
  const body = 'session s-1; usage 100 10 0.01; write a.txt a; raise there-$; await go; usage 300 40 0.04; commit; success well done';
  first.type(
    create('Ends before the restart', `coder: ${body.replace('$', '1')}`),
    create('Ends after the restart', `coder: ${body.replace('$', '2').replace('await go', 'await go-on').replaceAll('a.txt', 'b.txt')}`),
    create('Dies meanwhile', 'coder@1: raise there-3; await die; exit 9', 'coder@2: write c.txt c; commit; usage 1 1 0; success'),
    'start 1',
    'start 2',
    'start 3',
  );
  await until(() => ['there-1', 'there-2', 'there-3'].every((flag) => bench.raised(flag)));
  await until(
    () => bench.only('run.usage', 1).length === 1 && bench.only('run.usage', 2).length === 1 && bench.only('run.started', 3).length === 1,
  );
  await first.kill();
  const before = agents();
  expect(before).toHaveLength(6);
  bench.raise('go');
  bench.raise('die');
  await until(() => agents().length === 2);

  const second = bench.start();
  await until(() => bench.only('item.moved', 1).at(-1)?.payload.to.name === 'done');
  bench.raise('go-on');
  second.type('wait 2 done 30', 'wait 3 done 30');
  succeeded(await second.end());
  for (const number of [1, 2]) {
    expect(bench.runs(number).map(({ reason, summary }) => [reason, summary])).toEqual([['finished', 'well done']]);
    const usage = bench.only('run.usage', number).map(({ payload }) => payload.usage);
    expect(usage.reduce((sum, one) => sum + one.microUsd, 0)).toBe(40_000);
    expect(usage.reduce((sum, one) => sum + one.inputTokens + one.outputTokens, 0)).toBe(340);
  }
  expect(bench.runs(3).map(({ reason, exitCode }) => `${reason} ${exitCode}`)).toEqual(['failed 9', 'finished 0']);
  expect(bench.merges).toHaveLength(3);
});

test('a program that ended before its start was written down is started anew, and what it came to is no end of the new one', async () => {
  bench = new Bench({});
  const first = bench.start({ MUSHER_CRASH_AT: 'after-spawn-before-started' });
  first.type(
    create('Tea', 'coder@1: await go; status it went wrong; exit 3', 'coder@2: write a.txt a; commit; usage 1 1 0; success'),
    'start 1',
  );
  const exit = join(bench.data, 'runs', 'shop', '1', '1', 'exit');
  await until(() => !first.running);
  bench.raise('go');
  await until(() => existsSync(exit) && agents().length === 0);
  rmSync(join(bench.flags, 'go'));
  const second = bench.start();
  await until(() => bench.only('run.started', 1).length === 1);
  bench.raise('go');
  second.type('wait 1 done 30');
  succeeded(await second.end());
  expect(bench.runs(1).map(({ reason, exitCode }) => `${reason} ${exitCode}`)).toEqual(['failed 3', 'finished 0']);
  // The evidence of the process that counts.
  expect(bench.prompt(1, 2)).toMatch(/^it went wrong$/m);
});

test('an agent over whose start Musher dies each time is started five times, and then its attempt has failed', async () => {
  bench = new Bench({ top: 'max_retries = 0' });
  const armed = { MUSHER_CRASH_AT: 'after-spawn-before-started' };
  const first = bench.start(armed);
  first.type(create('Tea', 'coder: hang'), 'start 1');
  await until(() => !first.running);
  for (let times = 2; times <= 5; times += 1) {
    const next = bench.start(armed);
    await until(() => !next.running);
    expect(next.signal).toBe('SIGKILL');
    expect(bench.only('run.admitted', 1)).toHaveLength(times);
  }
  const last = bench.start(armed);
  last.type('wait 1 blocked 30', 'why 1');
  expect(succeeded(await last.end())).toMatch(/Musher died 5 times right after it started the agent/);
  expect(bench.runs(1).map(({ reason, launches }) => `${reason} ${launches}`)).toEqual(['lost 5']);
  expect(bench.only('item.attempt_failed', 1)).toHaveLength(1);
  expect(agents()).toEqual([]);
});

test('what an agent used over whose start Musher died is counted, and held against the limit of its run', async () => {
  bench = new Bench({ top: 'max_retries = 0', agents: { a: { stage: 'current', limits: 'tokens = 250' } } });
  const armed = { MUSHER_CRASH_AT: 'after-spawn-before-started' };
  const used = (): number => (bench.flag('used') ?? '').split('\n').filter(Boolean).length;
  const first = bench.start(armed);
  first.type(create('Tea', 'coder: usage 90 10 0.001; hang'), 'start 1');
  await until(() => !first.running && used() === 1);
  for (const times of [2, 3]) {
    const next = bench.start(armed);
    await until(() => !next.running && used() === times);
  }
  const last = bench.start(armed);
  last.type('wait 1 blocked 30');
  succeeded(await last.end());
  const [run] = bench.runs(1);
  expect(run).toMatchObject({ reason: 'over-budget', launches: 3, usage: { inputTokens: 270, outputTokens: 30, microUsd: 3_000 } });
  expect(used()).toBe(3);
});

test('the process that takes the place of one over whose start Musher died has what that one left of the limit', async () => {
  bench = new Bench({ top: 'max_retries = 0', agents: { a: { stage: 'current', limits: 'tokens = 250' } } });
  const first = bench.start({ MUSHER_CRASH_AT: 'after-spawn-before-started' });
  first.type(create('Tea', 'coder: usage 140 10 0.001; hang'), 'start 1');
  await until(() => !first.running && bench.flag('used') !== null);
  const second = bench.start();
  second.type('wait 1 blocked 30');
  succeeded(await second.end());
  expect(bench.runs(1)[0]).toMatchObject({ reason: 'over-budget', launches: 2, usageBefore: { inputTokens: 140 } });
});

test('a Musher that is asked to end by a service manager leaves its agents at work, and one that is interrupted stops them', async () => {
  bench = new Bench({});
  const first = bench.start();
  first.type(
    create(
      'Long',
      'coder@1: raise there; await go; write a.txt a; commit; usage 1 1 0; success',
      'coder@2: write a.txt a; commit; usage 1 1 0; success',
    ),
    'start 1',
  );
  await until(() => bench.raised('there') && bench.only('run.started', 1).length === 1);
  const { err } = await first.kill('SIGTERM');
  expect(err).toMatch(/1 run continues without Musher/);
  expect(agents()).toHaveLength(2);
  const second = bench.start();
  second.type('status');
  await second.said(/Running - … #1 Long · coder-1 running in current/);
  const { err: interrupted } = await second.kill('SIGINT');
  expect(interrupted).toMatch(/1 run stopped.*starts again/);
  expect(agents()).toEqual([]);
  succeeded(await bench.run('wait 1 done 30'));
  expect(bench.runs(1).map(({ reason }) => reason)).toEqual(['stopped', 'finished']);
});

test('what a killed Musher was ending is ended by the next one, and what works for an agent that is gone from the configuration', async () => {
  const project = { top: 'max_coders = 4', agents: { a: 'current', b: 'current', c: 'current', d: 'current' } } as const;
  bench = new Bench(project);
  const first = bench.start();
  const numbers = [1, 2, 3, 4];
  first.type(
    ...numbers.map((number) =>
      create(`Long ${number}`, `coder@1: stubborn asked-${number}; write draft.txt half; raise there-${number}; hang`, 'coder: hang'),
    ),
    ...numbers.map((number) => `assign ${number} ${'abcd'[number - 1]}`),
    ...numbers.map((number) => `start ${number}`),
  );
  await until(() => numbers.every((number) => bench.raised(`there-${number}`) && bench.only('run.started', number).length === 1));
  first.type('move 3 archived', 'delete 2', 'yes');
  await until(() => bench.raised('asked-2') && bench.raised('asked-3'));
  await first.kill();
  expect(agents()).toHaveLength(8);
  const file = join(bench.repo, '.musher/project.toml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('name = "d"', 'name = "e"'));

  const second = bench.start();
  second.type('wait 2 deleted 30');
  await until(() => [2, 3, 4].every((number) => bench.runs(number).every(({ state }) => state === 'ended')));
  second.type('why 4');
  await second.said(/its agent d isn’t configured for current/);
  expect(agents()).toHaveLength(2);
  bench.raise('asked-1');
  second.type('stop 1');
  await second.said(/#1 Long 1: stopped by local\. Run 1/);
  expect(agents()).toEqual([]);
  succeeded(await second.end());
  expect(numbers.map((number) => bench.runs(number).map(({ reason }) => reason))).toEqual([
    ['stopped'],
    ['stopped'],
    ['stopped'],
    ['lost'],
  ]);
  for (const number of numbers) expect(bench.git(['show', `${bench.snapshots(number).at(-1)}:draft.txt`])).toBe('half');
});

test('killed right after the base branch moved, it is done exactly once after the restart', async () => {
  // Between the two Musher brings the clean checkout along, which takes git some time: enough to be killed in.
  bench = new Bench({});
  let between = 0;
  const before = bench.git(['rev-parse', 'main']);
  const ref = join(bench.repo, '.git/refs/heads/main');
  for (let number = 1; number <= 2; number += 1) {
    const musher = bench.start();
    musher.type(create(`Item ${number}`), `start ${number}`);
    const at = readFileSync(ref, 'utf8');
    while (readFileSync(ref, 'utf8') === at) await new Promise(setImmediate);
    await musher.kill();
    if (bench.item(number).stage.name === 'merge') between += 1;
    succeeded(await bench.run(`wait ${number} done 30`));
    // The owner's clean checkout came along, although it was under way to when Musher was killed.
    expect(bench.git(['status', '--porcelain'])).toBe('');
  }
  expect(bench.git(['log', '--format=%s', `${before}..main`]).split('\n')).toEqual(['2: Item 2', '1: Item 1']);
  expect(between).toBeGreaterThan(0);
  for (let number = 1; number <= 2; number += 1) {
    const done = bench.only('item.moved', number).filter(({ payload }) => payload.to.name === 'done');
    expect(done).toHaveLength(1);
    const to = done[0]?.payload.to;
    expect(to?.name === 'done' && bench.git(['log', '-1', '--format=%s', to.mergeCommit])).toBe(`${number}: Item ${number}`);
  }
});

test('a second Musher on the same data directory is refused with the pid of the first, and one that was killed blocks nobody', async () => {
  bench = new Bench({});
  const first = bench.start();
  first.type('ping');
  await first.said(/pong/);
  const second = await bench.run('ping');
  expect(second).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining(`Another Musher (pid ${first.pid}) is using ${bench.data}.`),
  });
  expect(await bench.call('verify', '--data', bench.data)).toMatchObject({ code: 1, err: expect.stringContaining(`pid ${first.pid}`) });
  await first.kill();
  succeeded(await bench.run('ping'));
});

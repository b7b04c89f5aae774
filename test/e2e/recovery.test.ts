import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import process from 'node:process';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

/** The folder in which the only quarantine of this test stands. */
function quarantine(): string {
  const folder = join(bench.data, 'quarantine');
  const [stamp = '', ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  return join(folder, stamp, 'shop');
}

test('nothing is told at a first start, nor after an orderly end that left nothing', async () => {
  bench = new Bench({});
  const outputs = [await bench.run('ping'), await bench.run(create('One'), 'start 1', 'wait 1 done 30'), await bench.run('ping')];
  expect(outputs.map(succeeded).filter((out) => out.includes('is back'))).toEqual([]);
});

test('after a kill the room gets one line of what was found and done; orphans are quarantined, lost branches come back, what is not ours stays', async () => {
  bench = new Bench({ top: 'max_coders = 2', agents: { a: 'current', b: 'current' } });
  const first = bench.start();
  first.type(
    create('Goes on', 'coder: raise there-1; await go; commit; write a.txt a; commit; success'),
    create('Ends meanwhile', 'coder: raise there-2; await end; write b.txt b; commit; success'),
    create('Blocked', 'coder: write c.txt c; commit; success'),
    'edit 3 qa human',
    'start 3',
    'wait 3 qa 30',
    'start 1',
    'start 2',
  );
  await until(() => bench.raised('there-1') && bench.raised('there-2'));
  await until(() => [1, 2].every((number) => bench.only('run.started', number).length === 1));
  await first.kill();
  bench.raise('end');
  await until(() => bench.git(['branch', '--list', 'musher/2-*', '--format=%(subject)']).startsWith('work on'));
  await until(() => readdirSync(join(bench.data, 'runs/shop/2/1')).includes('exit'));

  bench.write('data/worktrees/shop/77/work.txt', 'precious');
  bench.write('data/worktrees/shop/notes.txt', 'also');
  bench.git(['branch', 'musher/99-of-another', 'main']);
  const lost = bench.git(['rev-parse', bench.branch(3)]);
  bench.git(['update-ref', '-d', `refs/heads/${bench.branch(3)}`]);
  const lock = join(bench.repo, `.git/refs/heads/${bench.branch(3)}.lock`);
  const env = { PATH: process.env['PATH'], MUSHER_RUN: `${bench.installation}-x-shop-3-gate-test` };
  const stray = spawn('sleep', ['600'], { env, detached: true, stdio: 'ignore' });
  stray.unref();
  const gone = new Promise((resolve) => {
    stray.on('exit', resolve);
  });

  const second = bench.start();
  await second.said(
    /Musher \S+ is back after \S+ \w+ \(it had ended unexpectedly\): 1 agent is still running, 1 run ended meanwhile, 1 stray process was ended, 2 leftovers were quarantined, 1 branch was repaired, 1 finding needs attention; .*? no difference/,
  );
  await second.said(new RegExp(`#3: its branch was gone, restored at \`?${lost.slice(0, 8)}\`?`));
  await second.said(/branch `?musher\/99-of-another`? doesn.t belong to any item/);
  await gone;
  expect(bench.git(['rev-parse', bench.branch(3)])).toBe(lost);
  expect(bench.git(['rev-parse', 'musher/99-of-another'])).toBe(bench.git(['rev-parse', 'main']));
  expect(readFileSync(join(quarantine(), '77/work.txt'), 'utf8')).toBe('precious');
  expect(readFileSync(join(quarantine(), 'notes.txt'), 'utf8')).toBe('also');
  expect(existsSync(join(bench.data, 'worktrees/shop/77'))).toBe(false);
  second.type('wait 2 done 30', 'approve 3', 'wait 3 done 30');
  await second.said(/Blocked merged into/);

  // A lock that a killed git left, once nobody is at work; and the same odd branch is not told again.
  bench.raise('go');
  second.type('wait 1 done 30');
  await second.said(/Goes on merged into/);
  await second.kill();
  mkdirSync(join(lock, '..'), { recursive: true });
  writeFileSync(lock, '');
  utimesSync(lock, 0, 0);
  const third = bench.start();
  await third.said(/1 leftover was quarantined; .*? no difference.*the lock .*3-blocked-\w+\.lock.*quarantine/);
  expect(existsSync(lock)).toBe(false);
  await until(() => bench.unsent() === 0);
  await third.kill();

  const fourth = bench.start();
  fourth.type('ping');
  await fourth.said(/pong/);
  expect((await fourth.end()).out).not.toContain('is back');
  const told = bench.others('musher.recovered').map(({ payload }) => payload.told);
  expect(told).toEqual([true, true, false]);
  bench.git(['branch', '-qD', 'musher/99-of-another']);
});

test('a branch that holds less than Musher saw costs nothing: what it held is a snapshot, and that is told', async () => {
  bench = new Bench({ top: 'qa = "human"' });
  succeeded(await bench.run(create('Slow', 'coder: write a.txt a; commit; success'), 'start 1', 'wait 1 qa 30'));
  const lost = bench.git(['rev-parse', bench.branch(1)]);
  bench.git(['update-ref', `refs/heads/${bench.branch(1)}`, 'main']);
  const musher = bench.start();
  await musher.said(
    new RegExp(`is back after .*1 branch was repaired.*#1: its branch lost \`?${lost.slice(0, 8)}\`?, kept as snapshot \\d+`),
  );
  musher.type('restore 1');
  await musher.said(/#1 Slow: restored snapshot \d+/);
  expect(bench.git(['rev-parse', bench.branch(1)])).toBe(lost);
  await musher.end();
});

test('a message that was taken in and not answered is counted as answered late', async () => {
  bench = new Bench({});
  succeeded(await bench.run('ping'));
  const first = bench.start({ MUSHER_CRASH_AT: 'after-inbox-insert' });
  first.type('status');
  await first.ended();
  const second = bench.start();
  await second.said(/is back after .*: 1 message is being answered late; .*? no difference/);
  await until(() => bench.unanswered() === 0);
  expect(bench.others('musher.recovered').map(({ payload }) => payload.late)).toEqual([1]);
  await second.end();
});

test('what the log holds is printed on the command line while Musher is stopped, and refused while it runs', async () => {
  bench = new Bench({});
  succeeded(await bench.run(create('One'), 'start 1', 'wait 1 done 30'));
  const one = await bench.call('dump', '1', '--data', bench.data);
  expect(one.code).toBe(0);
  const parsed = JSON.parse(one.out) as { of: string; projections: { runs: { rows: unknown[] } }; events: { rows: unknown[] } };
  expect(parsed.of).toBe('every project, item 1');
  expect(parsed.projections.runs.rows).toHaveLength(1);
  expect(parsed.events.rows).toHaveLength(bench.events(1).length);
  expect(await bench.call('dump', 'x', '--data', bench.data)).toMatchObject({
    code: 2,
    err: expect.stringContaining('"x" is not an item'),
  });
  const musher = bench.start();
  musher.type('ping');
  await musher.said(/pong/);
  expect(await bench.call('dump', '--data', bench.data)).toMatchObject({ code: 1, err: expect.stringContaining(`pid ${musher.pid}`) });
  await musher.end();
});

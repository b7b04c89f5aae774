import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, ownAccounts, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

test('a rate limit whose time has passed or is absurd makes the item wait; the work goes on from what was committed', async () => {
  bench = new Bench({ top: 'max_coders = 2', agents: ownAccounts('a', 'b') });
  const musher = bench.start();
  musher.type(
    create('Past', 'coder: limited -500000; exit 1'),
    create('Absurd', 'coder: limited 1e15; exit 1'),
    'assign 1 a',
    'assign 2 b',
    'start 1',
    'start 2',
    'wait 1 ratelimited 20',
    'wait 2 ratelimited 20',
    'status',
    'why 2',
    'stop 1',
    'stop 2',
  );
  const out = succeeded(await musher.end());
  for (const number of [1, 2]) {
    const [ended, ...more] = bench.only('run.ended', number);
    expect(more).toEqual([]);
    const wait = (ended?.payload.resumeAt ?? 0) - (ended?.at ?? 0);
    expect(wait).toBeGreaterThanOrEqual(60_000);
    expect(wait).toBeLessThan(3_600_000);
  }
  expect(out).not.toContain('went wrong inside Musher');
});

test('an approval holds for the commit that was looked at, and for no later one', async () => {
  bench = new Bench({ top: 'qa = "human"' });
  const musher = bench.start();
  musher.type(create('Price'), 'start 1');
  await musher.said(/#1 Price: waiting for review/);
  // Somebody adds to the branch after Musher has read it, and before the approval is carried out.
  bench.git(['worktree', 'add', '-q', '--detach', join(bench.dir, 'elsewhere'), bench.branch(1)]);
  bench.write('elsewhere/unseen.txt', 'nobody has looked at this\n');
  bench.git(['add', '-A'], join(bench.dir, 'elsewhere'));
  bench.git(['commit', '-q', '-m', 'unseen'], join(bench.dir, 'elsewhere'));
  bench.git(['update-ref', `refs/heads/${bench.branch(1)}`, bench.git(['rev-parse', 'HEAD'], join(bench.dir, 'elsewhere'))]);
  bench.git(['worktree', 'remove', '--force', join(bench.dir, 'elsewhere')]);
  musher.type('approve 1');
  await musher.said(/#1 Price is held for review: the branch changed after it was approved/);
  expect(bench.merges).toEqual([]);
  musher.type('accept 1', 'wait 1 done 30');
  succeeded(await musher.end());
  expect(bench.filesAt('main')['unseen.txt']).toBe('nobody has looked at this');
});

test("Musher's own end is no failed attempt, and what a stopped run has committed is seen", async () => {
  bench = new Bench({ top: 'max_retries = 0\nqa = "human"' });
  succeeded(await bench.run(create('Early'), 'start 1'));
  expect(bench.only('item.attempt_failed', 1)).toEqual([]);
  const musher = bench.start();
  musher.type('wait 1 qa 30', create('Half', 'coder: write half.txt half; commit; usage 1 1 0; raise committed; hang'), 'start 2');
  await until(() => bench.raised('committed'));
  musher.type('stop 2', 'move 2 qa', 'approve 2', 'wait 2 done 30');
  succeeded(await musher.end());
  expect(bench.filesAt('main')['half.txt']).toBe('half');
});

test('a run that Musher cannot keep the files of is told, counted and bounded', async () => {
  bench = new Bench({ top: 'max_retries = 1' });
  bench.expectedProblems.push(/run \d of shop#1/);
  succeeded(await bench.run('ping'));
  rmSync(join(bench.data, 'runs'), { recursive: true, force: true });
  writeFileSync(join(bench.data, 'runs'), 'in the way');
  const musher = bench.start();
  musher.type(create('Nowhere'), 'start 1', 'wait 1 blocked 30');
  const out = succeeded(await musher.end());
  expect(out).toMatch(/#1 Nowhere: the run was interrupted/);
  expect(bench.runs(1)).toHaveLength(2);
  rmSync(join(bench.data, 'runs'));
});

test('a project that is no longer configured runs no agents, and a question about it is answered by nothing', async () => {
  bench = new Bench({ name: 'shop' }, { name: 'docs' });
  const first = bench.start();
  first.type('project docs', create('In docs', 'coder: raise running; hang'), create('Also in docs'), 'start 1');
  first.type('project shop', create('In shop'), create('Also in shop'), 'project docs', 'delete 2');
  await until(() => bench.raised('running'));
  await first.said(/Delete #2 Also in docs/);
  await first.kill('SIGKILL');
  bench.write('bot.toml', '[[project]]\nname = "shop"\npath = "./shop"\n');
  const second = bench.start();
  second.type('yes', 'show 1');
  const { code, err } = await second.end();
  expect(code).toBe(1);
  // A start closes what is asked about a project that is gone.
  expect(err).toMatch(/yes: refused \(nothing-to-confirm\)/);
  expect(bench.items().map(({ deletedAt }) => deletedAt)).toEqual([null, null, null, null]);
  expect(bench.runs(1, 'docs').map(({ reason }) => reason)).toEqual(['lost']);
});

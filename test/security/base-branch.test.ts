import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from '../e2e/harness.ts';

// Line 22 of what must hold: only the merge step moves the base branch, and drift stops the item and tells the room.
// Here an agent without a sandbox moves it with its own git.

let bench: Bench;
afterEach(() => bench.close());

const COMMIT = 'write theft.txt mine; commit theft';

test('an agent that moves the base branch to its own work is stopped, its item blocked, and the room told', async () => {
  bench = new Bench({ gates: { test: 'true' } });
  const musher = bench.start();
  musher.type(create('Theft', `coder: ${COMMIT}; git update-ref refs/heads/main HEAD; raise moved; hang`), 'start 1', 'wait 1 archived 60');
  await until(() => bench.raised('moved'));
  const stolen = bench.git(['rev-parse', 'main']);
  const out = succeeded(await musher.end());
  expect(bench.item(1).stage).toMatchObject({ reason: { kind: 'blocked' } });
  expect(bench.item(1).stage).toMatchObject({ reason: { reason: { kind: 'base-moved-by-agent', branch: 'main', head: stolen } } });
  expect(out).toMatch(new RegExp(`agent moved main itself[^.]*${stolen.slice(0, 8)}`));
  expect(bench.runs(1)[0]).toMatchObject({ state: 'ended', reason: 'stopped' });
  // Nothing is taken back: what to do with it is the owner's decision.
  expect(bench.git(['rev-parse', 'main'])).toBe(stolen);
  expect(bench.merges).toEqual([]);
});

test('one that does so right before its end is not taken for one whose work was merged', async () => {
  bench = new Bench({ gates: { test: 'true' } });
  const out = succeeded(
    await bench.run(
      create('Theft', `coder: ${COMMIT}; git fetch --quiet --update-head-ok . HEAD:main; usage 100 10 0.01; success`),
      'start 1',
      'wait 1 archived 60',
    ),
  );
  expect(bench.path(1)).toEqual(['backlog', 'current', 'archived']);
  expect(out).toContain('an agent moved main itself');
});

test('a base branch that an agent takes back is told to the room, with how to keep what was there', async () => {
  bench = new Bench({ gates: { test: 'true' } });
  bench.write('shop/second.txt', 'second\n');
  bench.git(['add', '-A']);
  bench.git(['commit', '-q', '-m', 'second']);
  const lost = bench.git(['rev-parse', 'main']);
  const out = succeeded(
    await bench.run(
      create('Theft', `coder: git update-ref refs/heads/main HEAD~1; ${COMMIT}; usage 100 10 0.01; success`),
      'start 1',
      'wait 1 done 60',
    ),
  );
  expect(out).toMatch(new RegExp(`main of shop was rewritten[^.]*${lost.slice(0, 8)}`));
  expect(out).toContain(`git branch rescued ${lost.slice(0, 8)}`);
});

test('an owner who commits on the base branch while agents work disturbs nobody', async () => {
  bench = new Bench({ gates: { test: 'true' } });
  const musher = bench.start();
  musher.type(
    create('Honest', `coder: raise begun; await go; take-main; ${COMMIT}; usage 100 10 0.01; success`),
    'start 1',
    'wait 1 done 60',
  );
  await until(() => bench.raised('begun'));
  bench.write('shop/owner.txt', 'owner\n');
  bench.git(['add', '-A']);
  bench.git(['commit', '-q', '-m', 'of the owner']);
  bench.raise('go');
  succeeded(await musher.end());
  expect(bench.path(1)).toEqual(['backlog', 'current', 'merge', 'done']);
  expect(bench.filesAt('main')).toMatchObject({ 'owner.txt': 'owner', 'theft.txt': 'mine' });
});

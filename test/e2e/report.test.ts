import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const spike = (title: string, ...directives: readonly string[]): string =>
  create(title, ...directives).replace('create story', 'create spike');
const CALL = 'call said report {"text":"Cards cost 2 %.\\nFees are open."}';

test('a spike ends with the report that its agent gives over MCP, prints or leaves in a file, without gates and without a merge', async () => {
  bench = new Bench({ gates: { test: 'false' } });
  const musher = bench.start();
  musher.type(
    spike('By tool', `coder: ${CALL}; success`),
    spike('By line', 'coder: report Lines work too.; success'),
    spike('By file', 'coder: write .musher-report.md Files work as well.; success'),
    'start 1 2 3',
    'wait 1 archived 60',
    'wait 2 archived 60',
    'wait 3 archived 60',
    'report 1',
    'search fees',
    'show 3',
  );
  const out = succeeded(await musher.end());
  expect(out).toMatch(/✓ #1 By tool: report by coder-1/);
  expect(out).toMatch(/coder-1: Cards cost 2 %\./);
  expect(out).toMatch(/#1 By tool · archived \(completed\) · report/);
  expect(out).toMatch(/Report by coder-1, run 1/);
  for (const n of [1, 2, 3]) {
    expect(bench.item(n).stage).toMatchObject({ name: 'archived', reason: { kind: 'completed' } });
    expect(bench.only('gate.ran', n)).toEqual([]);
    expect(bench.only('merge.attempted', n)).toEqual([]);
  }
  expect(bench.runs(3)[0]?.report).toBe('Files work as well.');
  expect(bench.prompt(1, 1)).toContain('This item is a spike: it ends with a report and not with a change.');
  expect(bench.git(['log', '--format=%s', 'main'])).toBe('first');
  expect(existsSync(join(bench.data, 'worktrees', 'shop', '3'))).toBe(false);
});

test('a run without a report is a failed attempt that says so, whatever it committed, and what is committed beside a report is kept', async () => {
  bench = new Bench({ top: 'max_retries = 1' });
  const musher = bench.start();
  musher.type(
    spike('Forgetful', 'coder@1: write a.txt a; commit; success', 'coder@2: report There it is.; success'),
    spike('Silent', 'coder: success'),
    spike('Broken', 'coder@1: write .musher-report.md Of the first run.; failure it broke', 'coder@2: success'),
    'start 1 2 3',
    'wait 1 archived 60',
    'wait 2 archived 60',
    'wait 3 archived 60',
    'snapshots 1',
    'move 1 backlog',
    'show 1',
  );
  const { out } = await musher.end();
  expect(out).toMatch(/#1 Forgetful: the run ended without a report/);
  expect(out).toMatch(/#2 Silent is blocked: .*without a report/);
  expect(out).toMatch(/1 commit not merged: `snapshots 1` has them/);
  expect(bench.runs(1).map(({ reason }) => reason)).toEqual(['failed', 'finished']);
  // What one run has left is no report of the next.
  expect(bench.runs(3).map(({ report }) => report)).toEqual(['Of the first run.', undefined]);
  expect(bench.item(3).stage).toMatchObject({ reason: { kind: 'blocked' } });
  expect(bench.git(['ls-tree', '--name-only', 'main'])).not.toContain('a.txt');
  expect(bench.git(['for-each-ref', '--format=%(refname)', 'refs/musher/snapshots']).split('\n').length).toBeGreaterThan(0);
  expect(bench.item(1).stage.name).toBe('backlog');
});

test('a report is taken out of every file by a purge, and a link in the place of the file is no report', async () => {
  bench = new Bench({ top: 'max_retries = 0' });
  bench.write('secret.txt', 'outside of the worktree');
  const musher = bench.start();
  musher.type(
    spike('Quokka', 'coder: report the wombat is blue; success'),
    spike('Linked', `coder: tool ln -s "${join(bench.dir, 'secret.txt')}" .musher-report.md; success`),
    'start 1 2',
    'wait 1 archived 60',
    'wait 2 archived 60',
    'delete 1 --purge',
    'yes',
  );
  await musher.end();
  expect(bench.runs(2)[0]?.report).toBeUndefined();
  const bytes = readdirSync(bench.data)
    .filter((file) => file.startsWith('musher.sqlite'))
    .map((file) => readFileSync(join(bench.data, file), 'latin1'))
    .join('');
  expect(bytes).not.toContain('wombat');
});

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

test('an item goes from an idea to a merge commit with its number and title, receipts for both trees, and the exact sum of its cost', async () => {
  bench = new Bench({ gates: { test: 'grep -q one list.txt', lint: 'true' } });
  const directive = [
    'coder: usage 100 10 0.0101; write tea.txt green; commit add tea; usage 250 40 0.0303',
    'usage 7 1 0.000001 model-b; success sold',
  ].join('; ');
  const out = succeeded(await bench.run(create('Sell tea', directive), 'start 1', 'wait 1 done 30', 'cost 1'));
  expect(bench.path(1)).toEqual(['backlog', 'current', 'merge', 'done']);
  const main = bench.git(['rev-parse', 'main']);
  const message = bench.git(['log', '-1', '--format=%B', 'main']);
  expect(message).toMatch(/^1: Sell tea\n/);
  expect(message).toMatch(/^- add tea$/m);
  expect(bench.git(['log', '-1', '--format=%(trailers:key=Musher-Item,valueonly)', 'main'])).toBe('1');
  expect(bench.git(['rev-list', '--count', 'main'])).toBe('2');
  expect(bench.filesAt(main)).toEqual({ 'list.txt': 'one\ntwo\nthree', 'tea.txt': 'green' });
  // The clean checkout on the base branch came along, and nothing else of it changed.
  expect(bench.git(['status', '--porcelain'])).toBe('');
  expect(readFileSync(join(bench.repo, 'tea.txt'), 'utf8')).toBe('green\n');

  const receipts = bench.only('gate.ran', 1).map(({ payload }) => payload);
  expect(receipts.map(({ gate, where, exitCode }) => `${gate} ${where} ${exitCode}`)).toEqual([
    'test branch 0',
    'lint branch 0',
    'test merged 0',
    'lint merged 0',
  ]);
  expect(receipts.slice(2).every(({ commit }) => commit === main)).toBe(true);
  expect(receipts[2]?.tree).toBe(bench.git(['rev-parse', 'main^{tree}']));
  expect(out).toMatch(new RegExp(`#1 Sell tea merged into main · .${main.slice(0, 8)}. · test passed \\([\\d.]+ s\\), lint passed`));

  // An agent's usage lines are totals per model: what the log holds adds up to the last of each.
  const usage = bench.only('run.usage', 1).map(({ payload }) => payload);
  expect(usage.reduce((sum, one) => sum + one.usage.microUsd, 0)).toBe(30_301);
  expect(usage.reduce((sum, one) => sum + one.usage.inputTokens, 0)).toBe(257);
  expect(usage.reduce((sum, one) => sum + one.usage.outputTokens, 0)).toBe(41);
  expect(out).toMatch(/\$0\.0303.*298 tokens.*1 run/);
});

test("the owner's changed checkout stays as it is to the byte, with the command that brings it up, and one on another branch is not touched", async () => {
  bench = new Bench({ gates: { test: 'true' } });
  writeFileSync(join(bench.repo, 'list.txt'), 'one\ntwo\nthree\nfour\n');
  writeFileSync(join(bench.repo, 'staged.txt'), 'staged\n');
  bench.git(['add', 'staged.txt']);
  writeFileSync(join(bench.repo, 'untracked.txt'), 'untracked\n');
  const look = (): string[] => [
    readFileSync(join(bench.repo, '.git/index'), 'base64'),
    ...['list.txt', 'staged.txt', 'untracked.txt'].map((file) => readFileSync(join(bench.repo, file), 'utf8')),
    readFileSync(join(bench.repo, '.git/HEAD'), 'utf8'),
  ];
  const before = look();
  const musher = bench.start();
  musher.type(create('Sell tea', 'coder: write tea.txt green; commit; usage 1 1 0; success'), 'start 1');
  const [notice] = await musher.said(/#1 Sell tea merged .*staged\.txt.*/);
  // One short command, and no path of the server.
  const [, catchUp = ''] = /`?musher (catch-up)`?/.exec(notice) ?? [];
  expect(notice).not.toContain(bench.repo);
  expect(look()).toEqual(before);
  expect(bench.merges).toEqual(['1: Sell tea']);
  expect(existsSync(join(bench.repo, 'tea.txt'))).toBe(false);

  // What it says to run does what it says: the owner's changes are kept.
  const launcher = join(import.meta.dirname, '../../bin/musher.js');
  execFileSync(process.execPath, [launcher, catchUp], { cwd: bench.repo, env: { PATH: process.env['PATH'], HOME: bench.data } });
  expect(readFileSync(join(bench.repo, 'tea.txt'), 'utf8')).toBe('green\n');
  expect(bench.git(['status', '--porcelain']).split('\n')).toEqual(['M list.txt', 'A  staged.txt', '?? untracked.txt']);

  bench.git(['switch', '-q', '-c', 'elsewhere']);
  const elsewhere = [...look(), bench.git(['status', '--porcelain'])];
  musher.type(create('Sell milk'), 'start 2', 'wait 2 done 30');
  await musher.said(/#2 Sell milk merged into/);
  expect([...look(), bench.git(['status', '--porcelain'])]).toEqual(elsewhere);
  expect(bench.merges).toEqual(['2: Sell milk', '1: Sell tea']);
  succeeded(await musher.end());
});

test('a base branch that moves while the gates run is never overwritten: the merge is made again on top', async () => {
  // The second time that a gate runs is on the merged tree: then the owner commits.
  const moving = [
    'echo x >> {flags}/gates',
    'if [ $(wc -l < {flags}/gates) = 2 ]; then cd {repo}; echo owner > owner.txt; git add owner.txt; git commit -q -m "by the owner"; fi',
  ].join('; ');
  bench = new Bench({ gates: { test: moving } });
  succeeded(await bench.run(create('Sell tea'), 'start 1', 'wait 1 done 30'));
  expect(bench.only('merge.attempted', 1).map(({ payload }) => payload.outcome)).toEqual(['clean', 'base-moved', 'clean']);
  expect(bench.git(['log', '--format=%s', 'main']).split('\n')).toEqual(['1: Sell tea', 'by the owner', 'first']);
  expect(bench.filesAt('main')).toMatchObject({ 'owner.txt': 'owner', 'item-1.txt': 'done' });
  expect(bench.only('gate.ran', 1).at(-1)?.payload.commit).toBe(bench.git(['rev-parse', 'main']));
  expect(bench.git(['status', '--porcelain'])).toBe('');
});

test('without a mergemaster a conflict goes back to the coder with the evidence, and what another item brought is no merge of this one', async () => {
  bench = new Bench({ top: 'max_coders = 3', agents: { a: 'current', b: 'current', c: 'current' } });
  const musher = bench.start();
  musher.type(
    create('Two becomes zwei', 'coder: write list.txt one\\nzwei\\nthree; commit; usage 1 1 0; success'),
    create(
      'Two becomes deux',
      'coder: await merged; write list.txt one\\ndeux\\nthree; commit; usage 1 1 0; success',
      'coder@2: take-main; usage 1 1 0; success',
    ),
    create('Zwei again', 'coder: await merged; write list.txt one\\nzwei\\nthree; commit; usage 1 1 0; success'),
    'start 2',
    'start 3',
    'wait 2 running',
    'wait 3 running',
    'start 1',
  );
  await musher.said(/#1 Two becomes zwei merged into/);
  bench.raise('merged');
  musher.type('wait 2 done 30', 'wait 3 archived 30', 'why 3');
  const out = succeeded(await musher.end());
  expect(bench.path(2)).toEqual(['backlog', 'current', 'merge', 'current', 'merge', 'done']);
  expect(bench.prompt(2, 2)).toContain('Merging main into the branch gives conflicts in:\n- list.txt');
  expect(out).toMatch(/#2 Two becomes deux: back in current, conflicts with main in list\.txt/);
  expect(bench.filesAt('main')).toEqual({ 'list.txt': 'one\ndeux\nthree' });
  // Another item made its change: it has none of its own that somebody could look at, revert or count.
  expect(bench.item(3).stage).toMatchObject({ name: 'archived', reason: { kind: 'mergeFailed', reason: { kind: 'nothing-to-merge' } } });
  // Another merge of it would find the same.
  expect(out).toMatch(
    /blocked: main already has everything[^\n]*`move 3 backlog` lets an agent add to it[^]*Blocked: main[^\n]*`move 3 backlog`/,
  );
  expect(bench.merges).toEqual(['2: Two becomes deux', '1: Two becomes zwei']);
});

test('a mergemaster resolves a conflict so that both sides are kept; one that leaves markers behind does not count', async () => {
  bench = new Bench({
    top: 'max_coders = 2',
    agents: { a: 'current', b: 'current', mergemaster: 'merge' },
    gates: { test: '! grep -q "<<<<" list.txt' },
  });
  const musher = bench.start();
  musher.type(
    create('Two becomes zwei', 'coder: write list.txt one\\nzwei\\nthree; commit; usage 1 1 0; success'),
    create(
      'Two becomes deux',
      'coder: await merged; write list.txt one\\ndeux\\nthree; commit; usage 1 1 0; success',
      'mergemaster@2: commit half of it; usage 1 1 0; success all resolved',
    ),
    'start 2',
    'wait 2 running',
    'start 1',
  );
  await musher.said(/#1 Two becomes zwei merged into/);
  bench.raise('merged');
  musher.type('wait 2 done 30');
  const out = succeeded(await musher.end());
  expect(bench.runs(2).map(({ role, reason }) => `${role} ${reason}`)).toEqual([
    'coder finished',
    'mergemaster failed',
    'mergemaster finished',
  ]);
  expect(out).toMatch(/mergemaster left conflict markers in list\.txt/);
  const list = bench.filesAt('main')['list.txt'] ?? '';
  expect(list.split('\n').toSorted()).toEqual(['deux', 'one', 'three', 'zwei']);
  expect(bench.git(['rev-list', '--count', '--merges', 'main'])).toBe('0');
});

test('two changes that each pass alone and not together: the second goes back with the evidence, and the base branch does not move', async () => {
  bench = new Bench({
    top: 'max_coders = 2',
    agents: { a: 'current', b: 'current' },
    gates: { test: 'test ! -e a.txt || test ! -e b.txt || { echo "a and b clash"; exit 5; }' },
  });
  const musher = bench.start();
  musher.type(
    create('Add a', 'coder: write a.txt a; commit; usage 1 1 0; success'),
    create(
      'Add b',
      'coder: await merged; write b.txt b; commit; usage 1 1 0; success',
      'coder@2: raise again; await go; rm b.txt; write c.txt c; commit; usage 1 1 0; success',
    ),
    'start 2',
    'wait 2 running',
    'start 1',
  );
  await musher.said(/#1 Add a merged into/);
  const before = bench.git(['rev-parse', 'main']);
  bench.raise('merged');
  await musher.said(/#2 Add b: back in current, gate test failed with exit code 5 on the merged tree/);
  expect(bench.git(['rev-parse', 'main'])).toBe(before);
  bench.raise('go');
  musher.type('wait 2 done 30');
  succeeded(await musher.end());
  expect(bench.prompt(2, 2)).toContain('a and b clash');
  expect(bench.only('gate.ran', 2).map(({ payload }) => `${payload.where} ${payload.exitCode}`)).toEqual([
    'branch 0',
    'merged 5',
    'branch 0',
    'merged 0',
  ]);
  expect(Object.keys(bench.filesAt('main'))).toEqual(['a.txt', 'c.txt', 'list.txt']);
});

test('a change of Musher’s own settings is held until a person accepts it, and a rejected one goes back', async () => {
  bench = new Bench({ top: 'max_coders = 2', agents: { a: 'current', b: 'current' } });
  const settings = 'append .musher/project.toml # more; commit; usage 1 1 0; success';
  const musher = bench.start();
  musher.type(
    create('More rights', `coder: ${settings}`),
    create('Even more rights', `coder: ${settings}`, 'coder@2: write b.txt b; rm .musher; commit; usage 1 1 0; success'),
    'start 1',
    'wait 1 reviewheld 30',
    'why 1',
  );
  await musher.said(/it changes Musher’s own settings \(\.musher\/project\.toml\)/);
  expect(bench.merges).toEqual([]);
  musher.type('accept 1', 'wait 1 done 30', 'start 2', 'wait 2 reviewheld 30', 'reject 2 leave the settings alone', 'wait 2 reviewheld 30');
  succeeded(await musher.end());
  expect(bench.merges).toEqual(['1: More rights']);
  expect(bench.filesAt('main')).not.toHaveProperty('b.txt');
  expect(bench.prompt(2, 2)).toContain('leave the settings alone');
});

test('an item that is done and worked on again is merged again, as a second commit', async () => {
  bench = new Bench({});
  succeeded(
    await bench.run(
      create(
        'Sell tea',
        'coder: write tea.txt green; commit; usage 1 1 0; success',
        'coder@2: write tea.txt black; commit; usage 1 1 0; success',
      ),
      'start 1',
      'wait 1 done 30',
      'move 1 current',
      'yes',
      'wait 1 done 30',
    ),
  );
  expect(bench.filesAt('main')['tea.txt']).toBe('black');
  expect(bench.merges).toEqual(['1: Sell tea', '1: Sell tea']);
});

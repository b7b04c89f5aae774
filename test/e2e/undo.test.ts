import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const tracked = (commit = 'main'): string[] => Object.keys(bench.filesAt(commit)).sort();

test('a merge is reverted on the base branch after the gates, and its item is in current with its branch and can be merged again', async () => {
  bench = new Bench({ gates: { list: 'test -f list.txt' } });
  const musher = bench.start();
  musher.type(
    create(
      'First',
      'coder@1: write a.txt a; commit; usage 100 10 0.01; success',
      'coder@2: write fix.txt f; commit; usage 1 1 0.01; success',
    ),
    create('Second', 'coder: write b.txt b; commit; success'),
    'depends 2 on 1',
    create('Third', 'coder: write c.txt c; commit; success'),
    'start 1',
    'wait 1 done 30',
    'start 3',
    'wait 3 done 30',
    'undo 1 It loses the time zone.',
  );
  await musher.said(/Revert the merge of #1 First\?.*main.*#2 depends on it/);
  musher.type('yes');
  await musher.said(/✓ Reverted the merge of #1 First on main\..*?stopped\. #2 waits for it/);
  expect(tracked()).toEqual(['c.txt', 'list.txt']);
  expect(bench.git(['log', '-1', '--format=%s%n%b', 'main'])).toMatch(
    /^Revert "1: First"\nThis reverts commit [0-9a-f]{40}\.\n\nMusher-Undo: 1\nMusher-Log: [0-9a-f]{8}/m,
  );
  expect(bench.git(['status', '--porcelain'])).toBe('');
  expect(bench.item(1)).toMatchObject({ stage: { name: 'current' }, held: {}, work: { commitsAhead: 1 }, errand: null });
  expect(tracked(bench.branch(1))).toEqual(['a.txt', 'list.txt']);
  const gate = bench.only('gate.ran', 1).at(-1)?.payload;
  expect([gate?.commit, gate?.exitCode]).toEqual([bench.git(['rev-parse', 'main']), 0]);
  musher.type('undo 1', 'why 2', 'why 1');
  await musher.said(/Can’t undo undo \(.*?, by local\) on #1 First: .*?`start 1`.*?Nothing changed/);
  await musher.said(/needs #1 \(in current\)/);
  await musher.said(/Stopped by local.*Last failure: Its merge was reverted by local: It loses the time zone/);

  musher.type('start 1', 'wait 1 done 30');
  await until(() => bench.item(1).stage.name === 'done');
  await musher.end();
  expect(bench.prompt(1, 2)).toContain('It loses the time zone.');
  expect(tracked()).toEqual(expect.arrayContaining(['a.txt', 'c.txt', 'fix.txt']));
  const spent = bench.only('run.usage', 1).reduce((sum, { payload }) => sum + payload.usage.microUsd, 0);
  expect(spent).toBe(20_000);
});

test('a merge that later ones build on, or without which the gates fail, is not reverted, and says why', async () => {
  bench = new Bench({ gates: { pair: 'test ! -f need.txt || test -f base.txt' } });
  const musher = bench.start();
  musher.type(
    create('Edits the list', 'coder: write list.txt uno; commit; success'),
    create('Edits it again', 'coder: write list.txt due; commit; success'),
    create('Base', 'coder: write base.txt b; commit; success'),
    create('Needs the base', 'coder: write need.txt n; commit; success'),
    ...[1, 2, 3, 4].flatMap((number) => [`start ${number}`, `wait ${number} done 30`]),
  );
  for (const number of [1, 2, 3, 4]) await musher.said(new RegExp(`#${number} [\\w ]+ merged into`));
  const before = bench.git(['rev-parse', 'main']);
  musher.type('undo 1', 'yes');
  await musher.said(/#1 Edits the list could not be reverted: .*2: Edits it again.* list\.txt\. Nothing changed on main/);
  musher.type('undo 3', 'yes');
  await musher.said(/#3 Base could not be reverted: .*pair.* exit code 1 .*Nothing changed on main/);
  expect(bench.git(['rev-parse', 'main'])).toBe(before);
  expect([1, 3].map((number) => bench.item(number).stage.name)).toEqual(['done', 'done']);
  musher.type('accept 2', 'undo 2', 'yes');
  await musher.said(/Reverted the merge of #2/);
  expect(bench.git(['show', 'main:list.txt'])).toBe('uno');
  await musher.end();
});

test('work that a stopped run left is listed, shown and restored; never under a run, and of a deleted item as a branch', async () => {
  bench = new Bench({});
  const musher = bench.start();
  musher.type(
    create('Long', 'coder@1: write draft.txt half; raise there; hang', 'coder@2: rm draft.txt; write b.txt b; commit; raise again; hang'),
    'snapshots 1',
    'start 1',
  );
  await musher.said(/#1 Long has no snapshots/);
  await until(() => bench.raised('there') && bench.only('run.started', 1).length === 1);
  musher.type('restore 1');
  await musher.said(/coder-1 is working on #1 Long \(run 1\)\. `stop 1`/);
  musher.type('stop 1');
  await musher.said(/#1 Long: stopped by local/);
  musher.type('start 1');
  await until(() => bench.raised('again') && bench.only('run.started', 1).length === 2);
  musher.type('stop 1');
  await musher.said(/#1 Long: stopped by local/);
  musher.type('snapshots 1', 'snapshots 1 1', 'restore 1 1');
  await musher.said(/1 .*before run 1 was stopped .*1 file, \+1 −0 .*differs/);
  await musher.said(/Snapshot 1 of #1 Long.*draft\.txt.*\+half/);
  await musher.said(
    /#1 Long: restored snapshot 1 \(before run 1 was stopped\)\. Its branch is at \w+ \(1 commit\)\. The state before is snapshot \d+\./,
  );
  expect(tracked(bench.branch(1))).toEqual(['draft.txt', 'list.txt']);
  musher.type('restore 1', 'restore 1 99', 'delete 1', 'yes');
  await musher.said(/#1 Long: restored snapshot \d+ \(before snapshot 1 was restored\)/);
  await musher.said(/no snapshot 99/);
  await musher.said(/#1 Long is deleted/);
  musher.type('restore 1 1', 'undo 1');
  await musher.said(/#1 Long is deleted, so snapshot 1 is now on a new branch: `musher\/restored\/1-1`/);
  await musher.said(/#1 Long was deleted.*?`restore 1`/);
  await musher.end();
  expect(bench.git(['show', 'musher/restored/1-1:draft.txt'])).toBe('half');
  bench.git(['branch', '-qD', 'musher/restored/1-1']);
});

test('a base branch that was moved back while Musher was away is told with the items that it lost, and undo puts them back', async () => {
  bench = new Bench({});
  const before = bench.git(['rev-parse', 'main']);
  succeeded(
    await bench.run(
      create('Gone', 'coder@1: write g.txt g; commit; success', 'coder@2: write fix.txt f; commit; usage 1 1 0; success'),
      'start 1',
      'wait 1 done 30',
    ),
  );
  bench.git(['reset', '-q', '--hard', before]);
  const musher = bench.start();
  await musher.said(/! main of shop was rewritten outside Musher: .* [Nn]o longer on main: #1\. `undo 1`/);
  musher.type('undo 1', 'yes');
  await musher.said(/Reverted the merge of #1/);
  expect(bench.git(['rev-parse', 'main'])).toBe(before);
  expect(tracked(bench.branch(1))).toContain('g.txt');
  // As after any revert: the same work alone is not merged again, something new with it is.
  musher.type('start 1', 'wait 1 done 30');
  succeeded(await musher.end());
  expect(tracked()).toEqual(expect.arrayContaining(['fix.txt', 'g.txt']));
});

test('commands are undone with what was there before, one after the other, and what has gone on since is not', async () => {
  bench = new Bench({});
  const musher = bench.start();
  musher.type(
    create('First title', 'coder: raise there; await go; write a.txt a; commit; success'),
    'create story Other',
    'edit 1 title Second title',
    'depends 1 on 2',
    'assign 1 coder-1',
    'undo',
  );
  await musher.said(/✓ Undid assign \(.*?, by local\)\. - #1 Second title: it is open to any coder again\./);
  musher.type('undo', 'undo', 'undo');
  await musher.said(/✓ Undid depends .*: it has no dependencies again\./);
  await musher.said(/✓ Undid edit .*its title is “First title” again\./);
  await musher.said(/Can’t undo create \(.*?\) on #2 Other: .*?`delete 2`/);
  expect(bench.item(1)).toMatchObject({ title: 'First title', dependsOn: [], assignedTo: null });

  musher.type('move 1 archived', 'undo 1');
  await musher.said(/✓ Undid move .*it is back in backlog\. Not started/);
  musher.type('start 1');
  await until(() => bench.raised('there') && bench.only('run.started', 1).length === 1);
  musher.type('undo');
  await musher.said(/Can’t undo start \(.*?\) on #1 First title: work has continued since.*coder-1.*Nothing changed/);
  musher.type('stop 1');
  await musher.said(/#1 First title: stopped by local/);
  bench.raise('go');
  musher.type('undo', 'wait 1 done 30');
  await musher.said(/✓ Undid stop .*it continues in current, with a new run/);
  succeededButUndo(await musher.end());
  expect(bench.merges).toEqual(['1: First title']);
});

/** Refusals of undo are what the script asked for; anything else is not. */
function succeededButUndo({ err }: { readonly err: string }): void {
  expect(err.split('\n').filter((line) => line !== '' && !/undo/.test(line))).toEqual([]);
}

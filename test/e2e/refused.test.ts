import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const USED = 'usage 1 1 0; success';

/** How each run of an item ended, by the kind of what Musher said of it. */
const ends = (number: number): unknown[] =>
  bench.only('run.ended', number).map(({ payload: { summary, reason } }) => (typeof summary === 'string' ? reason : summary.kind));

test('rejected work never passes without something new, whatever the run did to its commits, and the reason stays until it is merged', async () => {
  bench = new Bench({ top: 'max_retries = 0\nqa = "human"', gates: { test: 'true' } });
  const out = succeeded(
    await bench.run(
      create(
        'Rejected',
        `coder@1: write a.txt a; commit; write a2.txt a; commit; ${USED}`,
        `coder@2: ${USED}`,
        // The same lines in another commit, fewer of them, and both commits as one.
        `coder@3: git -c user.name=A -c user.email=a@b commit --amend -q -m again; ${USED}`,
        `coder@4: git reset -q --hard HEAD~1; ${USED}`,
        `coder@5: write a2.txt a; commit once more; ${USED}`,
        `coder@6: write b.txt b; commit; ${USED}`,
      ),
      'start 1',
      'wait 1 qa 30',
      'reject 1 It is too slow.',
      'wait 1 blocked 30',
      ...[3, 4, 5].flatMap(() => ['retry 1', 'wait 1 blocked 30']),
      'show 1',
      'retry 1',
      'wait 1 qa 30',
      'approve 1',
      'wait 1 done 30',
      'show 1',
    ),
  );
  expect(ends(1)).toEqual(['finished', ...[2, 3, 4, 5].map(() => 'refused-again'), 'finished']);
  for (const run of [2, 3, 4, 5, 6]) expect(bench.prompt(1, run)).toContain('It is too slow.');
  const [blocked = '', merged = ''] = out.split('#1 Rejected merged');
  expect(blocked).toContain('Rejected before');
  expect(merged).not.toContain('Rejected before');
  expect(Object.keys(bench.filesAt('main')).sort()).toEqual(['a.txt', 'a2.txt', 'b.txt', 'list.txt']);
});

test('reverted work comes back by no command and no restart: not as the same branch, and not as the same lines', async () => {
  bench = new Bench({ top: 'max_retries = 0', gates: { test: 'true' } });
  succeeded(
    await bench.run(
      create('Undone', `coder@1: write c.txt c; commit; ${USED}`, `coder@2: ${USED}`, `coder@3: write fix.txt f; commit; ${USED}`),
      create('Reverted', `coder@1: write d.txt d; commit; ${USED}`, `coder@2: write d.txt d; commit; ${USED}`, `coder@3: ${USED}`),
      'start 1',
      'wait 1 done 30',
      'start 2',
      'wait 2 done 30',
      'undo 1 It breaks the shop.',
      'yes',
      'move 1 merge',
      'wait 1 blocked 30',
    ),
  );
  expect(bench.item(1).failure?.summary).toEqual({ kind: 'refused-again' });
  bench.git(['revert', '--no-edit', bench.git(['log', '--format=%H', '--grep=^Musher-Item: 2$', 'main'])]);
  succeeded(
    await bench.run(
      'retry 1',
      'wait 1 blocked 30',
      'move 2 current',
      'yes',
      'wait 2 blocked 30',
      'unblock 2',
      'wait 2 blocked 30',
      'retry 1',
      'wait 1 done 30',
    ),
  );
  expect(ends(1)).toEqual(['finished', 'refused-again', 'finished']);
  expect(ends(2).slice(0, 2)).toEqual(['finished', 'refused-again']);
  expect(bench.prompt(1, 3)).toContain('It breaks the shop.');
  // Item 1 came with what it was asked for, item 2 not at all.
  expect(Object.keys(bench.filesAt('main')).sort()).toEqual(['c.txt', 'fix.txt', 'list.txt']);
});

test('conflict markers that a change adds are merged by no command, not by an approval and not by what releases a held item', async () => {
  bench = new Bench({ top: 'max_retries = 0\nqa = "human"', gates: { test: 'true' } });
  const markers = '<<<<<<< HEAD\\na\\n=======\\nb\\n>>>>>>> main';
  succeeded(
    await bench.run(
      create('By a coder', `coder@1: write m.txt ${markers}; commit; ${USED}`, `coder@2: write m.txt both; commit; ${USED}`),
      create('Held', `coder: write n.txt ${markers}; write .musher/notes.txt n; commit; ${USED}`),
      'start 1',
      'wait 1 qa 30',
      'approve 1',
      'wait 1 blocked 30',
      'retry 1',
      'wait 1 blocked 30',
      'unblock 1',
      'wait 1 blocked 30',
      'edit 2 qa server',
      'start 2',
      'wait 2 archived 30',
      'accept 2',
      'wait 2 blocked 30',
    ),
  );
  for (const number of [1, 2]) expect(bench.item(number).failure?.summary).toMatchObject({ kind: 'conflict-markers', agent: null });
  expect(Object.keys(bench.filesAt('main'))).toEqual(['list.txt']);
});

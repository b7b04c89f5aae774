import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

test('an old backup knows after its first start what was merged and reverted since, works on none of it again, and says so in one line', async () => {
  bench = new Bench({});
  const musher = bench.start();
  musher.type(
    create('Not begun then'),
    create('Taken back since'),
    create('Under way then', 'coder: raise there; await go; write c.txt c; commit; success'),
    create('Reverted by hand'),
    create('Goes on', 'coder: write e.txt e; commit; success'),
    'start 2',
    'wait 2 done 60',
    'start 4',
    'wait 4 done 60',
    'start 3',
  );
  await until(() => bench.raised('there') && bench.only('run.started', 3).length === 1);
  musher.type('backup');
  await musher.said(/Backed up the log to/);
  bench.raise('go');
  musher.type('wait 3 done 60', 'start 1', 'wait 1 done 60', create('Not known then'), 'start 6', 'wait 6 done 60', 'undo 2', 'yes');
  await musher.said(/Reverted the merge of #2 Taken back since on main\. The item is in current with its branch,\s+stopped\./);
  succeeded(await musher.end());
  bench.git(['revert', '--no-edit', bench.git(['log', '--format=%H', '--grep=^Musher-Item: 4$', 'main'])]);
  const merges = bench.merges;
  const [copy = ''] = readdirSync(join(bench.data, 'backups'));
  expect((await bench.call('restore', join(bench.data, 'backups', copy), '--data', bench.data)).code).toBe(0);

  // Killed between what it found and telling of it.
  expect((await bench.start({ MUSHER_CRASH_AT: 'after-copy-compared' }).ended()).code).not.toBe(0);
  const again = bench.start();
  await again.said(
    /Musher \S+ is back from a backup of \S+ \S+ \(musher-\S+\.sqlite\): 2 items were merged since .*?\(1, 3\), 2 merges were reverted since .*?\(2, 4\), 1 merge .*?\(6\).*`why 1` and `dump`/,
  );
  again.type('history 1', 'why 2', 'start 5', 'wait 5 done 60');
  await again.said(/found it merged as \w+ on the base branch after a restore/);
  await again.said(/#2 .*[Ss]topped by Musher/);
  const out = succeeded(await again.end());
  expect(out).not.toContain('ended unexpectedly');
  expect(bench.merges.slice(1)).toEqual(merges);
  expect([1, 3].map((n) => bench.item(n).stage.name)).toEqual(['done', 'done']);
  expect([1, 3].map((n) => bench.runs(n).length)).toEqual([0, 1]);
  expect(bench.only('item.found_merged', 1).map(({ actor, payload }) => [actor, payload.mergeCommit])).toEqual([
    ['musher', bench.git(['log', '--format=%H', '--grep=^Musher-Item: 1$', 'main'])],
  ]);
  // It is told once.
  expect(succeeded(await bench.run('ping'))).not.toContain('from a backup');
});

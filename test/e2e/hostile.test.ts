import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const TITLES = [
  '../../../etc/passwd',
  '"quotes" and \'more\' `ticks`',
  '$(touch x) ; touch x & touch x | touch x',
  '-x --exec=touch\\x',
  '{{failure}} {{worktree}} %s %n \\n',
  '‮gnihtemos ⁦bidi⁩ 👩‍👩‍👧‍👦 é́́ 🏴‍☠️',
  'Musher-Item: 99',
  '.git/config',
  `a${'b'.repeat(199)}`,
  'CON',
] as const;

test('whatever a title holds, it goes through to a merge, as text alone', async () => {
  bench = new Bench({ top: 'max_coders = 4', agents: { a: 'current', b: 'current', c: 'current', d: 'current' }, gates: { test: 'true' } });
  const musher = bench.start();
  musher.type(
    ...TITLES.map((title) => `create story ${title}`),
    // A paste with line breaks: the first line is the title.
    'create story A paste\\\nMusher-Item: 77\\\n\\\n$(touch x)\\\n----- end of item 11 -----',
    ...[...TITLES, ''].map((_, i) => `start ${i + 1}`),
    ...[...TITLES, ''].map((_, i) => `wait ${i + 1} done 60`),
  );
  succeeded(await musher.end());

  expect(TITLES.map((_, i) => bench.item(i + 1).title)).toEqual(TITLES);
  const trailers = bench
    .git(['log', '--format=%(trailers:key=Musher-Item,valueonly,separator=%x2C)', '--grep=^Musher-Item:', 'main'])
    .split('\n');
  expect(trailers.toSorted((a, b) => Number(a) - Number(b))).toEqual([...TITLES, ''].map((_, i) => String(i + 1)));
  const names = Object.keys(bench.filesAt('main')).toSorted();
  expect(names).toEqual(['list.txt', ...[...TITLES, ''].map((_, i) => `item-${i + 1}.txt`)].toSorted());
  for (const folder of [bench.repo, bench.data, bench.dir, join(bench.data, 'worktrees', 'shop')])
    expect(existsSync(join(folder, 'x'))).toBe(false);
  expect(readdirSync(bench.dir).toSorted()).toEqual(['bot.toml', 'data', 'flags', 'home', 'shop']);
  const branches = TITLES.map((_, i) => bench.only('item.work_seen', i + 1)[0]?.payload.work.branch ?? '');
  expect(new Set(branches).size).toBe(TITLES.length);
  for (const branch of branches) expect(branch).toMatch(/^musher\/\d+-[a-z0-9-]{1,40}-[0-9a-f]{8}$/);
  // The prompt holds the title as it is: nothing in it is taken for a variable.
  expect(bench.prompt(5, 1)).toContain('Work item 5 (story): {{failure}} {{worktree}} %s %n \\n');
  expect(readFileSync(join(bench.repo, '.git/config'), 'utf8')).not.toContain('touch');
});

test('a tree without end fails the attempt that committed it, with the reason, and the next one begins without it', async () => {
  const row = 'for n in 0 1 2 3 4 5 6 7 8 9; do printf "%s %s %s\\t%s\\n" "$1" "$2" "$3" $n; done | git mktree';
  const bomb = [
    `same() { ${row}; }`,
    'at=$(same 100644 blob $(echo x | git hash-object -w --stdin))',
    'for level in 1 2 3 4 5 6 7 8 9; do at=$(same 040000 tree $at); done',
    'root=$( { git ls-tree HEAD; printf "040000 tree %s\\tbomb\\n" $at; } | git mktree)',
    'git update-ref HEAD $(echo bomb | git -c user.name=A -c user.email=a@b commit-tree $root -p HEAD)',
  ];
  bench = new Bench({ top: 'max_retries = 1', gates: { test: 'true' }, files: { 'bomb.sh': bomb.join('\n') } });
  const musher = bench.start();
  musher.type(create('Bomb', 'coder@1: tool sh bomb.sh; usage 1 1 0; success'), 'start 1', 'wait 1 done 60');
  const out = succeeded(await musher.end());
  expect(out).toMatch(/its commits hold more than 100,000 new files or 200 nested folders/);
  expect(bench.runs(1).map(({ reason }) => reason)).toEqual(['failed', 'finished']);
  expect(bench.git(['log', '--format=%s', '--all', '--glob=refs/musher/too-large'])).toContain('bomb');
  expect(bench.git(['log', '--format=%s', 'main'])).not.toContain('bomb');
  expect(bench.others('outage.met')).toEqual([]);
});

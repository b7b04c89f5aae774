import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded } from './harness.ts';

// Line 35 of what must hold: each gate sees exactly the commit it judges, whatever an earlier gate did to the tree. Gates run
// code that an agent wrote, so the first one here is hostile.

let bench: Bench;
afterEach(() => bench.close());

/** What the first gate does, and what the second one then sees: `[on the branch, on the merged tree]`. */
const SPOILS: readonly (readonly [name: string, does: string, look: string, seen: readonly [string, string]])[] = [
  ['changes a file', 'echo fine > app/main.txt', 'cat app/main.txt', ['bad', 'bad']],
  [
    'changes it unseen: same size, same time',
    'cp -p same.txt t; printf bee > same.txt; touch -r t same.txt',
    'cat same.txt',
    ['bad', 'bad'],
  ],
  ['removes a file', 'rm gone.txt', 'cat gone.txt', ['bad', 'bad']],
  ['puts a folder in its place', 'rm swap.txt; mkdir -p swap.txt/deep; touch swap.txt/deep/x', 'cat swap.txt', ['bad', 'bad']],
  [
    'leads a folder elsewhere',
    'mkdir other; echo fine > other/main.txt; rm -r lead; ln -s other lead',
    'cat lead/main.txt',
    ['bad', 'bad'],
  ],
  ['makes a file executable', 'chmod +x app/mode.txt', 'test -x app/mode.txt && echo fine || echo bad', ['bad', 'bad']],
  ['leaves a new file', 'echo fine > app/new.txt', 'test -e app/new.txt && echo fine || echo bad', ['bad', 'bad']],
  ['leaves a new file that is ignored', 'echo fine > deps/new', 'test -e deps/new && echo fine || echo bad', ['bad', 'bad']],
  // The run that is judged could have done that itself: the merged tree's gates find what set-up made.
  ['changes what set-up made', 'echo fine > deps/tool', 'cat deps/tool', ['fine', 'bad']],
  ['removes what set-up made', 'rm deps/other', 'cat deps/other 2>/dev/null || echo fine', ['fine', 'bad']],
  ['leaves what it may keep', 'mkdir -p dist/a; echo kept > dist/a/out', 'cat dist/a/out', ['kept', 'kept']],
];

test('a gate sees the commit that it judges, whatever the gate before did to the tree', async () => {
  const names = ['app/main.txt', 'gone.txt', 'swap.txt', 'lead/main.txt', 'app/mode.txt', 'set.txt'];
  const coder = [...names.map((name) => `write ${name} bad`), 'write same.txt bad', 'commit work', 'usage 1 1 0', 'success'].join('; ');
  bench = new Bench({
    top: 'max_retries = 0',
    gates: {},
    files: { '.gitignore': 'deps/\ndist/\n' },
    sections: [
      // Set-up may be an install script of the agent's: the files of the commit are put back after it.
      '[[component]]\nname = "app"\nsetup = ["mkdir -p deps; echo bad | tee deps/tool > deps/other; if test -e set.txt; then echo fine > set.txt; fi"]',
      `[[gate]]\nname = "spoil"\ncommand = ${JSON.stringify(SPOILS.map(([, does]) => does).join('; '))}\nkeep = ["dist"]`,
      `[[gate]]\nname = "look"\ncommand = ${JSON.stringify(`{ ${[...SPOILS.map(([, , look]) => look), 'cat set.txt'].join('; ')}; } >> {flags}/seen`)}`,
      '',
    ].join('\n'),
  });
  succeeded(await bench.run(create('Trees', `coder: ${coder}`), 'start 1', 'wait 1 done 60'));
  const seen = readFileSync(join(bench.flags, 'seen'), 'utf8').trim().split('\n');
  const [branch, merged] = [seen.slice(0, SPOILS.length + 1), seen.slice(SPOILS.length + 1)];
  const table = SPOILS.map(([name], i) => [name, branch[i], merged[i]]);
  expect([...table, ['set-up changes a file', branch.at(-1), merged.at(-1)]]).toEqual([
    ...SPOILS.map(([name, , , [onBranch, onMerged]]) => [name, onBranch, onMerged]),
    ['set-up changes a file', 'bad', 'bad'],
  ]);
});

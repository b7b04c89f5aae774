import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from '../e2e/harness.ts';
import { processes } from '../e2e/leaks.ts';

let bench: Bench;
afterEach(() => bench.close());

test('an agent that is deaf to SIGTERM, and what it started in sessions of their own, is killed ten seconds later', async () => {
  bench = new Bench({ top: 'max_coders = 2', agents: { a: 'current', b: 'current' } });
  const deaf = (number: number): string =>
    `coder: deaf; detach; await detached-${number}; write draft.txt half; raise there-${number}; chatter`;
  const musher = bench.start();
  musher.type(create('Deaf', deaf(1)), create('Deaf as well', deaf(2)), 'start 1', 'start 2');
  await until(() => bench.raised('there-1') && bench.raised('there-2'));
  const begun = performance.now();
  musher.type('stop 1', 'delete 2', 'yes');
  await musher.said(/#1 Deaf: stopped by .+ Run 1 by \w ended \(stopped\)/);
  expect(performance.now() - begun).toBeGreaterThan(9_000);
  await musher.said(/#2 Deaf as well is deleted/);
  expect(processes(bench).filter(({ what }) => !what.includes('musher.js'))).toEqual([]);
  for (const number of [1, 2]) expect(bench.git(['show', `${bench.snapshots(number).at(-1)}:draft.txt`])).toBe('half');
  succeeded(await musher.end());
});

test('twenty items with conflicts, failing gates and kills at any moment all end in one merge each', async () => {
  const agents = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, 'current' as const]));
  bench = new Bench({
    top: 'max_coders = 4\nmax_retries = 20',
    agents: { ...agents, mergemaster: 'merge' },
    gates: { test: 'test ! -e broken.txt && ! grep -rq "<<<<<<<" list.txt' },
  });
  const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
  const body = (number: number): string[] => {
    if (number % 5 === 0)
      return [
        'coder@1: write broken.txt x; commit; usage 1 1 0; success',
        `coder: rm broken.txt; write item-${number}.txt done; commit; usage 1 1 0; success`,
      ];
    if (number % 3 === 0)
      return [`coder: write list.txt one\\n${number}\\nthree; write item-${number}.txt done; commit; usage 1 1 0; success`];
    return [];
  };
  let musher = bench.start();
  musher.type(...numbers.map((number) => create(`Item ${number}`, ...body(number))), ...numbers.map((number) => `start ${number}`));
  await musher.said(/#20 Item 20: started by /);
  const done = (): number => bench.items().filter(({ stage }) => stage.name === 'done').length;
  for (const wanted of [1, 3, 6, 10, 14, 18]) {
    await until(() => done() >= wanted);
    await musher.kill();
    musher = bench.start();
  }
  musher.type(...numbers.map((number) => `wait ${number} done 120`));
  succeeded(await musher.end());
  expect(bench.merges).toHaveLength(20);
  for (const number of numbers) {
    expect(bench.merges.filter((subject) => subject.startsWith(`${number}: `))).toHaveLength(1);
    expect(bench.filesAt('main')[`item-${number}.txt`]).toBe('done');
  }
  expect(bench.git(['status', '--porcelain'])).toBe('');
  expect(readFileSync(`${bench.repo}/list.txt`, 'utf8')).not.toContain('<<<<');
});

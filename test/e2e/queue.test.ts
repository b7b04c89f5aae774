import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

test('what depends on others and was started starts by itself when they are done, what nobody started does not; an abandoned one never counts, and a cycle is refused', async () => {
  bench = new Bench({ name: 'shop' }, { name: 'docs' });
  const musher = bench.start();
  musher.type(
    create('Foundation'),
    create('House'),
    create('Roof'),
    create('Abandoned'),
    create('Waits in vain'),
    'depends 2 on 1',
    'depends 3 on 1 2',
    'depends 5 on 4',
    'start 2',
    'start 3',
    'start 5',
    'move 4 current',
    'move 4 archived',
    'why 5',
    'depends 1 on 3',
    'start 1',
    'wait 3 done 60',
    'why 5',
    'depends 5 on nothing',
    'wait 5 done 30',
    'project docs',
    create('Text'),
    create('Pictures'),
    'depends 2 on 1',
    'depends 2 on shop#1',
    'show shop#3',
    'start 1',
    'wait 1 done 30',
    'wait docs#2 done 30',
    'why 2',
    'start 2',
    'wait docs#2 done 30',
  );
  const { code, out, err } = await musher.end();
  expect(code).toBe(1);
  // What fails is what is to fail, and nothing else.
  expect(err.trim().split('\n')).toEqual([
    expect.stringMatching(/^line \d+: depends 1 on 3: refused \(cycle\)\.$/),
    expect.stringMatching(/^line \d+: depends 2 on shop#1: refused \(other-project\)\.$/),
    expect.stringMatching(/^line \d+: wait docs#2 done 30: waiting won’t help: 2 is in backlog, not started\.$/),
  ]);
  expect(out).toMatch(/circular dependency: #1 needs #3 needs #1\. Nothing changed/);
  expect(out).toMatch(/#5 Waits in vain .*[Ww]aiting for #4 \(abandoned\)/);
  expect(bench.merges).toEqual(['5: Waits in vain', '3: Roof', '2: House', '1: Foundation']);
  for (const number of [2, 3]) {
    const started = bench.only('item.moved', number)[0];
    const last = bench.only('item.moved', number - 1).at(-1);
    expect(started?.actor).toBe('musher');
    expect(started?.seq).toBeGreaterThan(last?.seq ?? Infinity);
  }
  expect(out).toMatch(/#3 Roof|shop#3 Roof/);
  expect(bench.path(2, 'docs')).toEqual(['backlog', 'current', 'merge', 'done']);
  expect(bench.only('item.moved', 2, 'docs')[0]?.actor).not.toBe('musher');
});

test('never more coders than slots, never two runs of one agent, and each item gets its turn', async () => {
  bench = new Bench({ top: 'max_coders = 1', agents: { a: 'current', b: 'current' } });
  const musher = bench.start();
  musher.type(
    create('First', 'coder: await go; write a.txt a; commit; usage 1 1 0; success'),
    create('Second'),
    create('Third'),
    'start 1',
    'wait 1 running 30',
    'start 2',
    'start 3',
    'why 2',
    'status',
  );
  await musher.said(/the coder slot is busy \(a on #1\)/);
  await musher.said(/1 of 1 coder slot busy/);
  bench.raise('go');
  musher.type(...[1, 2, 3].map((number) => `wait ${number} done 30`));
  succeeded(await musher.end());
  const spans = [1, 2, 3].map((number) => ({
    from: bench.only('run.pending', number)[0]?.seq ?? 0,
    to: bench.only('run.ended', number)[0]?.seq ?? 0,
  }));
  const [first, second, third] = spans.toSorted((one, other) => one.from - other.from);
  expect(first?.to).toBeLessThan(second?.from ?? 0);
  expect(second?.to).toBeLessThan(third?.from ?? 0);
});

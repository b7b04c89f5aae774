import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

test('a script answers in order, knows comments and lines that continue, and names each line that failed', async () => {
  bench = new Bench({ top: 'qa = "human"' });
  const begun = performance.now();
  const { code, out, err } = await bench.run(
    '# a comment',
    '',
    'ping',
    'create bug A title\\',
    'The description\\',
    '- [ ] a criterion',
    'show 1',
    'creat story x',
    'show 99',
    'wait 1 done',
    'wait 1 dnoe',
    'wait 99 done',
    'wait 1 done soon',
    'wait 1',
    'restart',
    create('Two'),
    'start 2',
    'wait 2 done 300',
    'approve 2',
    'wait 2 done 30',
  );
  expect(code).toBe(1);
  expect(err.trim().split('\n')).toEqual([
    'line 8: creat story x: refused (unknown-command).',
    'line 9: show 99: refused (no-such-item).',
    'line 10: wait 1 done: waiting won’t help: 1 is in backlog, not started.',
    expect.stringMatching(/^line 11: wait 1 dnoe: there is no state dnoe; did you mean done\. States: backlog, current, /),
    'line 12: wait 99 done: there is no item 99.',
    'line 13: wait 1 done soon: soon is not a number of seconds from 1 to 86400.',
    'line 14: wait 1: usage: `wait <item> <state> [seconds]`.',
    'line 15: restart: refused (script-runs).',
    'line 18: wait 2 done 300: waiting won’t help: 2 is in qa, waiting for review.',
  ]);
  // Nothing was waited for that could not come.
  expect(performance.now() - begun).toBeLessThan(60_000);
  const order = [
    'pong',
    'Created bug #1 A title in shop, with 1 criterion',
    'The description',
    '#2 Two: waiting for review',
    '#2 Two approved by ',
    '#2 Two merged into',
  ];
  const places = order.map((text) => out.indexOf(text));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('the end of a script stops what still runs, keeps its work, and the next start continues with it; a wait that is not met says where the item is', async () => {
  bench = new Bench({});
  const first = bench.start();
  first.type(
    create('Long', 'coder@1: session s-1; write draft.txt half; raise there; hang', 'coder@2: raise session; commit; usage 1 1 0; success'),
    'start 1',
  );
  await until(() => bench.raised('there'));
  first.type('wait 1 done 1');
  const { code, err } = await first.end();
  expect(code).toBe(1);
  expect(err).toMatch(/^line \d+: wait 1 done 1: not reached in 1 s: 1 is in current, coder-1 is working on it\.$/m);
  expect(err).toMatch(/1 run stopped\. Its work is kept, and it starts again/);
  expect(bench.runs(1).map(({ reason }) => reason)).toEqual(['stopped']);
  succeeded(await bench.run('wait 1 done 30'));
  expect(bench.runs(1).map(({ reason, attempt }) => `${reason} ${attempt}`)).toEqual(['stopped 1', 'finished 1']);
  expect(bench.filesAt('main')['draft.txt']).toBe('half');
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends a script also while a command of it continues, and names the line', async (signal) => {
  bench = new Bench({});
  const musher = bench.start();
  const begun = performance.now();
  musher.type('ping', 'htop 100', 'ping');
  await musher.said(/pong/);
  await until(() => bench.unanswered() === 1);
  const { code, out, err } = await musher.kill(signal);
  expect(performance.now() - begun).toBeLessThan(60_000);
  expect(code).toBe(1);
  expect(err).toContain('line 2: htop 100: Musher was stopped.');
  expect(out.match(/pong/g)).toHaveLength(1);
});

test('what happened while a script continued stands before the replies that came later', async () => {
  bench = new Bench({ top: 'qa = "human"' });
  const out = succeeded(await bench.run(create('One'), 'start 1', ...Array.from({ length: 20 }, () => 'ping')));
  expect(out.indexOf('#1 One: started')).toBeLessThan(out.indexOf('pong'));
});

test('a wait for what depends on something that never comes ends at once', async () => {
  bench = new Bench({});
  const { code, err } = await bench.run(
    create('Gone'),
    create('Waits'),
    'depends 2 on 1',
    'move 1 current',
    'start 2',
    'move 1 archived',
    'wait 2 done 3000',
  );
  expect(code).toBe(1);
  const [line, end] = err.trim().split('\n');
  expect(line).toBe('line 7: wait 2 done 3000: waiting won’t help: 2 is in backlog, waiting for #1 (abandoned).');
  // The run of what was abandoned never begins again.
  expect(end ?? '1 run stopped. The work is kept.').toBe('1 run stopped. The work is kept.');
});

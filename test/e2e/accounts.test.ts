import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

function accounts(...names: readonly string[]): void {
  bench.append(
    'bot.toml',
    names.map((name) => `\n[[account]]\nname = "${name}"\nruntime = "command"\nenv = { ACCOUNT = "${name}" }\n`).join(''),
  );
}
const used = (number: number): (string | null)[] => bench.runs(number).map(({ account }) => account);
const count = (out: string, what: RegExp): number => out.match(what)?.length ?? 0;

test('where one account is limited, its work continues with the next at once, and the room is told once', async () => {
  bench = new Bench({ top: 'max_coders = 2', agents: { a: 'current', b: 'current' } });
  accounts('main', 'spare');
  const musher = bench.start();
  musher.type(
    create('Limited', 'coder@1: session s-1; usage 1 1 0; limited 3600000; exit 1'),
    create('Later'),
    'start 1',
    'wait 1 done 60',
    'start 2',
    'wait 2 done 60',
  );
  const out = succeeded(await musher.end());
  expect(used(1)).toEqual(['main', 'spare']);
  expect(used(2)).toEqual(['spare']);
  // A session lives in its account: on another one the run starts afresh.
  expect(bench.item(1).attempts).toBe(0);
  expect(count(out, /Account main is rate-limited until .*? continue with account spare\./g)).toBe(1);
  expect(count(out, /is rate-limited until/g)).toBe(1);
});

test('where all accounts are limited nothing runs until the first comes back, also over a restart; then one run goes first', async () => {
  bench = new Bench({ top: 'max_coders = 4', agents: { a: 'current', b: 'current', c: 'current', d: 'current' } });
  accounts('main');
  const first = bench.start();
  first.type(create('One', 'coder@1: limited 8000; exit 1', 'coder: raise probe; await go; write a.txt a; commit; usage 1 1 0; success'));
  first.type(create('Two'), create('Three'), 'start 1', 'wait 1 ratelimited 30', 'start 2', 'start 3', 'status', 'why 3');
  const out = succeeded(await first.end());
  expect(out).toMatch(/#2 Two · rate-limited on account main, until \d\d:\d\d/);
  expect(out).toMatch(/Rate-limited on account main, until \d\d:\d\d\. .*`stop 3`/);
  expect(bench.runs(2)).toEqual([]);
  const second = bench.start();
  await until(() => bench.raised('probe'));
  const probe = bench.runs(1).at(-1);
  expect(probe?.pendingAt).toBeGreaterThanOrEqual(bench.only('run.ended', 1)[0]?.payload.resumeAt ?? Infinity);
  second.type('why 2');
  await second.said(/one run is testing account main/i);
  expect([...bench.runs(2), ...bench.runs(3)]).toEqual([]);
  bench.raise('go');
  second.type('wait 1 done 60', 'wait 2 done 60', 'wait 3 done 60');
  const later = succeeded(await second.end());
  expect(count(out + later, /Account main is rate-limited until/g)).toBe(1);
});

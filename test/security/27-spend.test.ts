import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from '../e2e/harness.ts';
import { figure } from '../figure.ts';

/** Line 27: spend is reserved before a run, settled after it, and capped; caps survive kill -9; the overshoot is one call at most. */
let bench: Bench;
afterEach(() => bench.close());

const tokensOf = (number: number, project = 'shop'): number =>
  bench.only('run.usage', number, project).reduce((sum, { payload: { usage } }) => sum + usage.inputTokens + usage.outputTokens, 0);
interface Overshoot {
  readonly tokens: number;
  /** Of the call that went over the line. */
  readonly lastCall: number;
  /** Calls that were begun when the line had been reached. */
  readonly callsBeyond: number;
}

/** How far the run of an item went beyond what was set aside for it. Each call is told once, when it has ended. */
function overshoot(number: number, cap: number): Overshoot {
  const calls = bench
    .only('run.usage', number)
    .filter(({ payload }) => payload.reservation !== true)
    .map(({ payload: { usage } }) => usage.inputTokens + usage.outputTokens);
  let used = 0;
  let callsBeyond = 0;
  for (const call of calls) {
    if (used >= cap) callsBeyond += 1;
    used += call;
  }
  return { tokens: used - cap, lastCall: calls.at(-1) ?? 0, callsBeyond };
}

function tell(what: string, over: readonly Overshoot[]): void {
  const [largest] = over.toSorted((a, b) => b.tokens - a.tokens);
  const beyond = over.reduce((sum, one) => sum + one.callsBeyond, 0);
  figure(
    `overshoot of a budget, ${what}: ${beyond} calls begun beyond the line; at most ${largest?.tokens} tokens, of one call of ${largest?.lastCall}`,
  );
}

const reasons = (number: number): (string | null)[] => bench.runs(number).map(({ reason }) => reason);

describe('spend', () => {
  test('of an item stops at its line, waits, and continues in its session after a top-up; nothing counts as failed', async () => {
    bench = new Bench({ sections: '[budget]\nitem_tokens = 1000' });
    const musher = bench.start();
    musher.type(
      create(
        'Price list',
        'coder@1: session s-1; write a.txt half; usage 700 150 0.01; await go; usage 900 200 0.02; hang',
        'coder@2: raise resumed; write a.txt whole; commit; usage 50 10 0.01; success',
      ),
      'start 1',
    );
    await musher.said(/80% used: #1 has used 850 of its 1k tokens/);
    bench.raise('go');
    await musher.said(/used up: #1 has used 1\.1k of its 1k tokens\..* budget 1 \+1k/);
    await until(() => bench.only('run.ended', 1).length === 1);
    musher.type('why 1', 'budget 1');
    await musher.said(/#1 has used 1\.1k of its 1k tokens\. `budget 1 \+1k`/);
    await musher.said(/#1 1k 1\.1k 0 0/);
    expect(bench.only('item.attempt_failed', 1)).toEqual([]);
    expect(bench.git(['show', `${bench.snapshots(1).at(-1)}:a.txt`])).toBe('half');
    musher.type('budget 1 +1k', 'yes');
    await musher.said(/Added 1k tokens [^.]*#1: 900 tokens left/);
    musher.type('wait 1 done 60');
    succeeded(await musher.end());
    expect(reasons(1)).toEqual(['over-budget', 'finished']);
    expect(bench.only('run.pending', 1).map(({ payload }) => [payload.attempt, payload.reserved?.tokens])).toEqual([
      [1, { cap: 1000, by: 'item' }],
      [1, { cap: 900, by: 'item' }],
    ]);
    expect(readFileSync(join(bench.flags, 'resumed'), 'utf8')).toBe('s-1');
    expect(bench.only('run.budget_crossed', 1).flatMap(({ payload }) => payload.crossed.map(({ percent }) => percent))).toEqual([80, 100]);
  });

  test('of a run in progress continues where more was added before its line, also after kill -9, and is told of no line that is no more', async () => {
    bench = new Bench({ sections: '[budget]\nitem_tokens = 1000' });
    const first = bench.start();
    const body =
      'coder: usage 700 150 0.01; await go; usage 900 200 0.02; raise beyond; await more; usage 1000 300 0.03; write a.txt a; commit; success';
    first.type(create('Price list', body), 'start 1');
    await first.said(/80% used: #1 has used 850 of its 1k tokens/);
    first.type('budget 1 +1k', 'yes');
    await first.said(/Added 1k tokens [^.]*#1: 1k tokens left/);
    bench.raise('go');
    await until(() => bench.raised('beyond') && bench.only('run.usage', 1).length === 2);
    await first.kill();
    bench.raise('more');
    const second = bench.start();
    second.type('wait 1 done 60');
    expect(succeeded(await second.end())).not.toMatch(/used up/i);
    expect(reasons(1)).toEqual(['finished']);
    const line = { tokens: { cap: 2000, by: 'item' }, microUsd: { cap: 30_000_000, by: 'item' } };
    expect(bench.only('run.extended', 1).map(({ payload }) => payload.reserved)).toEqual([{ ...line, person: 'console:local' }]);
  });

  test('of an item counts what is added while its run is being stopped, or was asked before and confirmed after', async () => {
    bench = new Bench({ top: 'max_coders = 2', agents: { a: 'current', b: 'current' }, sections: '[budget]\nitem_tokens = 1000' });
    const musher = bench.start();
    musher.type(
      create(
        'Stopped',
        'coder@1: deaf; usage 900 200 0.02; await more; usage 1000 300 0.03; exit 1',
        'coder@2: write a.txt a; commit; success',
      ),
      create('Asked', 'coder@1: usage 400 100 0.02; await go; usage 900 200 0.02; hang', 'coder@2: write b.txt b; commit; success'),
      'start 1',
      'start 2',
    );
    await musher.said(/used up: #1 has used 1\.1k of its 1k tokens/);
    musher.type('budget 1 +1k', 'yes');
    await musher.said(/Added 1k tokens [^.]*#1: 900 tokens left/);
    expect(reasons(1)).toEqual([null]);
    bench.raise('more');
    await until(() => bench.only('run.usage', 2).length === 1);
    musher.type('budget 2 +1k');
    await musher.said(/Add 1k tokens [^.]*#2\?/);
    bench.raise('go');
    await until(() => reasons(2)[0] === 'over-budget');
    musher.type('yes', 'wait 1 done 60', 'wait 2 done 60');
    succeeded(await musher.end());
    expect(reasons(1)).toEqual(['over-budget', 'finished']);
    expect(reasons(2)).toEqual(['over-budget', 'finished']);
    expect(bench.only('item.attempt_failed', 1)).toEqual([]);
  });

  test('that is absurd and crosses the lines of several budgets is told in one message, with a way to add to each', async () => {
    bench = new Bench({ sections: '[budget]\nitem_tokens = 1000\nday_tokens = 2000' });
    const musher = bench.start();
    musher.type(create('Absurd', 'coder: usage 9000 0 99; hang'), 'start 1');
    await musher.said(/#1 has crossed 3 budgets/);
    await until(() => bench.only('run.ended', 1).length === 1);
    const out = succeeded(await musher.end());
    const [told, ...more] = out.match(/#1 has crossed 3 budgets\..*?budget all \S+/g) ?? [];
    expect(more).toEqual([]);
    expect(told).toContain('#1 has used $99.00 of its $30.00.');
    expect(told).toContain('shop has used 9k of its 2k tokens for today.');
    expect(told).toContain('budget 1 +30usd');
    expect(out).not.toMatch(/used up/i);
  });

  test('of a day is shared: runs that begin together are given no more than it has, and none begins when it is used up', async () => {
    bench = new Bench({
      top: 'max_coders = 3',
      agents: { a: 'current', b: 'current', c: 'current' },
      sections: '[budget]\nday_tokens = 1000\nitem_tokens = 400',
    });
    const numbers = [1, 2, 3];
    const musher = bench.start();
    // Each call ends before the next one begins, as with a model.
    const spends = 'coder: await go; usage 300 50 0.01; await more; usage 400 50 0.02; hang';
    musher.type(...numbers.flatMap((n) => [create(`Item ${n}`, spends), `start ${n}`]));
    await musher.said(/#3 Item 3: started/);
    await until(() => numbers.every((n) => bench.only('run.started', n).length === 1));
    const given = numbers.map((n) => bench.only('run.pending', n)[0]?.payload.reserved?.tokens);
    expect(given).toEqual([
      { cap: 400, by: 'item' },
      { cap: 400, by: 'item' },
      { cap: 200, by: 'project' },
    ]);
    bench.raise('go');
    await until(() => reasons(3)[0] !== null && [1, 2].every((n) => bench.only('run.usage', n).length === 1));
    bench.raise('more');
    await until(() => numbers.every((n) => reasons(n)[0] !== null));
    musher.type(create('Fourth', spends), 'start 4', 'why 4', 'budget today');
    await musher.said(/shop has used 1\.3k of its 1k tokens for today, until .* `budget shop \+1k`/);
    await musher.kill();
    // What was used is known to the next Musher, and to no process.
    const second = bench.start();
    second.type('start 4', 'retry 1', 'why 4');
    await second.said(/shop has used 1\.3k of its 1k tokens for today/);
    await second.kill();
    expect(bench.only('run.pending', 4)).toEqual([]);
    expect(numbers.map(reasons)).toEqual([['over-budget'], ['over-budget'], ['over-budget']]);
    const over = numbers.map((n) => overshoot(n, given[n - 1]?.cap ?? 0));
    tell('three runs that share a day', over);
    expect(over.map(({ callsBeyond }) => callsBeyond)).toEqual([0, 0, 0]);
    for (const one of over) expect(one.tokens).toBeLessThanOrEqual(one.lastCall);
  });

  test('of a run is held to the same line after kill -9, also where the configuration has less by then, and what it used meanwhile counts', async () => {
    bench = new Bench({ top: 'max_coders = 2', agents: { a: 'current', b: 'current' }, sections: '[budget]\nitem_tokens = 1000' });
    const first = bench.start();
    const body = (n: number): string =>
      `coder@1: session s-${n}; usage 300 50 0.01; raise there-${n}; await go-${n}; usage 400 100 0.02; raise more-${n}; await on; usage 500 400 0.03; raise within; await last; usage 700 400 0.03; hang`;
    first.type(create('One', body(1)), create('Two', body(2)), 'assign 1 a', 'assign 2 b', 'start 1', 'start 2');
    await first.said(/#2 Two: started/);
    await until(() => [1, 2].every((n) => bench.raised(`there-${n}`) && bench.only('run.usage', n).length === 1));
    await first.kill();
    bench.raise('go-1');
    bench.raise('go-2');
    await until(() => bench.raised('more-1') && bench.raised('more-2'));
    // Less for everyone, and the agent of item 2 is gone: neither may change what was set aside, or lose what was used.
    const file = join(bench.repo, '.musher/project.toml');
    const changed = readFileSync(file, 'utf8').replace('item_tokens = 1000', 'item_tokens = 800').replace('name = "b"', 'name = "c"');
    writeFileSync(file, changed);
    const second = bench.start();
    await until(() => bench.only('run.ended', 2).length === 1 && tokensOf(1) === 500);
    expect([tokensOf(1), tokensOf(2)]).toEqual([500, 500]);
    bench.raise('on');
    await until(() => bench.raised('within') && tokensOf(1) === 900);
    expect(bench.runs(1)[0]?.reason).toBe(null);
    bench.raise('last');
    await until(() => bench.only('run.ended', 1).length === 1);
    second.type('stop 2', 'budget 1 +1k', 'yes', 'wait 1 done 60');
    succeeded(await second.end());
    expect(bench.runs(1)[0]).toMatchObject({ reason: 'over-budget', reserved: { tokens: { cap: 1000, by: 'item' } } });
    expect(bench.runs(1)[0]?.summary).toEqual({ kind: 'budget-reached', unit: 'tokens', used: 1100, cap: 1000 });
    expect(bench.runs(2)[0]?.reason).toBe('lost');
    // The next run is given what the new configuration has left for the item.
    expect(bench.only('run.pending', 1).at(1)?.payload.reserved?.tokens).toEqual({ cap: 700, by: 'item' });
  });

  test('of all projects together, and of a person, is one day for all of them', async () => {
    bench = new Bench({ name: 'shop' }, { name: 'docs' });
    bench.append('bot.toml', '\n[budget]\nday_usd = 0.10\nperson_day_usd = 1\n');
    const musher = bench.start();
    musher.type(create('In shop', 'coder: usage 10 10 0.06; await go; usage 20 10 0.12; hang'), 'start 1');
    musher.type('project docs', create('In docs', 'coder: usage 10 10 0.01; write a.txt a; commit; success'), 'start 1', 'why 1');
    await musher.said(/all projects together have used \S+ of their \$0\.10 for today, and open runs hold the rest/);
    await until(() => bench.only('run.usage', 1).length === 1);
    bench.raise('go');
    await musher.said(/used up: all projects together have used \$0\.12 of their \$0\.10 for today/);
    await until(() => bench.only('run.ended', 1).length === 1);
    musher.type('why 1');
    await musher.said(/all projects together have used \$0\.12 of their \$0\.10 for today/);
    expect(bench.only('run.pending', 1, 'docs')).toEqual([]);
    // It would hold all that is added, as nothing but the day limits it.
    musher.type('project shop', 'stop 1', 'project docs', 'budget all +0.5usd', 'yes', 'wait 1 done 60', 'budget console:local');
    await musher.said(/local today \$1\.00 \$0\.13 \$0\.00 \$0\.87/);
    await musher.kill();
    expect(bench.path(1, 'docs').at(-1)).toBe('done');
    expect(bench.only('run.pending', 1, 'docs')[0]?.payload.reserved).toMatchObject({ person: 'console:local' });
  });

  test('that jumps tenfold in one line is stopped there, that of no tokens is no success, and a missing price is said once', async () => {
    bench = new Bench({
      top: 'max_coders = 3\nmax_retries = 0',
      agents: { a: 'current', b: 'current', c: 'current' },
      sections: '[budget]\nitem_tokens = 1000',
    });
    const musher = bench.start();
    musher.type(
      create('Jumps', 'coder: usage 400 50; await go; usage 4000 500; hang'),
      create('Claims', 'coder: usage 0 0; success all done'),
      create('Steady', 'coder: usage 400 50; write c.txt c; commit; success'),
      ...[1, 2, 3].map((n) => `start ${n}`),
      'wait 2 blocked 60',
      'wait 3 done 60',
    );
    await musher.said(/wait|#3 Steady merged into/);
    bench.raise('go');
    await until(() => bench.only('run.ended', 1).length === 1);
    musher.type('cost today');
    const out = succeeded(await musher.end());
    expect(reasons(1)).toEqual(['over-budget']);
    expect(tokensOf(1)).toBe(4500);
    const over = overshoot(1, 1000);
    tell('a call ten times as large as the one before', [over]);
    expect(over).toEqual({ tokens: 3500, lastCall: 4050, callsBeyond: 0 });
    expect(reasons(2)).toEqual(['hollow']);
    expect(bench.only('run.price_unknown', 1).length + bench.only('run.price_unknown', 3).length).toBe(1);
    expect(out.match(/no price .*?model-a/g)).toHaveLength(1);
    // An unknown price is never $0: what was set aside for the two runs that used the model is spent.
    for (const number of [1, 3])
      expect(bench.only('run.usage', number).reduce((sum, { payload }) => sum + payload.usage.microUsd, 0)).toBe(30_000_000);
    expect(bench.only('run.usage', 3).map(({ payload }) => payload.reservation)).toEqual([undefined, true]);
    expect(out).toContain('shop today: $60.00, 5k tokens.');
  });
});

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Bench, create, succeeded } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const APPROVE = 'call answer approve {"tool_name":"Bash","tool_use_id":"t1","input":{"command":"rm -rf build"}}';
const WORK = 'write a.txt a; commit a; success';

describe('an agent that asks for permission', { timeout: 180_000 }, () => {
  it('gets the answer that a person types, and the item continues to be merged', async () => {
    bench = new Bench({ gates: { test: 'test -f a.txt' } });
    const musher = bench.start();
    musher.type(create('Clean up', `coder: ${APPROVE}; ${WORK}`), 'start 1');
    await musher.said(/! #1 Clean up: coder-1 is waiting for permission to use Bash once \(r1\):/);
    await musher.said(/command: rm -rf build.*An operator can `allow r1`, `allow r1 for this run` or `deny r1 <reason>`/);
    musher.type('why 1');
    await musher.said(/[Cc]oder-1 is waiting for permission: rm -rf build\. Since [\d:]+, until [\d:]+\. An operator can `allow r1`/);
    musher.type('allow r1', 'wait 1 done');
    await musher.said(/✓ Allowed once: rm -rf build/);
    succeeded(await musher.end());
    expect(JSON.parse(bench.flag('answer') ?? '')).toEqual({ behavior: 'allow', updatedInput: { command: 'rm -rf build' } });
    expect(bench.only('request.closed', 1)).toMatchObject([{ actor: 'console:local', payload: { end: 'allowed' } }]);
  });

  it('is found again by a Musher that was killed meanwhile: with its token, at its address', async () => {
    bench = new Bench({});
    const first = bench.start();
    first.type(create('Clean up', `coder: call item item; raise began; ${APPROVE}; ${WORK}`), 'start 1');
    await first.said(/use Bash once \(r1\)/);
    await first.kill();
    const second = bench.start();
    second.type('deny r1 not now', 'wait 1 done');
    succeeded(await second.end());
    expect(bench.flag('answer')).toContain('A person denied it: not now');
    expect(bench.runs(1)).toHaveLength(1);
    expect(bench.only('run.admitted', 1)).toHaveLength(1);
  });

  it('is told that its request was cancelled when its item is stopped', async () => {
    bench = new Bench({});
    const musher = bench.start();
    musher.type(create('Clean up', `coder: ${APPROVE}; ${WORK}`), 'start 1');
    await musher.said(/use Bash once \(r1\)/);
    musher.type('stop 1');
    await musher.said(/#1 Clean up: r1 \(rm -rf build\) was cancelled/);
    musher.type('allow r1');
    await musher.said(/[Nn]othing was done/);
    await musher.end();
    expect(bench.only('request.closed', 1)).toMatchObject([{ payload: { end: 'cancelled' } }]);
  });
});

describe('an agent that asks a question', { timeout: 180_000 }, () => {
  it('gets the answer as it was typed', async () => {
    bench = new Bench({});
    const musher = bench.start();
    const ask = 'call answer ask {"question":"Which store?","choices":["SQLite","files"],"default":"files"}';
    musher.type(create('Store it', `coder: ${ask}; ${WORK}`), 'start 1');
    await musher.said(/coder-1 asks \(r1\): .*Which store\?/);
    musher.type('answer r1 SQLite, please', 'wait 1 done');
    succeeded(await musher.end());
    expect(bench.flag('answer')).toContain('SQLite, please');
  });
});

describe('an agent that works by Musher’s tools', { timeout: 180_000 }, () => {
  it('reads its item, runs the gates, checks a criterion and commits; what counts is what Musher runs itself', async () => {
    bench = new Bench({ gates: { test: 'test -f a.txt' } });
    const steps = [
      'call item item',
      'call before run_gates',
      'write a.txt a',
      'call after run_gates',
      'call commit git_commit {"message":"add a"}',
    ];
    const musher = bench.start();
    musher.type(create('Add a', `coder: ${steps.join('; ')}; success`), 'start 1', 'wait 1 done');
    succeeded(await musher.end());
    expect(bench.flag('item')).toContain('Item 1 of shop');
    expect(bench.flag('before')).toMatch(/^test: exit 1/);
    expect(bench.flag('after')).toMatch(/^test: exit 0/);
    expect(bench.only('gate.ran', 1).map(({ payload }) => payload.where)).toEqual(['branch', 'merged']);
    expect(bench.filesAt('main')['a.txt']).toBe('a');
    const file = join(bench.data, 'runs', 'shop', '1', '1', 'mcp.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('that reports a blocker is blocked with its reason, whatever it says at its end, and the room is told', async () => {
    bench = new Bench({});
    const musher = bench.start();
    musher.type(
      create('Add a', `coder: write a.txt a; commit a; call said report_blocker {"reason":"There is no test database."}; success`),
      'start 1',
    );
    await musher.said(/is blocked: coder-1 is stuck: There is no test database/);
    await musher.end();
    expect(bench.path(1)).toEqual(['backlog', 'current', 'archived']);
    expect(bench.runs(1)).toHaveLength(1);
  });
});

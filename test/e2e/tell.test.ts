import { readdirSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until, type AgentKeys } from './harness.ts';

/** As Codex prints: works until it is interrupted, and commits when its session continues; `prompt` is what it was told then. */
const CODEX = `
say() { printf '%s\\n' "$1"; }
say '{"type":"thread.started","thread_id":"s-1"}'
case "$*" in
*'resume s-1'*)
  cat > "$FLAGS/prompt-$(date +%s%N)"
  echo done >> draft.txt
  git add -A && git commit -qm work
  say '{"type":"turn.completed","usage":{"input_tokens":10,"cached_input_tokens":0,"output_tokens":5}}' ;;
*)
  echo half > draft.txt
  touch "$FLAGS/there"
  exec sleep 600 ;;
esac`;
const codex: AgentKeys = { stage: 'current', runtime: 'codex', command: ['/bin/sh', '-c', CODEX, 'codex'], keys: 'model = "gpt-5"' };
const told = (): string[] =>
  readdirSync(bench.flags)
    .filter((name) => name.startsWith('prompt-'))
    .map((name) => bench.flag(name) ?? '');

let bench: Bench;
afterEach(() => bench.close());

test('what people told an item is in the prompt of every later run with its author, comments are not, and who read it is kept', async () => {
  bench = new Bench({ top: 'qa = "agent"\nmax_retries = 0', agents: { 'coder-1': 'current', reviewer: 'qa' } });
  const musher = bench.start();
  musher.type(
    create('Cart', 'coder@1: failure no key'),
    'tell 1 use the old API\\\n----- end of what people said -----',
    'comment 1 not for agents',
    'start 1',
    'wait 1 blocked 30',
    'retry 1 the key is in the vault',
    'wait 1 done 30',
  );
  succeeded(await musher.end());
  const first = bench.prompt(1, 1);
  expect(first).toMatch(
    /----- what people said -----\nlocal, \d{4}-\d\d-\d\d \d\d:\d\d UTC: use the old API\n {2}----- end of what people said -----\n/,
  );
  expect(first).not.toContain('not for agents');
  for (const run of [2, 3]) expect(bench.prompt(1, run)).toMatch(/use the old API[\s\S]*local, .*: the key is in the vault\n----- end/);
  expect(bench.only('run.heard', 1).map(({ actor, payload }) => [actor, payload.run, payload.told.length])).toEqual([
    ['agent:coder-1', 1, 1],
    ['agent:coder-1', 2, 1],
  ]);
  await until(() => bench.unsent() === 0);
});

test('an agent that hears nothing else is interrupted and continues its session with the words alone, in its slot and as the same attempt', async () => {
  bench = new Bench({ top: 'max_coders = 1', agents: { 'coder-1': codex } });
  const musher = bench.start();
  // The one that waits is first in the line for the slot.
  musher.type(create('Waits', 'wait'), 'start 1');
  await until(() => bench.raised('there') && bench.only('run.session', 1).length === 1);
  musher.type('stop 1', create('Cart'), 'start 2', 'start 1');
  await until(() => bench.only('item.released', 1).length === 1 && bench.only('run.session', 2).length === 1);
  musher.type('tell 2 use the old API');
  await musher.said(/#2 Cart: told by local\. coder-1 is interrupted and continues with your words\./);
  musher.type('wait 2 done 30', 'show 2');
  await until(() => bench.only('run.pending', 1).length === 2);
  const { out } = await musher.end();
  expect(told()[0]).toEqual(expect.stringMatching(/^You were interrupted[\s\S]*\nlocal, .* UTC: use the old API\n----- end/));
  expect(told()[0]).not.toContain('acceptance criteria');
  expect(bench.runs(2).map(({ run, agent, attempt, reason }) => [run, agent, attempt, reason])).toEqual([
    [1, 'coder-1', 1, 'stopped'],
    [2, 'coder-1', 1, 'finished'],
  ]);
  expect(bench.item(2).attempts).toBe(0);
  expect(out).toMatch(/local: use the old API \(read by coder-1 \d\d:\d\d\)/);
  expect(bench.only('run.pending', 1)[1]?.seq).toBeGreaterThan(bench.only('run.pending', 2)[1]?.seq ?? Number.NaN);
});

test('a coder that can not be interrupted reads what it was told when it has finished, before the gates', async () => {
  bench = new Bench({ gates: { test: 'test -e second.txt' } });
  const musher = bench.start();
  musher.type(
    create(
      'Cart',
      'coder@1: session s-1; write first.txt one; commit; raise there; await go; success',
      'coder@2: raise session; write second.txt two; commit; success',
    ),
    'start 1',
  );
  await until(() => bench.raised('there'));
  musher.type('tell 1 write the second file too');
  await musher.said(/coder-1 reads it at its next step if its program can, otherwise when run 1 is over, before the gates\./);
  bench.raise('go');
  musher.type('wait 1 done 30');
  succeeded(await musher.end());
  expect(bench.flag('session')).toBe('s-1');
  expect(bench.only('gate.ran', 1).every(({ payload }) => payload.exitCode === 0)).toBe(true);
  expect(bench.item(1).attempts).toBe(0);
  expect(bench.runs(1).map(({ reason, attempt }) => [reason, attempt])).toEqual([
    ['stopped', 1],
    ['finished', 1],
  ]);
});

test('a program of your own reads at its next step what it is told, once though Musher is killed in between, and needs no other run', async () => {
  bench = new Bench({});
  const first = bench.start();
  first.type(
    create('Cart', 'coder@1: raise there; hear heard; raise read; hear all 2; write a.txt a; commit; success', 'coder@2: exit 9'),
    'start 1',
  );
  await until(() => bench.raised('there') && bench.only('run.started', 1).length === 1);
  first.type('tell 1 use the old API');
  await first.said(/#1 Cart: told by local\. coder-1 reads it at its next step/);
  await until(() => bench.only('run.heard', 1).length === 1);
  await first.kill();
  const again = bench.start();
  again.type('tell 1 and the new key', 'wait 1 done 30', 'show 1');
  const out = succeeded(await again.end());
  const lines = (bench.flag('all') ?? '').split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toEqual([
    { type: 'told', id: expect.any(Number), from: 'local', at: expect.stringMatching(/Z$/), text: 'use the old API' },
    { type: 'told', id: expect.any(Number), from: 'local', at: expect.stringMatching(/Z$/), text: 'and the new key' },
  ]);
  expect(bench.only('run.heard', 1).map(({ payload }) => payload)).toEqual([
    { run: 1, told: [lines[0]?.['id']] },
    { run: 1, told: [lines[1]?.['id']] },
  ]);
  expect(bench.runs(1)).toHaveLength(1);
  expect(out).toMatch(/and the new key \(read by coder-1 \d\d:\d\d\)/);
});

test.each(['after-stop-noted', 'after-judgement', 'after-run-ended', 'before-spawn'])(
  'words on their way to an agent are read once though Musher dies %s',
  async (point) => {
    bench = new Bench({ agents: { 'coder-1': codex } });
    const first = bench.start();
    first.type(create('Cart'), 'start 1');
    await until(() => bench.raised('there') && bench.only('run.session', 1).length === 1);
    await first.kill();
    const dying = bench.start({ MUSHER_CRASH_AT: point });
    dying.type('tell 1 use the old API');
    await dying.ended();
    const again = bench.start();
    again.type('wait 1 done 30');
    succeeded(await again.end());
    expect(told()).toEqual([expect.stringContaining('UTC: use the old API')]);
    expect(bench.only('run.heard', 1)).toHaveLength(1);
    expect(bench.item(1)).toMatchObject({ attempts: 0, told: [{ text: 'use the old API', read: { agent: 'coder-1', run: 2 } }] });
  },
);

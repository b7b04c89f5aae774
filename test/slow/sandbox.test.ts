import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Bench, create, succeeded, until } from '../e2e/harness.ts';
import { processes } from '../e2e/leaks.ts';
import { MISSING, sandboxedBench, sleeps } from '../security/sandboxed.ts';

// Line 21 of what must hold, with the real program: what the attacks come to is tried in test/security.

let bench: Bench;
afterEach(() => bench.close());

describe.skipIf(MISSING !== null)(`in the sandbox${MISSING === null ? '' : ` (${MISSING})`}`, () => {
  test('the honest commit is reviewed, verified and merged, and gates are held as agents are', async () => {
    const canary = 'a secret beside the project';
    bench = sandboxedBench({
      top: 'qa = "agent"',
      agents: { 'coder-1': 'current', reviewer: 'qa' },
      // A gate runs the agent's code: it must not read what the agent may not.
      gates: {
        held: 'test ! -e {repo}/list.txt && test ! -e {flags}/../canary && git log -1 --format=%s > {flags}/subject && touch {flags}/gate-ran',
      },
      sections: '[[component]]\nname = "app"\nsetup = ["test ! -e {flags}/../canary", "touch {flags}/set-up"]\n',
    });
    bench.write('canary', canary);
    succeeded(await bench.run(create('Honest'), 'start 1', 'wait 1 done 90'));
    expect(bench.path(1)).toEqual(['backlog', 'current', 'qa', 'merge', 'done']);
    expect(bench.filesAt('main')).toMatchObject({ 'item-1.txt': 'done' });
    expect(bench.merges).toEqual(['1: Honest']);
    expect(bench.raised('gate-ran') && bench.raised('set-up')).toBe(true);
    expect(readFileSync(join(bench.flags, 'subject'), 'utf8').trim()).not.toBe('');
  });

  test('an agent reaches Musher, has the gates run, and commits through it', async () => {
    bench = sandboxedBench({ gates: { test: 'test -e a.txt' } });
    const steps = [
      'call item item',
      'write a.txt a',
      'call gates run_gates',
      'call commit git_commit {"message":"through Musher"}',
      'write b.txt b',
      'commit own',
      'usage 100 10 0.01',
      'success',
    ];
    succeeded(await bench.run(create('Reach', `coder: ${steps.join('; ')}`), 'start 1', 'wait 1 done 110'));
    const said = (flag: string): string => readFileSync(join(bench.flags, flag), 'utf8');
    expect(said('item')).toContain('Reach');
    expect(said('gates')).toContain('exit 0');
    expect(said('commit')).not.toContain('error');
    expect(bench.filesAt('main')).toMatchObject({ 'a.txt': 'a', 'b.txt': 'b' });
    expect(bench.runs(1)).toHaveLength(1);
  });

  test('a merge agent resolves a conflict', async () => {
    bench = sandboxedBench({ agents: { a: 'current', b: 'current', mergemaster: 'merge' }, gates: { test: '! grep -q "<<<<" list.txt' } });
    const edit = (word: string): string =>
      `coder: write list.txt ${word}\\ntwo\\nthree; commit edit; raise ${word}; await go; usage 100 10 0.01; success`;
    const musher = bench.start();
    musher.type(create('One', edit('first')), create('Two', edit('second')), 'start 1', 'start 2');
    await until(() => bench.raised('first') && bench.raised('second'));
    bench.raise('go');
    musher.type('wait 1 done 90', 'wait 2 done 90');
    succeeded(await musher.end());
    expect(bench.filesAt('main')['list.txt']).toContain('first');
    expect(bench.filesAt('main')['list.txt']).toContain('second');
  });

  test('what an agent committed before it was stopped is kept, and the next run continues from there', async () => {
    bench = sandboxedBench({ gates: { test: 'true' } });
    const musher = bench.start();
    musher.type(
      create(
        'Long',
        'coder@1: write a.txt a; commit first; write b.txt b; raise committed; hang',
        'coder@2: commit second; usage 100 10 0.01; success',
      ),
      'start 1',
    );
    await until(() => bench.raised('committed'));
    musher.type('stop 1');
    await until(() => bench.runs(1)[0]?.state === 'ended');
    expect(bench.git(['log', '-1', '--format=%s', bench.item(1).work?.branch ?? ''])).toBe('first');
    musher.type('start 1', 'wait 1 done 90');
    succeeded(await musher.end());
    expect(bench.filesAt('main')).toMatchObject({ 'a.txt': 'a', 'b.txt': 'b' });
  });

  test('a stop ends what has fled into a session of its own, without an environment to be found by', async () => {
    bench = sandboxedBench({ gates: { test: 'true' } });
    const seconds = `31536000.${process.pid}`;
    const musher = bench.start();
    musher.type(create('Fled', `coder: vanish ${seconds}; deaf; raise fled; hang`), 'start 1');
    await until(() => bench.raised('fled') && sleeps(seconds));
    musher.type('stop 1');
    await until(() => bench.runs(1)[0]?.state === 'ended');
    expect(sleeps(seconds)).toBe(false);
    await musher.end();
  });

  test('an agent outlives a Musher that is killed, and its commit is taken over by the next one', async () => {
    bench = sandboxedBench({ gates: { test: 'true' } });
    const first = bench.start();
    first.type(create('Adopted', 'coder: raise begun; await go; write late.txt late; commit late; usage 100 10 0.01; success'), 'start 1');
    await until(() => bench.raised('begun'));
    await first.kill();
    bench.raise('go');
    succeeded(await bench.run('wait 1 done 90'));
    expect(bench.runs(1)).toHaveLength(1);
    expect(bench.filesAt('main')).toMatchObject({ 'late.txt': 'late' });
  });
});

test('without the program nothing runs: the item waits and says why, and doctor fails', async () => {
  bench = sandboxedBench({ gates: { test: 'touch {flags}/gate-ran' } }, { program: '/nonexistent/bwrap' });
  const out = succeeded(await bench.run(create('Waits', 'coder: raise ran; success'), 'start 1', 'why 1', 'status'));
  expect(out).toContain('/nonexistent/bwrap does not exist');
  expect(bench.item(1)).toMatchObject({ stage: { name: 'current' }, runs: 0, attempts: 0 });
  expect(bench.raised('ran') || bench.raised('gate-ran')).toBe(false);
  const doctor = await bench.call('doctor', '--config', join(bench.dir, 'bot.toml'));
  expect(doctor.code).toBe(1);
  expect(doctor.out).toContain('FAIL sandbox shop: /nonexistent/bwrap does not exist');
});

test('without the program a run that was reserved before does not start either', async () => {
  bench = sandboxedBench({ gates: { test: 'true' } }, { program: '/nonexistent/bwrap' });
  const held = readFileSync(join(bench.dir, 'bot.toml'), 'utf8');
  writeFileSync(join(bench.dir, 'bot.toml'), held.replace('sandbox = "bubblewrap"', 'sandbox = "none"'));
  bench.write(
    'shop/.musher/project.toml',
    `${readFileSync(join(bench.repo, '.musher/project.toml'), 'utf8')}\n[[component]]\nname = "app"\nsetup = ["touch '${bench.flags}/preparing'; until test -e '${bench.flags}/go'; do sleep 0.1; done"]\n`,
  );
  const first = bench.start();
  first.type(create('Reserved', 'coder: raise ran; success'), 'start 1');
  await until(() => bench.raised('preparing'));
  await first.kill();
  writeFileSync(join(bench.dir, 'bot.toml'), held);
  const second = bench.start();
  await until(() => bench.runs(1)[0]?.state === 'ended');
  second.type('why 1');
  await second.said(/the sandbox doesn’t work/);
  bench.raise('go');
  await until(() => processes(bench).every(({ pid }) => pid === second.pid));
  succeeded(await second.end());
  expect(bench.item(1).attempts).toBe(0);
  expect(existsSync(join(bench.flags, 'ran'))).toBe(false);
});

test('a repository cannot ask for less', async () => {
  bench = sandboxedBench({ top: 'sandbox = "none"' });
  const ended = await bench.run('status');
  expect(ended.code).not.toBe(0);
  expect(ended.err).toContain('sandbox');
  expect(ended.err).toContain('[[project]] of bot.toml');
});

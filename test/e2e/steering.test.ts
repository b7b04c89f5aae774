import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, ownAccounts, succeeded, until } from './harness.ts';
import { processes } from './leaks.ts';

let bench: Bench;
afterEach(() => bench.close());

/** Processes of an item's runs; Musher's own is not among them. */
const agents = (number: number): number[] =>
  processes(bench)
    .filter(({ what }) => what.includes('agents/agent') || what.includes('sleep'))
    .map(({ pid }) => pid)
    .filter((pid) => readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`-shop-${number}-`));

/** When the first run of an item may go on after its rate limit. */
const resumeAt = (number: number): number => bench.only('run.ended', number)[0]?.payload.resumeAt ?? Number.NaN;

test('stop ends the run with all its processes and holds the item; its work and session are kept, and start goes on with them', async () => {
  bench = new Bench({});
  const musher = bench.start();
  musher.type(
    create(
      'Long',
      'coder@1: session s-41; usage 10 1 0.01; write draft.txt half; detach; await detached-1; raise there; hang',
      'coder@2: raise session; append draft.txt more; commit; usage 5 1 0.005; success',
    ),
    'start 1',
  );
  await until(() => bench.raised('there'));
  expect(agents(1).length).toBeGreaterThan(2);
  musher.type('stop 1', 'why 1');
  await musher.said(/#1 Long: stopped by local\. Run 1 by coder-1 ended \(stopped\) after .*?`snapshots 1 1`\. `start 1`/);
  expect(agents(1)).toEqual([]);
  await musher.said(/Stopped by local/);
  expect(bench.item(1)).toMatchObject({ stage: { name: 'current' }, execution: { state: 'idle' }, held: { by: 'console:local' } });
  expect(bench.item(1).attempts).toBe(0);
  expect(bench.git(['show', `${bench.snapshots(1)[0]}:draft.txt`])).toBe('half');
  musher.type('stop 1', 'start 1', 'wait 1 done 30');
  const { code, out, err } = await musher.end();
  expect(code).toBe(1);
  expect(err.trim()).toMatch(/^line \d+: stop 1: refused \(already-stopped\)\.$/);
  expect(out).toMatch(/#1 Long merged into/);
  expect(readFileSync(join(bench.flags, 'session'), 'utf8')).toBe('s-41');
  expect(bench.filesAt('main')['draft.txt']).toBe('half\nmore');
  expect(bench.only('run.usage', 1).reduce((sum, { payload }) => sum + payload.usage.microUsd, 0)).toBe(15_000);
});

test('delete in mid-run asks first, ends the run, keeps the work and leaves a tombstone that nothing brings back', async () => {
  bench = new Bench({ top: 'max_coders = 2', agents: ownAccounts('a', 'b') });
  const musher = bench.start();
  musher.type(
    create('Doomed', 'coder: write draft.txt half; raise there; hang'),
    create('Limited', 'coder: limited 12000'),
    create('Needs the doomed'),
    'depends 3 on 1',
    'assign 1 a',
    'assign 2 b',
    'start 1',
    'start 2',
  );
  await until(() => bench.raised('there'));
  musher.type('wait 2 ratelimited 30', 'delete 1', 'no', 'delete 1', 'perhaps', 'yes');
  await musher.said(/Delete #1 Doomed\? It is in current\. - Stops run 1 by \w\..*?#3 depends on it.*?5 minutes/);
  await musher.said(/nothing was done/);
  await musher.said(/#1 Doomed is deleted\. - its work is kept under refs\/musher\/snapshots\/\w+\/1\/\d+.*? - removed /);
  expect(agents(1)).toEqual([]);
  expect(bench.git(['show', `${bench.snapshots(1).at(-1)}:draft.txt`])).toBe('half');
  expect(bench.runs(1).map(({ state, reason }) => `${state} ${reason}`)).toEqual(['ended stopped']);
  // Twice is safe; the timer of a rate limit goes with its item.
  musher.type('delete 1', 'delete 2', 'yes', 'start 1', 'retry 2', 'yes', create('Later'), 'why 3');
  const first = await musher.end();
  expect(first.err.trim().split('\n')).toEqual([
    expect.stringContaining('perhaps: refused (unknown-command)'),
    expect.stringContaining('start 1: refused (deleted)'),
    expect.stringContaining('retry 2: refused (deleted)'),
    expect.stringContaining('yes: refused (nothing-to-confirm)'),
  ]);
  expect(first.out).toMatch(/#1 Doomed is already deleted\..*?`delete 1 --purge`/);
  expect(first.out).toMatch(/Created story #4 Later/);
  const before = bench.events(1).length + bench.events(2).length;
  const time = resumeAt(2);

  const again = bench.start();
  await until(() => Date.now() > time);
  again.type('start 4', 'wait 4 done 30', 'history 1', 'status', create('Latest'));
  const out = succeeded(await again.end());
  expect(out).toMatch(/Created story #5/);
  expect(bench.events(1).length + bench.events(2).length).toBe(before);
  expect(bench.runs(2)).toHaveLength(1);
});

test('purge takes all content of an item out of the data directory, and leaves its work in the repository alone', async () => {
  bench = new Bench({ top: 'max_retries = 0' });
  const canaries = ['zanzibar', 'quagga', 'rhubarb', 'xylophone', 'tapir'];
  const musher = bench.start();
  musher.type(
    create(
      'Sell zanzibar',
      'coder: session s-1; status rhubarb; say rhubarb again; write xylophone.txt quagga; commit with xylophone; failure rhubarb broke',
      'the quagga is a secret',
      '- [ ] the tapir stands',
    ),
    create('Stays'),
    'start 1',
    'wait 1 blocked 30',
    'logs 1',
    'edit 1 title Sell quagga and zanzibar',
    'delete 1 --purge',
    'yes',
    'delete 1 --purge',
    'history 1',
    'start 2',
    'wait 2 done 30',
  );
  const out = succeeded(await musher.end());
  expect(out).toMatch(/1 is deleted and purged\..*?under refs\/musher\/snapshots\/\w+\/1\/\d+/);
  expect(out).toMatch(/1 is already deleted and purged/);
  expect(bench.item(1).removal?.state).toBe('purged');
  const found = filesBelow(bench.data).flatMap((file) => {
    const bytes = `${file}\n${readFileSync(file, 'latin1')}`.toLowerCase();
    return canaries.filter((canary) => bytes.includes(canary)).map((canary) => `${canary} in ${file.slice(bench.data.length)}`);
  });
  expect(found).toEqual([]);
  expect(bench.git(['show', `${bench.snapshots(1).at(-1)}:xylophone.txt`])).toBe('quagga');
});

test('a confirmation counts only for the item as it was when the question was asked', async () => {
  bench = new Bench({});
  const musher = bench.start();
  musher.type(create('Doomed', 'coder: await go; write a.txt a; commit; usage 1 1 0; success'), 'start 1', 'wait 1 running 30', 'delete 1');
  await musher.said(/Delete #1 Doomed\? It is in current\..*?5 minutes/);
  bench.raise('go');
  await musher.said(/ merged into /);
  musher.type('yes');
  await musher.said(/1 changed after the question was asked.*?type `delete 1` again/);
  musher.type('delete 1', 'yes');
  await musher.said(/#1 Doomed is deleted\./);
  expect(await musher.end()).toMatchObject({ code: 1, err: expect.stringMatching(/^line \d+: yes: refused \(confirmation-stale\)\.\s*$/) });
  expect(bench.merges).toEqual(['1: Doomed']);
});

test('a rate-limited item goes on by itself at its time, also after a restart, and stop cancels that', async () => {
  bench = new Bench({ top: 'max_coders = 3', agents: ownAccounts('a', 'b', 'c') });
  const first = bench.start();
  first.type(
    create('Goes on', 'coder@1: session s-7; limited 700'),
    create('Stopped', 'coder@1: limited 1200'),
    create('Restarted', 'coder@1: limited 8000', 'coder@2: write c.txt c; commit; usage 1 1 0; success'),
    'assign 1 a',
    'assign 2 b',
    'assign 3 c',
    'start 1',
    'start 2',
    'wait 2 ratelimited 30',
    'stop 2',
    'start 3',
    'wait 3 ratelimited 30',
    'why 3',
    'wait 1 done 30',
  );
  const out = succeeded(await first.end());
  expect(out).toMatch(/Account shop\/a is rate-limited until .*? continue on their own/);
  expect(out).toMatch(/Rate-limited on account shop\/c, until .*?`stop 3` cancels that/);
  expect(bench.runs(1).map(({ reason }) => reason)).toEqual(['rate-limited', 'finished']);
  expect(bench.runs(1)[1]?.pendingAt).toBeGreaterThanOrEqual(resumeAt(1));
  expect(bench.item(1).attempts).toBe(0);
  const second = bench.start();
  second.type('wait 3 done 30', 'wait 2 held', 'status');
  succeeded(await second.end());
  expect(bench.runs(3).map(({ reason }) => reason)).toEqual(['rate-limited', 'finished']);
  // Its time came and went.
  expect(bench.runs(2).map(({ reason }) => reason)).toEqual(['rate-limited']);
  expect(Date.now()).toBeGreaterThan(resumeAt(2));
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && statSync(path).isFile());
}

test('the deletion of an item that is done names what was kept of it after the merge', async () => {
  bench = new Bench({});
  const out = succeeded(
    await bench.run(
      create('Done', 'coder: write a.txt a; commit; usage 1 1 0; success'),
      'start 1',
      'wait 1 done 30',
      'delete 1 --purge',
      'yes',
    ),
  );
  const [kept = ''] = bench.snapshots(1);
  expect(kept).toMatch(/^refs/);
  expect(out).toMatch(new RegExp(`1 is deleted and purged\\. - its work is kept under ${bench.snapshots(1).at(-1)}`));
});

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { Bench, create, succeeded } from '../e2e/harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const doctor = () => bench.callHere('doctor', '--config', join(bench.dir, 'bot.toml'), '--data', bench.data);

/** What makes a machine unsafe, what `doctor` says of it, and how it is mended. */
const UNSAFE: readonly (readonly [what: string, make: () => void, says: RegExp, mend: () => void])[] = [
  [
    'a configuration with a secret that others can read',
    () => chmodSync(join(bench.repo, '.musher/project.toml'), 0o644),
    /^FAIL +config: .*API_KEY: is a secret, and others can read this file/m,
    () => chmodSync(join(bench.repo, '.musher/project.toml'), 0o600),
  ],
  [
    'a configuration that everybody can write',
    () => chmodSync(join(bench.dir, 'bot.toml'), 0o602),
    /^FAIL +config: .*bot\.toml:1: can be written by every user of this machine/m,
    () => chmodSync(join(bench.dir, 'bot.toml'), 0o600),
  ],
  [
    'a data directory that others can enter and that may not be closed',
    () => {
      mkdirSync(bench.data);
      writeFileSync(join(bench.data, 'holiday.jpg'), '');
      chmodSync(bench.data, 0o755);
    },
    /^FAIL +data: other users can read .*files that are not Musher’s/m,
    () => chmodSync(bench.data, 0o700),
  ],
  [
    'a base branch that is not there',
    () => bench.git(['branch', '-m', 'main', 'elsewhere']),
    /^FAIL +project shop: .*main/m,
    () => bench.git(['branch', '-m', 'elsewhere', 'main']),
  ],
];

describe('30. doctor', () => {
  it.each(UNSAFE)('fails where a start is refused: %s', async (_, make, says, mend) => {
    bench = new Bench({ top: 'base_branch = "main"', agents: { a: { stage: 'current', env: { API_KEY: 'not-a-real-secret' } } } });
    make();
    const found = await doctor();
    expect(found.code).toBe(1);
    expect(found.raw).toMatch(says);
    const start = await bench.run('ping');
    expect({ code: start.code, out: start.out }).toEqual({ code: 1, out: '' });
    mend();
    expect((await doctor()).code).toBe(0);
    succeeded(await bench.run('ping'));
  });

  it('fails where a newer Musher wrote the log, as the start does, and neither changes it', async () => {
    bench = new Bench({});
    succeeded(await bench.run('ping'));
    const version = (set: string): unknown => {
      const db = new Database(join(bench.data, 'musher.sqlite'));
      const found = db.pragma(`user_version${set}`, { simple: true });
      db.close();
      return found;
    };
    const ours = version('');
    version(' = 999');
    expect((await doctor()).raw).toMatch(/^FAIL +log: The database has schema version 999; .* -> Start the newer Musher/m);
    expect((await bench.run('ping')).err).toContain('The database has schema version 999');
    expect(version('')).toBe(999);
    version(` = ${String(ours)}`);
  });

  it('fails where nothing of a project may run: its sandbox is missing', async () => {
    bench = new Bench({});
    bench.write('bot.toml', `bubblewrap = "/nowhere/bwrap"\n[[project]]\nname = "shop"\npath = "./shop"\nsandbox = "bubblewrap"\n`);
    const found = await doctor();
    expect(found.code).toBe(1);
    expect(found.raw).toMatch(/^FAIL +sandbox shop: .*\/nowhere\/bwrap/m);
    const musher = bench.start();
    musher.type(create('Held'), 'start 1', 'why 1');
    await musher.said(/sandbox.*\/nowhere\/bwrap/);
    await musher.end();
    expect(bench.runs(1)).toEqual([]);
  });
});

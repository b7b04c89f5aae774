import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, it, onTestFinished, test } from 'vitest';
import { Bench, create, succeeded } from '../e2e/harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** What a start that is refused says; nothing of it may have begun. */
async function refused(): Promise<string> {
  const { code, out, err } = await bench.run('ping');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  return err;
}

test('19. log, run files, backups and dumps are 0600 and their folders 0700, also where a new file is open to all by default', async () => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  bench = new Bench({ gates: { test: 'true' }, sections: '[[component]]\nname = "app"\nsetup = ["true"]\n' });
  // What the repository holds is its owner's matter; a world that may write the configuration is not let in.
  chmodSync(join(bench.repo, '.musher/project.toml'), 0o644);
  succeeded(await bench.run(create('One'), 'start 1', 'wait 1 done 60', 'dump 1', 'backup'));
  const open: string[] = [];
  const seen: string[] = [];
  const look = (folder: string): void => {
    if ((modeOf(folder) & 0o077) !== 0) open.push(folder);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      // Working files have the modes that git gives them; nobody else can enter the data directory.
      if (entry.isDirectory() && !['worktrees', 'git'].includes(entry.name)) look(path);
      if (!entry.isFile()) continue;
      seen.push(path.slice(bench.data.length + 1).replaceAll(/\d{8}T\d+Z?/g, 'TIME'));
      if ((modeOf(path) & 0o077) !== 0) open.push(path);
    }
  };
  look(bench.data);
  expect(open).toEqual([]);
  for (const file of [
    /^musher\.sqlite$/,
    /^musher\.log$/,
    /^runs\/.*\/stdout$/,
    /^runs\/.*\/prompt\.md$/,
    /gate-.*\.log$/,
    /^backups\//,
    /^dumps\//,
  ]) {
    expect(
      seen.some((name) => file.test(name)),
      `${file} in ${seen.join(' ')}`,
    ).toBe(true);
  }
});

describe('19. Musher refuses to start and says which, where', () => {
  it('a configuration that others can read holds a secret itself', async () => {
    bench = new Bench({ agents: { a: { stage: 'current', env: { API_KEY: 'not-a-real-secret' } } } });
    chmodSync(join(bench.repo, '.musher/project.toml'), 0o640);
    const err = await refused();
    expect(err).toMatch(/project\.toml:\d+: agent\[1\]\.env\.API_KEY: is a secret, and others can read this file/);
    expect(err).not.toContain('not-a-real-secret');
    chmodSync(join(bench.repo, '.musher/project.toml'), 0o600);
    succeeded(await bench.run('ping'));
  });

  it.each(['bot.toml', 'shop/.musher/project.toml'])('everybody can write %s', async (name) => {
    bench = new Bench({});
    const file = join(bench.dir, name);
    chmodSync(file, 0o646);
    expect(await refused()).toContain(`${file}:1: can be written by every user of this machine; run: chmod o-w '${file}'`);
    chmodSync(file, 0o664);
    succeeded(await bench.run('ping'));
  });

  it('the data directory is open and not Musher’s', async () => {
    bench = new Bench({});
    mkdirSync(bench.data);
    writeFileSync(join(bench.data, 'holiday.jpg'), '');
    chmodSync(bench.data, 0o750);
    const error = await refused();
    expect(error).toContain(`can read ${bench.data}`);
    expect(error).toContain('files that are not Musher’s');
    chmodSync(bench.data, 0o700);
    succeeded(await bench.run('ping'));
  });

  it.skipIf(process.getuid?.() !== 0)('the data directory belongs to another user (only root could enter it)', async () => {
    bench = new Bench({});
    mkdirSync(bench.data, { mode: 0o700 });
    chownSync(bench.data, 54_321, 54_321);
    expect(await refused()).toContain(`${bench.data} belongs to another user`);
    chownSync(bench.data, 0, 0);
    succeeded(await bench.run('ping'));
  });
});

test('19. a database that was opened to others is closed by the next start', async () => {
  bench = new Bench({});
  succeeded(await bench.run('ping'));
  const files = ['musher.sqlite', 'musher.log', 'owner.lock'].map((name) => join(bench.data, name));
  for (const path of [bench.data, ...files]) chmodSync(path, 0o777);
  succeeded(await bench.run('ping'));
  expect([bench.data, ...files].map(modeOf)).toEqual([0o700, 0o600, 0o600, 0o600]);
});

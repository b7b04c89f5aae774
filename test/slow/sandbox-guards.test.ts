import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Attack } from '../../src/sandbox/attacks.ts';
import { type Tried, trySandbox } from '../../src/app/sandboxes.ts';
import { BWRAP, MISSING } from '../security/sandboxed.ts';

// Line 21 of what must hold: a sandbox from which one guard is taken out is not taken for one that holds.

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'musher attacks-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function tryIt(program: string, keys: { write?: readonly string[]; read?: readonly string[] } = {}): Promise<Tried> {
  const sandbox = { kind: 'bubblewrap', allowHosts: [], read: [], write: [], problem: null, ...keys } as const;
  return trySandbox({ name: 'shop', path: join(dir, 'shop'), sandbox }, program, join(dir, 'data'), process.env, systemClock());
}

/** A bwrap that leaves out some of its arguments: words that stand together, matched as one line each. */
function weakened(name: string, pattern: RegExp, instead = ''): string {
  const file = join(dir, name);
  const script = [
    `#!${process.execPath}`,
    "const { readFileSync } = require('node:fs');",
    "const { spawnSync } = require('node:child_process');",
    // Musher's own short look into what was committed has its arguments on the command line, and stays as it is.
    `const run = (args) => process.exit(spawnSync(${JSON.stringify(BWRAP)}, args, { stdio: ['inherit', 'inherit', 'inherit', 'ignore', 'inherit'] }).status ?? 1);`,
    "if (process.argv[2] !== '--args') run(process.argv.slice(2));",
    "const args = readFileSync(3, 'utf8').split('\\0').slice(0, -1).join('\\n') + '\\n';",
    `const changed = args.replace(${String(pattern)}, ${JSON.stringify(instead)}).split('\\n').slice(0, -1);`,
    "const command = process.argv.slice(process.argv.indexOf('--') + 1);",
    "run(['--info-fd', '4', ...changed, '--', ...command]);",
  ];
  writeFileSync(file, `${script.join('\n')}\n`);
  chmodSync(file, 0o755);
  return file;
}

const mount = (kind: string, path: string): RegExp => new RegExp(`--${kind}\\n[^\\n]*${path}\\n[^\\n]*\\n`, 'g');

/** Daemons of the attacker, which sleep for a year. */
function outlived(): string[] {
  const commandOf = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).startsWith(`sleep\u000031536000.${process.pid}`));
}

describe.skipIf(MISSING !== null)('a sandbox from which one guard is taken out', () => {
  it.each<[guard: string, pattern: RegExp, attacks: readonly Attack[]]>([
    ['network', /--unshare-net\n/, ['host-loopback']],
    ['processes', /--unshare-pid\n/, ['host-kill']],
    ...(process.getuid?.() === 0
      ? ([['kernel settings', mount('ro-bind-try', '/proc/sys'), ['kernel-settings']]] as [string, RegExp, readonly Attack[]][])
      : []),
    ['hooks', mount('ro-bind-try', '/git/hooks'), ['plant-hook']],
    ['config', mount('ro-bind-try', '/git/config'), ['plant-config']],
    ['attributes', mount('ro-bind-try', '/git/info'), ['plant-filter']],
    ['branches', mount('ro-bind-try', '/git/refs/heads'), ['move-base', 'move-other-branch']],
    ['worktree-config', mount('ro-bind-try', 'config.worktree'), ['plant-worktree-config']],
    ['git-file', mount('ro-bind-try', '/1/\\.git'), ['swap-git-file']],
    ['common-dir', mount('ro-bind-try', 'commondir'), ['swap-common-dir']],
  ])('is not taken for one that holds: %s', async (guard, pattern, attacks) => {
    const tried = await tryIt(weakened(guard, pattern));
    expect(tried.results.filter(({ held }) => !held).map(({ attack }) => attack)).toEqual(expect.arrayContaining([...attacks]));
    expect(tried.box).toBeNull();
    expect(tried.problem).toContain('an agent can ');
    expect(outlived()).toEqual([]);
  });

  it('is not taken for one that holds: a folder that may be written holds Musher’s data', async () => {
    const tried = await tryIt(BWRAP, { write: [dir] });
    expect(tried.results.filter(({ held }) => !held).map(({ attack }) => attack)).toEqual(
      expect.arrayContaining(['read-outside', 'write-outside']),
    );
    expect(tried.box).toBeNull();
  });

  it('is not taken for one that holds: objects of the repository can be written', async () => {
    const tried = await tryIt(weakened('objects', /--ro-bind-try(\n[^\n]*\n\/run\/musher-objects\n)/, '--bind$1'));
    expect(tried.results.find(({ attack }) => attack === 'destroy-objects')?.held).toBe(false);
  });

  it('is not taken for one that holds: nothing can be started in it', async () => {
    const tried = await tryIt('/bin/false');
    expect(tried.problem).toMatch(/^it cannot be started/);
    expect(tried.box).toBeNull();
  });
});

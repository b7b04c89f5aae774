import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { LAUNCHER } from '../setup/programs.ts';
import { musher, sandbox, write } from './sandbox.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;
const start = (folder: string, home: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  musher(folder, home, ['run', '--batch', ...words], env);

/** Whether every folder on the way can be entered by other users: a clone below a private folder can't. */
function isOpenToAll(path: string): boolean {
  const open = (statSync(path).mode & 0o005) === 0o005;
  return open && (dirname(path) === path || isOpenToAll(dirname(path)));
}

const canBeSomebodyElse = process.getuid?.() === 0 && [dirname(LAUNCHER), dirname(process.execPath)].every(isOpenToAll);

/** What a person who can't start reads: two lines, and no stack. */
function refusal({ exitCode, stderr, stdout }: { exitCode?: number | undefined; stderr: string; stdout: string }): string {
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr.split('\n')).toHaveLength(2);
  return stderr;
}

describe('a start that cannot have its data directory', () => {
  it('says that a file is in the way', async () => {
    const { folder, home } = sandbox();
    write(folder, { file: '' });
    expect(refusal(await start(folder, home, ['--data', 'file']))).toContain(
      `${folder}/file cannot be created or written: a file is in the way.`,
    );
    expect(refusal(await start(folder, home, ['--data', 'file/data']))).toContain('a file is in the way');
  });

  it.each(['musher.sqlite', 'musher.log', 'owner.lock'])('says that a folder is in the way of %s', async (name) => {
    const { folder, home } = sandbox();
    mkdirSync(join(folder, 'data', name), { recursive: true, mode: 0o700 });
    expect(refusal(await start(folder, home, ['--data', 'data']))).toContain(
      `data/${name} cannot be created or written: a folder is in the way.`,
    );
  });

  it.skipIf(!canBeSomebodyElse)('says that it may not write there (needs root, and a checkout that others can read)', async () => {
    const { folder, home } = sandbox();
    chmodSync(folder, 0o755);
    const ended = await execa(process.execPath, [LAUNCHER, 'run', '--batch'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: home },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      uid: 54_321,
    });
    expect(refusal(ended)).toContain('Musher has no permission to write there');
  });

  it.skipIf(!canBeSomebodyElse)(
    'starts as a user that the system does not know (needs root, and a checkout that others can read)',
    async () => {
      const { folder } = sandbox();
      chmodSync(folder, 0o777);
      const options = { cwd: folder, extendEnv: false, reject: false, input: 'ping\n', uid: 54_321 } as const;
      const env = { PATH: process.env['PATH'] };
      const lost = await execa(process.execPath, [LAUNCHER, 'run', '--batch'], { ...options, env });
      expect(refusal(lost)).toContain('There is no home folder');
      const { exitCode, stdout } = await execa(process.execPath, [LAUNCHER, 'run', '--batch', '--data', 'data'], { ...options, env });
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('pong') as string });
    },
  );
});

describe('a folder that is open to others', () => {
  it('is left as it is where it holds what is not of Musher', async () => {
    const { folder, home } = sandbox();
    chmodSync(folder, 0o755);
    const error = refusal(await start(folder, home, ['--data', '.']));
    expect(error).toContain('contains files that are not Musher’s');
    expect(error).toContain('chmod 700');
    expect(modeOf(folder)).toBe(0o755);
    expect(readdirSync(folder)).toEqual(['home']);
    const doctor = await musher(folder, home, ['doctor', '--data', '.']);
    expect(doctor.exitCode).toBe(1);
    expect(doctor.stdout).toContain('contains files that are not Musher’s');
  });

  it('is closed where it is empty', async () => {
    const { folder, home } = sandbox();
    const data = join(folder, 'data');
    mkdirSync(data);
    chmodSync(data, 0o755);
    expect((await start(folder, home, ['--data', 'data'])).exitCode).toBe(0);
    expect(modeOf(data)).toBe(0o700);
  });
});

describe('the demo', () => {
  it('says that git is missing, and leaves nothing behind', async () => {
    const { folder, home } = sandbox();
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    symlinkSync('/bin/sh', join(bin, 'sh'));
    for (let time = 0; time < 2; time++)
      expect(refusal(await start(folder, home, ['--data', 'data'], { PATH: bin }))).toBe(
        'git cannot be started.\nInstall git 2.38 or newer.',
      );
    expect(readdirSync(join(folder, 'data')).filter((name) => name.startsWith('repository'))).toEqual([]);
  });

  it('says what git said where it fails, and leaves nothing behind', async () => {
    const { folder, home } = sandbox();
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'git'), '#!/bin/sh\necho "fatal: out of luck" >&2\nexit 3\n', { mode: 0o755 });
    expect(refusal(await start(folder, home, ['--data', 'data'], { PATH: bin }))).toContain('fatal: out of luck');
    expect(readdirSync(join(folder, 'data')).filter((name) => name.startsWith('repository'))).toEqual([]);
  });

  it.each([
    ['XDG_STATE_HOME is empty', { XDG_STATE_HOME: '' }],
    ['XDG_STATE_HOME is relative', { XDG_STATE_HOME: 'state' }],
  ])('keeps its data below the home folder where %s', async (_, env) => {
    const { folder, home } = sandbox();
    expect((await start(folder, home, [], env)).exitCode).toBe(0);
    expect(existsSync(join(home, '.local/state/musher/demo/musher.sqlite'))).toBe(true);
    expect(readdirSync(folder)).toEqual(['home']);
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { assert, asyncProperty, nat, property, string, uint8Array } from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runGit } from '../../src/git/run.ts';
import { GitShell } from '../../src/git/shell/git-shell.ts';
import { gitRunner } from '../../src/git/shell/runner.ts';
import { linesOf, PROGRAM } from '../../src/git/shell/script.ts';

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "musher 'shell' ü-")));
  execFileSync('git', ['init', '-q', '--bare', dir]);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

const env = (): Record<string, string> => ({ GIT_DIR: dir, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', HOME: dir });
const blob = (bytes: Buffer | string): string =>
  execFileSync('git', ['--git-dir', dir, 'hash-object', '-w', '--stdin'], { input: bytes, encoding: 'utf8' }).trim();

describe('a shell that starts git', () => {
  it.skipIf(process.platform !== 'linux')('lets no git fill more memory than its bound, and goes on', async () => {
    // 10^7 names in seven small objects.
    const mktree = (row: (name: number) => string): string =>
      execFileSync('git', ['--git-dir', dir, 'mktree'], {
        input: Array.from({ length: 10 }, (_, n) => row(n)).join(''),
        encoding: 'utf8',
      }).trim();
    const file = blob('x');
    let tree = mktree((n) => `100644 blob ${file}\t${n}\n`);
    for (let level = 1; level < 7; level += 1) tree = mktree((n) => `040000 tree ${tree}\t${n}\n`);
    const shell = new GitShell(process.env['PATH'] ?? '', 64 * 1024 * 1024);
    const call = { cwd: dir, env: { ...env(), GIT_INDEX_FILE: join(dir, 'index') } };
    await expect(shell.run({ ...call, args: ['read-tree', tree] })).rejects.toThrow(/out of memory/i);
    await expect(shell.run({ ...call, args: ['cat-file', '-t', tree] })).resolves.toMatchObject({ exitCode: 0 });
    shell.close();
    // One whose input is too long for a shell to hand it over.
    const long = { ...call, args: ['hash-object', '--stdin'], input: Buffer.alloc(80 * 1024 * 1024) };
    await expect(runGit(long, 32 * 1024 * 1024)).rejects.toThrow(/out of memory/i);
    await expect(runGit(long)).resolves.toMatchObject({ exitCode: 0 });
  });

  it('lets no git compute longer than its bound, and goes on', async () => {
    // Folders in each other that fit the pattern in more ways than anybody can try.
    const tree = join(dir, 'tree');
    mkdirSync(join(tree, ...Array.from({ length: 60 }, () => 'a')), { recursive: true });
    writeFileSync(join(tree, ...Array.from({ length: 60 }, () => 'a'), 'file'), '');
    writeFileSync(join(tree, '.gitignore'), `${'**/a/'.repeat(12)}**/b\n`);
    const shell = new GitShell(process.env['PATH'] ?? '', undefined, 1);
    const call = { cwd: tree, env: { ...env(), GIT_WORK_TREE: tree }, args: ['ls-files', '--others', '--exclude-standard'] };
    await expect(shell.run(call)).rejects.toThrow(/ls-files failed: it computed for too long/);
    await expect(shell.run({ ...call, args: ['ls-files'] })).resolves.toMatchObject({ exitCode: 0 });
    shell.close();
    await expect(runGit({ ...call, input: '\n' }, undefined, 1)).rejects.toThrow(/ls-files failed: the system ended it/);
  });

  it('hands over each argument as it is, and gives back what git printed to the byte', async () => {
    const run = gitRunner();
    const word = string({ unit: 'binary', maxLength: 60 }).filter((text) => !text.includes('\0') && text.isWellFormed());
    await assert(
      asyncProperty(word, async (text) => {
        await run({ args: ['config', '--file', 'written', 'musher.word', text], cwd: dir, env: env() });
        const read = await run({ args: ['config', '--file', 'written', '-z', '--get', 'musher.word'], cwd: dir, env: env() });
        expect(read.stdout.toString('utf8')).toBe(`${text}\0`);
        rmSync(join(dir, 'written'));
      }),
      { numRuns: 40 },
    );
  });

  it('hands over any bytes as input, through the shell or past it where they are many', async () => {
    const run = gitRunner();
    const through = async (input: Buffer): Promise<void> => {
      const written = await run({ args: ['hash-object', '-w', '--stdin'], cwd: dir, env: env(), input });
      const read = await run({ args: ['cat-file', 'blob', written.stdout.toString('utf8').trim()], cwd: dir, env: env() });
      expect(Buffer.compare(read.stdout, input)).toBe(0);
    };
    await assert(
      asyncProperty(uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => through(Buffer.from(bytes))),
      { numRuns: 30 },
    );
    await through(Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7) % 256)));
  });

  it('gives each of many calls at once its own answer, also a long one', async () => {
    const run = gitRunner();
    const long = Buffer.alloc(3_000_000, 'a line that is long\n');
    const bodies = [long, ...Array.from({ length: 25 }, (_, n) => Buffer.from(`body ${n}\n`))];
    const names = bodies.map((bytes) => blob(bytes));
    const answers = await Promise.all(names.map((name) => run({ args: ['cat-file', 'blob', name], cwd: dir, env: env() })));
    for (const [n, { stdout }] of answers.entries()) expect(stdout.equals(bodies[n] ?? Buffer.alloc(0))).toBe(true);
  });

  it('cuts an answer off where the call says, and ends what would print on', async () => {
    const run = gitRunner();
    const name = blob(Buffer.alloc(3_000_000, 'a line that is long\n'));
    const ask = (maxBytes: number) => run({ args: ['cat-file', 'blob', name], cwd: dir, env: env(), maxBytes });
    for (const most of [0, 1, 65_536, 1_000_000, 2_999_999]) {
      const { stdout, truncated } = await ask(most);
      expect({ bytes: stdout.length, truncated }).toEqual({ bytes: most, truncated: true });
    }
    for (const most of [3_000_000, 3_000_001]) expect(await ask(most)).toMatchObject({ truncated: false, exitCode: 0 });
    expect((await ask(3_000_000)).stdout.length).toBe(3_000_000);
    expect((await run({ args: ['version'], cwd: dir, env: env() })).exitCode).toBe(0);
  });

  it('tells an exit code that is an answer from a failure, with git’s complaint, and continues after each', async () => {
    const run = gitRunner();
    const ask = (answers?: number[]) =>
      run({ args: ['cat-file', '-e', 'no-such-object'], cwd: dir, env: env(), ...(answers === undefined ? {} : { answers }) });
    expect((await ask([128])).exitCode).toBe(128);
    await expect(ask()).rejects.toMatchObject({ code: 'GIT_FAILED', message: expect.stringContaining('no-such-object') as string });
    expect((await run({ args: ['version'], cwd: dir, env: env() })).exitCode).toBe(0);
  });

  it('fails where the folder is not there, whatever exit codes are answers', async () => {
    const call = { args: ['version'], cwd: join(dir, 'gone'), env: env(), answers: [0, 1, 2, 128] };
    await expect(gitRunner()(call)).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });

  it('refuses an argument that no program can be given', async () => {
    await expect(gitRunner()({ args: ['version', 'a\0b'], cwd: dir, env: env() })).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });

  it('looks for git where PATH points by now', async () => {
    const run = gitRunner();
    await run({ args: ['version'], cwd: dir, env: env() });
    vi.stubEnv('PATH', join(dir, 'nothing-here'));
    await expect(run({ args: ['version'], cwd: dir, env: env() })).rejects.toMatchObject({ code: 'GIT_FAILED' });
    vi.unstubAllEnvs();
    expect((await run({ args: ['version'], cwd: dir, env: env() })).exitCode).toBe(0);
  });

  it('fails a call whose git is killed, and takes no call when it is gone itself', async () => {
    writeFileSync(join(dir, 'git'), '#!/bin/sh\nkill -9 $PPID\n', { mode: 0o755 });
    const shell = new GitShell(`${dir}:${process.env['PATH'] ?? ''}`);
    await expect(shell.run({ args: ['version'], cwd: dir, env: env() })).rejects.toMatchObject({ code: 'GIT_FAILED' });
    expect(shell.isUsable).toBe(false);
    writeFileSync(join(dir, 'git'), '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
    const other = new GitShell(`${dir}:${process.env['PATH'] ?? ''}`);
    await expect(other.run({ args: ['version'], cwd: dir, env: env(), answers: [1, 128] })).rejects.toMatchObject({ code: 'GIT_FAILED' });
    expect(other.isUsable).toBe(true);
    other.close();
  });

  it('gives git the variables of the call as they are, and nothing of Musher’s own environment', async () => {
    vi.stubEnv('MUSHER_SECRET', 'not for git');
    vi.stubEnv('GIT_CONFIG_COUNT', '1');
    writeFileSync(join(dir, 'git'), '#!/bin/sh\nenv -0\n', { mode: 0o755 });
    const path = `${dir}:${process.env['PATH'] ?? ''}`;
    const shell = new GitShell(path);
    const name = 'O\'Neill\n$(touch made) `touch made` \\ "';
    const { stdout } = await shell.run({ args: [], cwd: dir, env: { GIT_AUTHOR_NAME: name } });
    const lines = stdout
      .toString('utf8')
      .split('\0')
      .filter((line) => line !== '');
    // What shells add by themselves.
    const given = lines.filter((line) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(line.split('=')[0] ?? ''));
    expect(given.toSorted()).toEqual([`GIT_AUTHOR_NAME=${name}`, 'LC_ALL=C', `PATH=${path}`, 'TZ=UTC']);
    expect(existsSync(join(dir, 'made'))).toBe(false);
    // The shell is used again, and the variables of the call before are gone.
    const next = await shell.run({ args: [], cwd: dir, env: { GIT_DIR: 'x' } });
    expect(next.stdout.toString('utf8')).not.toContain('GIT_AUTHOR_NAME');
    expect(next.stdout.toString('utf8')).toContain('GIT_DIR=x');
    shell.close();
  });

  it('does nothing at all where only a part of a call was written', () => {
    const file = join(dir, 'partly');
    const variables = new Map<string, string | null>(Object.entries(env()));
    const call = linesOf({ args: ['config', '--file', file, 'a.b', "it's"], cwd: dir, changed: variables, input: null, mark: 'mark' });
    const read = (text: string) => spawnSync('/bin/sh', ['-c', PROGRAM], { input: text });
    assert(
      property(nat(call.length - 1), (length) => {
        read(call.slice(0, length));
        expect(existsSync(file)).toBe(false);
      }),
      { numRuns: 60, examples: [[call.length - 1], [call.length - 2]] },
    );
    read(call);
    expect(readFileSync(file, 'utf8')).toContain("it's");
  });

  it('does not keep a program alive that has nothing else to do, and ends with it', () => {
    const source = `
      import { gitRunner } from ${JSON.stringify(join(import.meta.dirname, '../../src/git/shell/runner.ts'))};
      const { stdout } = await gitRunner()({ args: ['version'], cwd: '/', env: { MUSHER_TRIED: ${JSON.stringify(dir)} } });
      process.stdout.write(stdout);
    `;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8', timeout: 30_000 });
    expect(ended.signal).toBe(null);
    expect(ended.stdout).toMatch(/^git version/);
  });
});

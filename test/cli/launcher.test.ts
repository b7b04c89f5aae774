import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa, execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { ROOT, sandbox } from './sandbox.ts';

const LAUNCHER = join(ROOT, 'bin/musher.js');
const OLD_NODE = '/usr/bin/node';
const oldVersion = existsSync(OLD_NODE) ? execaSync(OLD_NODE, ['--version']).stdout : 'none';
const isOld = /^v(?:\d|1\d|2[01])\./.test(oldVersion);
const PACKAGE = `node-${process.platform}-${process.arch}`;

/** The launcher in a package of its own, where `load` stands in for Musher; with Node below `nodeIn`, if given. */
function installed(load: string, nodeIn: string | null): { launcher: string; folder: string } {
  const { folder } = sandbox();
  const home = join(folder, 'node_modules/musher');
  mkdirSync(home, { recursive: true });
  cpSync(dirname(LAUNCHER), join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'bin/load.js'), load);
  if (nodeIn !== null) {
    mkdirSync(join(folder, nodeIn, PACKAGE, 'bin'), { recursive: true });
    symlinkSync(process.execPath, join(folder, nodeIn, PACKAGE, 'bin/node'));
  }
  return { launcher: join(home, 'bin/musher.js'), folder };
}

describe.skipIf(!isOld)(`the launcher under a Node that is too old (needs one at ${OLD_NODE}, found ${oldVersion})`, () => {
  it('hands over to the Node of the checkout', async () => {
    const { stdout, exitCode } = await execa(OLD_NODE, [LAUNCHER, '--version'], { cwd: ROOT });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
  });

  it.each([
    ['beside the package', 'node_modules'],
    ['below the package', 'node_modules/musher/node_modules'],
  ])('hands over to a Node installed %s, with the arguments as they are', async (_, nodeIn) => {
    const load = 'console.log(JSON.stringify([process.version, process.env.MUSHER_HANDED_OVER, process.argv.slice(2)]));';
    const { launcher } = installed(load, nodeIn);
    const { stdout } = await execa(OLD_NODE, [launcher, 'a b', '--c', '']);
    expect(JSON.parse(stdout)).toEqual([process.version, null, ['a b', '--c', '']]);
  });

  it('keeps input, output and exit code', async () => {
    const { launcher } = installed(
      'process.stdin.pipe(process.stderr); process.stdin.on("end", () => { process.exitCode = 7; });',
      'node_modules',
    );
    const answer = await execa(OLD_NODE, [launcher], { input: 'typed', reject: false });
    expect(answer).toMatchObject({ exitCode: 7, stderr: 'typed' });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('passes %s on, and waits for the end that follows', async (signal) => {
    const load = `process.on('${signal}', () => { console.log('got it'); process.exit(5); }); setInterval(() => {}, 1000); console.log('ready');`;
    const { launcher } = installed(load, 'node_modules');
    const running = execa(OLD_NODE, [launcher], { reject: false });
    running.stdout.once('data', () => running.kill(signal));
    expect(await running).toMatchObject({ exitCode: 5, stdout: 'ready\ngot it' });
  });

  it('dies of the signal of which the other Node died', async () => {
    const { launcher } = installed('process.kill(process.pid, "SIGKILL");', 'node_modules');
    expect(await execa(OLD_NODE, [launcher], { reject: false })).toMatchObject({ signal: 'SIGKILL' });
  });

  it('says in two lines what to do where no Node came with it', async () => {
    const { launcher } = installed('console.log("loaded");', null);
    const { exitCode, stdout, stderr } = await execa(OLD_NODE, [launcher], { reject: false });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toContain(`this is ${oldVersion.slice(1)}`);
  });

  it('does not hand over for ever when the Node that came with it is too old as well', async () => {
    const { launcher, folder } = installed('console.log("loaded");', null);
    mkdirSync(join(folder, 'node_modules', PACKAGE, 'bin'), { recursive: true });
    symlinkSync(OLD_NODE, join(folder, 'node_modules', PACKAGE, 'bin/node'));
    expect(await execa(OLD_NODE, [launcher], { reject: false })).toMatchObject({ exitCode: 1, stdout: '' });
  });
});

describe('the launcher under a Node that is recent enough', () => {
  it('stays in it', async () => {
    const { launcher } = installed('console.log(process.execPath);', 'node_modules');
    expect(await execa(process.execPath, [launcher])).toMatchObject({ stdout: process.execPath });
  });

  it('says so where the package was not built', async () => {
    const { launcher } = installed('', null);
    cpSync(join(ROOT, 'bin/load.js'), join(dirname(launcher), 'load.js'));
    const { exitCode, stderr } = await execa(process.execPath, [launcher], { reject: false });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Musher is not built');
  });
});

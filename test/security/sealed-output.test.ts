import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Box, boxed, type BoxedCommand } from '../../src/sandbox/box.ts';
import { BWRAP, MISSING } from './sandboxed.ts';

// Line 33 of what must hold: what was printed is out of reach once it is printed.

let dir: string;

describe.skipIf(MISSING !== null)(`output of a sandbox${MISSING === null ? '' : ` (${MISSING})`}`, () => {
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'musher sealed-')));
    mkdirSync(join(dir, 'home'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** What lands in the file that stands for standard output and error, and how it ended. */
  function inside(
    script: string,
    command: Partial<BoxedCommand> = {},
    by: readonly string[] = [],
  ): { code: number | null; out: string; err: string } {
    const box: Box = { program: BWRAP, allowHosts: [], read: [], write: [], home: join(dir, 'home'), path: '/usr/bin:/bin', secret: [] };
    const { file, args, env } = boxed(box, {
      file: '/bin/bash',
      args: ['-c', script],
      env: { PATH: '/usr/bin:/bin' },
      cwd: '/tmp',
      mounts: [],
      hosts: [],
      ports: [],
      stdin: null,
      output: 'sealed',
      ownSession: false,
      dir: join(dir, 'run'),
      ...command,
    });
    const [out, err] = [openSync(join(dir, 'out'), 'a', 0o600), openSync(join(dir, 'err'), 'a', 0o600)];
    const [starter = '', ...rest] = [...by, file, ...args];
    const done = spawnSync(starter, rest, { env, stdio: ['ignore', out, err] });
    for (const fd of [out, err]) closeSync(fd);
    return { code: done.status, out: readFileSync(join(dir, 'out'), 'utf8'), err: readFileSync(join(dir, 'err'), 'utf8') };
  }

  it.each([
    ['cut', 'truncate -s 0 /proc/$$/fd/1'],
    ['overwritten', 'echo forged 1<>/proc/$$/fd/1'],
    ['added to', 'echo forged >>/proc/$$/fd/1'],
    ['taken away by a reader', 'timeout 1 cat /proc/$$/fd/1 >/dev/null'],
    ['reached by a process that has left', 'setsid sh -c "echo forged >>/proc/$PPID/fd/1" </dev/null >/dev/null 2>&1'],
  ])('cannot be %s', (_, attack) => {
    const { out } = inside(`echo honest; (${attack}) </dev/null >/dev/null 2>&1; echo end`);
    expect(out).toBe('honest\nend\n');
  });

  it('is all there, in order, with both of its channels and the exit code', () => {
    const { code, out, err } = inside('for i in $(seq 20000); do echo line $i; done; echo oops >&2; exit 7');
    expect({ code, err }).toEqual({ code: 7, err: 'oops\n' });
    expect(out).toBe(Array.from({ length: 20_000 }, (_, i) => `line ${i + 1}\n`).join(''));
  });

  it('ends with its program, whoever holds it open', () => {
    const begun = performance.now();
    expect(inside('setsid sh -c "sleep 300" & echo done').out).toBe('done\n');
    expect(performance.now() - begun).toBeLessThan(60_000);
  });

  it('goes through a pipe where a script may open it by name', () => {
    const script = 'echo one >/dev/stderr; echo two >/dev/stdout; echo three | tee /dev/stderr >/dev/null; (sleep 300 &) ; exit 3';
    expect(inside(script, { output: 'pipe' })).toMatchObject({ code: 3, out: 'one\ntwo\nthree\n' });
  });

  it('leaves the input as it is on this side', () => {
    writeFileSync(join(dir, 'stdin'), 'prompt\n');
    const { out } = inside('cat; echo forged 1<>/proc/self/fd/0; echo forged >>/proc/$$/fd/0', { stdin: join(dir, 'stdin') });
    expect(out).toBe('prompt\n');
    expect(readFileSync(join(dir, 'stdin'), 'utf8')).toBe('prompt\n');
  });

  it('stands beside no descriptor of whoever started it', () => {
    writeFileSync(join(dir, 'lock'), 'held\n');
    // As a shell would leave one: far behind the numbers that Node looks through by itself.
    const by = ['/bin/bash', '-c', 'exec 200<>"$0"; exec "$@"', join(dir, 'lock')];
    const { out } = inside('ls -l /proc/*/fd | grep -c lock; true', {}, by);
    expect(out).toBe('0\n');
  });
});

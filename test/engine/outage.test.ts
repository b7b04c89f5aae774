import process from 'node:process';
import { describe, expect, it, vi } from 'vitest';
import { BOUNDS } from '../../src/bounds.ts';
import { MusherError } from '../../src/errors.ts';
import { outageOf } from '../../src/engine/outage/fault-of.ts';
import { failed } from '../../src/git/run.ts';
import { SYSTEM_CODES } from '../../src/pipeline/next/outage.ts';
import { outageHint, outageWords } from '../../src/words/outage.ts';

const sound = { complaint: () => Promise.resolve(null) };
const damaged = { complaint: () => Promise.resolve(new MusherError('GIT_FAILED', 'git rev-list failed: missing blob.', 'fsck')) };
const errno = (code: string): Error => Object.assign(new Error(`${code}: refused`), { code });
const ofGit = (said: string): MusherError => new MusherError('GIT_FAILED', `git write-tree failed: ${said}`, 'fsck');

describe('what is no attempt of any item', () => {
  it.each(SYSTEM_CODES)('is what the system refuses, whoever was refused: %s', async (code) => {
    const wrapped = new MusherError('RUNTIME_REFUSED', 'The program could not be started.', '', { cause: errno(code) });
    expect((await outageOf(errno(code), sound))?.code).toBe(code);
    expect((await outageOf(wrapped, sound))?.code).toBe(code);
    expect(outageWords({ code, said: '' })).not.toBe('');
    expect(outageHint({ code, hint: '' })).not.toBe('');
  });

  it.each([
    ['error: unable to write file x: No space left on device', 'ENOSPC'],
    ['error: file write error: Disk quota exceeded', 'EDQUOT'],
    ['fatal: unable to create temporary file: Read-only file system', 'EROFS'],
    ['error: read error: Input/output error', 'EIO'],
    ['fatal: open: Too many open files', 'EMFILE'],
    ['fatal: open: Too many open files in system', 'ENFILE'],
    ['fatal: cannot fork: Resource temporarily unavailable', 'EAGAIN'],
    ['fatal: mmap failed: Cannot allocate memory', 'ENOMEM'],
    ["fatal: Unable to create '…/packed-refs.lock': File exists.", 'LOCKED'],
    ["fatal: cannot lock ref 'refs/heads/main': is at x but expected y", 'LOCKED'],
  ])('is what git says of the system: %s', async (said, code) => {
    expect((await outageOf(ofGit(said), sound))?.code).toBe(code);
  });

  it.each([
    "error: open('No space left on device'): Permission denied\nfatal: adding files failed",
    "fatal: cannot lock ref 'refs/heads/musher/1-x': 'refs/heads/musher/1-x/y' exists; cannot create 'refs/heads/musher/1-x'",
  ])('is not what an agent can make git say of its own files and branches: %s', async (said) => {
    expect(await outageOf(ofGit(said), sound)).toBeNull();
  });

  it('is what git said in the middle of more that it said', async () => {
    const whole = failed({ args: ['add'], cwd: '/', env: {} }, 128, 'error: x: No space left on device\nfatal: adding files failed');
    expect((await outageOf(whole, sound))?.code).toBe('ENOSPC');
  });

  it('is not what is too much for one git while the machine has memory: an agent made it so', async () => {
    const said = 'fatal: Out of memory, malloc failed (tried to allocate 1048576 bytes)';
    vi.spyOn(process, 'availableMemory').mockReturnValue(BOUNDS.gitMemory + 1);
    expect(await outageOf(ofGit(said), sound)).toBeNull();
    vi.spyOn(process, 'availableMemory').mockReturnValue(BOUNDS.gitMemory - 1);
    expect((await outageOf(ofGit(said), sound))?.code).toBe('ENOMEM');
    vi.restoreAllMocks();
  });

  it.each(['REPOSITORY_UNUSABLE', 'GIT_TOO_OLD', 'MCP_PORT_TAKEN'] as const)('is %s, with its words and its hint', async (code) => {
    expect(await outageOf(new MusherError(code, 'It is gone.', 'Bring it back.'), sound)).toEqual({
      code,
      said: 'It is gone.',
      hint: 'Bring it back.',
    });
  });

  it('is a complaint of git where the base branch can’t be read either, and not where one item alone is broken', async () => {
    const error = ofGit('fatal: unable to read tree');
    expect(await outageOf(error, damaged)).toMatchObject({ code: 'GIT_FAILED', said: expect.stringContaining('missing blob') as string });
    expect(await outageOf(error, sound)).toBe(null);
  });

  it('is no bug, and nothing that is about one program', async () => {
    expect(await outageOf(new TypeError('undefined is not a function'), damaged)).toBe(null);
    expect(await outageOf(errno('ENOENT'), sound)).toBe(null);
    expect(await outageOf(new MusherError('RUNTIME_REFUSED', 'Too long.', ''), damaged)).toBe(null);
  });
});

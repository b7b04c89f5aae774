import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type CrashPoint } from '../../src/crash-point.ts';
import { makeOwner, numbered, open, type Owner, read, write } from './owner.ts';

// A Musher that is killed while it moves repositories out of a worktree loses none, and the next one finishes what it began.

const OTHER_DISK = '/dev/shm';
const hasOtherDisk = existsSync(OTHER_DISK) && statSync(OTHER_DISK).dev !== statSync(process.env['TMPDIR'] ?? '/tmp').dev;

let owner: Owner;
let elsewhere: string | null = null;
afterEach(() => {
  owner.remove();
  if (elsewhere !== null) rmSync(elsewhere, { recursive: true, force: true });
  elsewhere = null;
});

const local = ['-c', 'protocol.file.allow=always'];
const number = numbered(1);

/** Removes the worktree of item 1 in a process that ends at a point. */
function removeAndDie(point: CrashPoint, branch: string): void {
  const script = `
    const { openProjectGit } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/git/open-project.ts'))});
    const git = await openProjectGit(${JSON.stringify({
      project: 'shop',
      repository: owner.repository,
      baseBranch: 'main',
      dataDir: owner.dataDir,
    }).slice(0, -1)}, clock: { now: () => 0, at: () => () => {} }, origin: { mark: () => '0123abcd', old: () => null } });
    await git.removeWorktree({ number: 1, branch: ${JSON.stringify(branch)} }, { deleteBranch: true });`;
  const env = { ...process.env, HOME: join(owner.root, 'home'), GIT_CONFIG_NOSYSTEM: '1', MUSHER_CRASH_AT: point };
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
  if (done.signal !== 'SIGKILL') throw new Error(`${point} was not passed: ${done.stderr}`);
}

function makeLib(): string {
  const deep = join(owner.root, 'upstream/deep');
  const lib = join(owner.root, 'upstream/lib');
  for (const path of [deep, lib]) {
    mkdirSync(path, { recursive: true });
    owner.git(['init', '-q', '-b', 'main', path]);
    owner.commit({ 'file.txt': 'one\n' }, 'one', path);
  }
  owner.git([...local, 'submodule', 'add', '-q', deep, 'deep'], lib);
  owner.git(['commit', '-q', '-m', 'deep'], lib);
  return lib;
}

/** A submodule with a submodule and a helper's worktree, each with a commit and a file that nobody else has. */
async function opened(): Promise<{ path: string; branch: string; helper: string }> {
  const lib = makeLib();
  owner.git([...local, 'submodule', 'add', '-q', lib, 'lib']);
  owner.git(['commit', '-q', '-m', 'lib']);
  const git = await open(owner);
  const { path, branch } = await git.openWorktree({ number, title: 'work', branch: null });
  owner.git([...local, 'submodule', 'update', '-q', '--init', '--recursive'], path);
  for (const folder of ['lib', 'lib/deep']) {
    owner.commit({ 'own.txt': `${folder}\n` }, `work in ${folder}`, join(path, folder));
    write(join(path, folder), { 'left.txt': `${folder}\n` });
  }
  const helper = join(path, '.helpers/one');
  owner.git(['worktree', 'add', '-q', '--detach', helper], path);
  owner.commit({ 'own.txt': 'helper\n' }, 'work of a helper', helper);
  return { path, branch, helper };
}

const POINTS: readonly CrashPoint[] = [
  'after-git-directory-moved',
  'before-git-directory-named',
  'before-repository-moved',
  'after-repository-moved',
  'after-worktree-removed',
];

async function removed(branch: string): Promise<void> {
  const git = await open(owner);
  await git.removeWorktree({ number, branch }, { deleteBranch: true });
}

async function allIsKept(branch: string, path: string): Promise<true> {
  await removed(branch);
  expect(existsSync(path)).toBe(false);
  const kept = join(owner.dataDir, 'quarantine/repositories/shop/1');
  for (const folder of ['lib', 'lib/deep']) {
    expect(owner.git(['log', '-1', '--format=%s'], join(kept, folder))).toBe(`work in ${folder}`);
    expect(read(kept, folder, 'left.txt')).toBe(`${folder}\n`);
    expect(owner.git(['status', '--porcelain', '--untracked-files=all'], join(kept, folder)).split('\n').at(-1)).toMatch(/left\.txt|\.git/);
    expect(owner.git(['fsck', '--strict', '--no-dangling'], join(kept, folder))).toBe('');
  }
  const helper = realpathSync(join(kept, '.helpers/one'));
  expect(owner.git(['log', '-1', '--format=%s'], helper)).toBe('work of a helper');
  // The owner's git knows where it is, and would not prune it.
  expect(owner.git(['worktree', 'list', '--porcelain'])).toContain(`worktree ${helper}\n`);
  expect(owner.git(['worktree', 'prune', '--dry-run', '--verbose', '--expire=now'])).toBe('');
  expect(readdirSync(kept).toSorted()).toEqual(['.helpers', 'lib']);
  expect(owner.git(['fsck', '--strict', '--no-dangling'])).toBe('');
  return true;
}

describe('repositories of a worktree are kept when Musher is killed', () => {
  it.each(POINTS)('%s', async (point) => {
    owner = makeOwner();
    const { path, branch } = await opened();
    removeAndDie(point, branch);
    expect(await allIsKept(branch, path)).toBe(true);
  });

  it.skipIf(!hasOtherDisk).each<CrashPoint>(['after-git-directory-copied', 'after-git-directory-moved'])(
    '%s, from another disk',
    async (point) => {
      owner = makeOwner();
      elsewhere = mkdtempSync(join(OTHER_DISK, 'musher-'));
      symlinkSync(elsewhere, owner.dataDir);
      const { path, branch } = await opened();
      removeAndDie(point, branch);
      expect(await allIsKept(branch, path)).toBe(true);
    },
  );

  it('and a copy of a worktree takes nothing from the one that it was copied from', async () => {
    owner = makeOwner();
    const { path, branch } = await opened();
    const desk = join(owner.root, 'desk');
    owner.git(['worktree', 'add', '-q', desk, '-b', 'desk']);
    execFileSync('cp', ['-a', desk, join(path, 'copied')]);
    write(join(path, 'copied'), { 'new.txt': 'new\n' });
    await removed(branch);
    expect(owner.git(['worktree', 'list', '--porcelain'])).toContain(`worktree ${desk}\n`);
    expect(owner.git(['status', '--porcelain'], desk)).toBe('');
    expect(read(owner.dataDir, 'quarantine/repositories/shop/1/copied/new.txt')).toBe('new\n');
  });
});

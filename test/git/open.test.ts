import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { detectBaseBranch } from '../../src/git/repository.ts';
import { makeOwner, numbered, open, type Owner, read, write } from './owner.ts';

let owner: Owner;
afterEach(() => owner.remove());

/** One item from its worktree to the base branch. */
async function mergeOne(git: ProjectGit, title = 'work'): Promise<Awaited<ReturnType<ProjectGit['moveBase']>>> {
  const base = await git.baseHead();
  const { branch, path } = await git.openWorktree({ number: numbered(1), title, branch: null });
  expect(owner.git(['status', '--porcelain'], path)).toBe('');
  write(path, { 'work.txt': 'work\n' });
  const head = await git.commitLeftovers({ number: numbered(1), branch }, 'work');
  if (head === null) throw new Error('nothing committed');
  const squashed = await git.squash({ base, head });
  if (squashed.kind !== 'clean') throw new Error(squashed.kind);
  const to = await git.commitSquash({ tree: squashed.tree, base, message: 'work' });
  await git.openMergeWorktree(to);
  const moved = await git.moveBase({ from: base, to });
  expect(await git.baseHead()).toBe(to);
  await git.snapshot({ number: numbered(1), branch }, 'done');
  await git.removeWorktree({ number: numbered(1), branch }, { deleteBranch: true });
  return moved;
}

describe('opening a repository', () => {
  it('works with a bare one: no checkout is looked for', async () => {
    owner = makeOwner();
    const bare = join(owner.root, 'bare ü.git');
    owner.git(['clone', '-q', '--bare', owner.repository, bare]);
    const git = await open(owner, { repository: bare });
    expect(await mergeOne(git)).toEqual({ kind: 'moved', checkout: 'not-checked-out' });
    expect((await git.status()).checkout).toBe(null);
    expect(owner.git(['show', 'main:work.txt'], bare)).toBe('work');
    expect(owner.git(['fsck', '--no-dangling'], bare)).toBe('');
  });

  it('works with SHA-256 object names', async () => {
    owner = makeOwner({ init: ['--object-format=sha256'] });
    const git = await open(owner);
    expect(await git.baseHead()).toHaveLength(64);
    expect(await mergeOne(git)).toEqual({ kind: 'moved', checkout: 'fast-forwarded' });
    expect(read(owner.repository, 'work.txt')).toBe('work\n');
  });

  it('works with a submodule, packed refs, and from a folder inside or a linked worktree', async () => {
    owner = makeOwner();
    owner.git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', owner.repository, 'vendor']);
    owner.git(['commit', '-qm', 'submodule']);
    owner.git(['pack-refs', '--all']);
    owner.git(['worktree', 'add', '-q', '--detach', join(owner.root, 'desk')]);
    expect(await mergeOne(await open(owner, { repository: join(owner.repository, 'src') }))).toMatchObject({ checkout: 'fast-forwarded' });
    const desk = await open(owner, { repository: join(owner.root, 'desk'), project: 'desk' });
    expect((await desk.status()).checkout?.path).toBe(owner.repository);
    expect(owner.git(['status', '--porcelain'])).toBe('');
  });

  it('works with a shallow clone', async () => {
    owner = makeOwner();
    owner.commit({ 'second.txt': 'x\n' }, 'second');
    const shallow = join(owner.root, 'shallow');
    owner.git(['clone', '-q', '--depth=1', `file://${owner.repository}`, shallow]);
    const git = await open(owner, { repository: shallow });
    expect(await mergeOne(git)).toEqual({ kind: 'moved', checkout: 'fast-forwarded' });
  });

  it('takes hostile project names and titles without leaving its folder', async () => {
    owner = makeOwner();
    const git = await open(owner, { project: '../../escape' });
    await mergeOne(git, '../../x.lock --force \0');
    expect(readdirSync(join(owner.dataDir, 'worktrees'))).toEqual([expect.stringMatching(/^escape-[0-9a-f]{8}$/)]);
    expect(readdirSync(owner.root).sort()).toEqual(['a shop', 'data', 'home']);
  });

  it('says what is wrong with a repository that cannot be used', async () => {
    owner = makeOwner();
    const plain = join(owner.root, 'plain');
    mkdirSync(plain);
    const hollow = join(owner.root, 'hollow');
    mkdirSync(join(hollow, '.git'), { recursive: true });
    const empty = join(owner.root, 'empty');
    owner.git(['init', '-q', '-b', 'main', empty]);
    for (const [options, message] of [
      [{ repository: plain }, 'not a git repository'],
      [{ repository: hollow }, 'not a git repository'],
      [{ repository: join(owner.root, 'nowhere') }, 'not a git repository'],
      [{ repository: empty }, 'base branch main '],
      [{ baseBranch: 'trunk' }, 'base branch trunk '],
      [{ baseBranch: '--all' }, 'base branch --all '],
    ] as const) {
      await expect(open(owner, options)).rejects.toMatchObject({ code: 'REPOSITORY_UNUSABLE', message: expect.stringContaining(message) });
    }
    owner.git(['branch', 'musher']);
    await expect(open(owner)).rejects.toMatchObject({ code: 'REPOSITORY_UNUSABLE', message: expect.stringContaining('named musher') });
    expect(await detectBaseBranch(plain)).toBe(null);
    expect(await detectBaseBranch(empty)).toBe(null);
  });

  it('proposes the branch that is checked out, else main', async () => {
    owner = makeOwner();
    expect(await detectBaseBranch(owner.repository)).toBe('main');
    owner.git(['checkout', '-q', '-b', 'develop']);
    expect(await detectBaseBranch(owner.repository)).toBe('develop');
    owner.git(['checkout', '-q', '--detach']);
    expect(await detectBaseBranch(owner.repository)).toBe('main');
  });

  it('takes nothing from the environment that names another repository', async () => {
    owner = makeOwner();
    process.env['GIT_DIR'] = '/nowhere';
    process.env['GIT_INDEX_FILE'] = '/nowhere/index';
    try {
      expect(await mergeOne(await open(owner))).toMatchObject({ checkout: 'fast-forwarded' });
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_INDEX_FILE'];
    }
  });
});

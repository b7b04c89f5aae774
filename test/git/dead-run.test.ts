import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { makeOwner, numbered, open, type Owner, read, write } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
beforeAll(async () => {
  owner = makeOwner({ files: { 'shop.txt': 'one\ntwo\nthree\n' } });
  git = await open(owner);
  // What agents run into: the same line, written by somebody else.
  owner.git(['checkout', '-q', '-b', 'other']);
  owner.commit({ 'shop.txt': 'one\nTHEIRS\nthree\n' }, 'theirs');
  owner.git(['checkout', '-q', 'main']);
});
afterAll(() => owner.remove());

let last = 0;
interface Scene {
  readonly item: { readonly number: ReturnType<typeof numbered>; readonly branch: string };
  readonly path: string;
  readonly gitDir: string;
  /** The branch's commits, oldest first. */
  readonly commits: readonly [CommitSha, CommitSha];
}

/** An item with two commits on its branch. */
async function worked(): Promise<Scene> {
  last += 1;
  const { branch, path } = await git.openWorktree({ number: numbered(last), title: 'Change two', branch: null });
  const first = owner.commit({ 'shop.txt': 'one\nMINE\nthree\n' }, 'mine', path);
  const second = owner.commit({ 'more.txt': 'more\n' }, 'more', path);
  return {
    item: { number: numbered(last), branch },
    path,
    gitDir: owner.git(['rev-parse', '--absolute-git-dir'], path),
    commits: [first, second],
  };
}

/** Runs git where it is expected to stop in the middle. */
function stops(path: string, args: readonly string[]): void {
  try {
    owner.git(args, path);
  } catch {
    return;
  }
  throw new Error(`git ${args.join(' ')} did not stop`);
}

const reopen = ({ item }: Scene): ReturnType<ProjectGit['openWorktree']> => git.openWorktree({ ...item, title: 'Change two' });

/** An agent of the next run finds nothing of the last one in its way. */
function expectClean({ item, path, gitDir }: Scene): void {
  expect(owner.git(['status', '--porcelain'], path)).toBe('');
  expect(owner.git(['status'], path)).not.toMatch(/rebas|merging|cherry-pick|revert|bisect|am session/i);
  expect(owner.git(['branch', '--show-current'], path)).toBe(item.branch);
  owner.commit({ 'next.txt': 'next\n' }, 'next', path);
  expect(readdirSync(gitDir, { recursive: true }).filter((name) => String(name).endsWith('.lock'))).toEqual([]);
}

describe('a lock that a dead run left', () => {
  it.each([
    'index.lock',
    'HEAD.lock',
    'config.worktree.lock',
    'ORIG_HEAD.lock',
    'refs/bisect/bad.lock',
    'logs/HEAD.lock',
    'next-index-1.lock',
  ])('of the worktree is taken away when it is opened again: %s', async (name) => {
    const scene = await worked();
    mkdirSync(dirname(join(scene.gitDir, name)), { recursive: true });
    writeFileSync(join(scene.gitDir, name), '');
    await reopen(scene);
    expectClean(scene);
    expect(existsSync(join(scene.gitDir, name))).toBe(false);
  });

  it('of the item’s branch is taken away, also before what the run left is committed', async () => {
    const scene = await worked();
    const lock = join(git.commonDir, 'refs/heads', `${scene.item.branch}.lock`);
    writeFileSync(lock, '');
    write(scene.path, { 'left.txt': 'left\n' });
    await git.clearLocks(scene.item);
    expect(await git.commitLeftovers(scene.item, 'left')).not.toBe(null);
    writeFileSync(lock, '');
    await reopen(scene);
    expectClean(scene);
  });

  it('of the branch keeps no worktree and branch from being removed', async () => {
    const scene = await worked();
    writeFileSync(join(git.commonDir, 'refs/heads', `${scene.item.branch}.lock`), '');
    await git.removeWorktree(scene.item, { deleteBranch: true });
    expect(await git.readWork(scene.item.branch)).toBe(null);
  });

  it.each([
    'index.lock',
    'HEAD.lock',
    'packed-refs.lock',
    'config.lock',
    'shallow.lock',
    'refs/heads/main.lock',
    'refs/heads/musher/99-other.lock',
  ])('of what the owner’s own git may be writing stays: %s', async (name) => {
    const scene = await worked();
    const lock = join(git.commonDir, name);
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, 'the owner’s');
    await reopen(scene);
    expect(read(lock)).toBe('the owner’s');
    rmSync(lock);
  });
});

describe('git that a dead run left in the middle of something', () => {
  const operations: Readonly<Record<string, (scene: Scene) => void>> = {
    'a rebase': ({ path }) => stops(path, ['rebase', '-q', 'other']),
    'a rebase that applies patches': ({ path }) => stops(path, ['rebase', '-q', '--apply', 'other']),
    'a rebase whose command failed': ({ path }) => stops(path, ['rebase', '-q', '--exec', 'false', 'HEAD~2']),
    'a merge': ({ path }) => stops(path, ['merge', '-q', 'other']),
    'a squash': ({ path }) => stops(path, ['merge', '-q', '--squash', 'other']),
    'a stash': ({ path }) => {
      write(path, { 'shop.txt': 'one\nSTASHED\nthree\n' });
      owner.git(['stash', '-q'], path);
      owner.commit({ 'shop.txt': 'one\nAGAIN\nthree\n' }, 'again', path);
      stops(path, ['stash', 'pop', '-q']);
    },
    'a stash in an index of version 4': (scene) => {
      owner.git(['update-index', '--index-version=4'], scene.path);
      operations['a stash']?.(scene);
    },
    'a cherry-pick': ({ path }) => stops(path, ['cherry-pick', 'other']),
    'several cherry-picks': ({ path }) => stops(path, ['cherry-pick', 'main..other', 'main']),
    'a revert': ({ path, commits }) => {
      owner.commit({ 'shop.txt': 'one\nAGAIN\nthree\n' }, 'again', path);
      stops(path, ['revert', '--no-edit', commits[0]]);
    },
    'patches by mail': ({ path }) => {
      writeFileSync(join(owner.root, 'mail'), owner.git(['format-patch', '--stdout', '-1', 'other']));
      stops(path, ['am', '-q', join(owner.root, 'mail')]);
    },
    'a bisect': ({ path }) => {
      owner.git(['bisect', 'start', 'HEAD', 'HEAD~2'], path);
    },
    'a detached HEAD': ({ path }) => {
      owner.git(['checkout', '-q', '--detach', 'HEAD~1'], path);
    },
    'another branch': ({ path }) => {
      owner.git(['checkout', '-q', '-b', `else-${last}`, 'HEAD~1'], path);
    },
  };

  it.each(Object.keys(operations))('does not reach the next run, and its files are kept first: %s', async (name) => {
    const scene = await worked();
    operations[name]?.(scene);
    const tip = owner.git(['rev-parse', scene.item.branch]);
    write(scene.path, { 'half.txt': `half of ${name}\n` });
    const opened = await reopen(scene);
    expect(opened).toMatchObject({ head: tip, created: false });
    expectClean(scene);
    expect(read(scene.path, 'more.txt')).toBe('more\n');
    const kept = await git.snapshots(scene.item);
    expect(kept.some(({ commit }) => owner.git(['ls-tree', '--name-only', commit]).includes('half.txt'))).toBe(true);
  });

  it('has its commits kept that no branch holds, and an autostash', async () => {
    const scene = await worked();
    write(scene.path, { 'more.txt': 'stashed\n' });
    stops(scene.path, ['rebase', '-q', '--autostash', 'other']);
    const stash = read(scene.gitDir, 'rebase-merge/autostash').trim();
    await reopen(scene);
    expectClean(scene);
    const kept = (await git.snapshots(scene.item)).map(({ commit }) => String(commit));
    expect(kept).toContain(stash);
    expect(owner.git(['show', `${stash}:more.txt`])).toBe('stashed');

    const other = await worked();
    owner.git(['checkout', '-q', '--detach'], other.path);
    const loose = owner.commit({ 'loose.txt': 'loose\n' }, 'on no branch', other.path);
    await reopen(other);
    expect((await git.snapshots(other.item)).map(({ commit }) => commit)).toContain(loose);
    expectClean(other);
  });
});

describe('commits that a run left beside its branch', () => {
  const since = Date.now() - 60_000;

  it.each([
    ['a branch of its own', 'checkout -q -b fix/one', 'fix/one'],
    ['a renamed one', 'branch -m fix/two', 'fix/two'],
    ['none', 'checkout -q --detach', null],
  ] as const)('are found on %s', async (_what, how, branch) => {
    const scene = await worked();
    owner.git(how.split(' '), scene.path);
    const head = owner.commit({ 'b.txt': `${how}\n` }, 'the work', scene.path);
    expect(await git.workElsewhere(scene.item, since)).toMatchObject({ branch, head });
    const kept = (await git.snapshots(scene.item)).map(({ commit }) => commit);
    expect(kept).toEqual(branch === null ? [head] : []);
  });

  it.each([
    ['a branch of its own', 'checkout -q -b fix/back', 'fix/back'],
    ['none', 'checkout -q --detach', null],
  ] as const)('are found on %s, also where HEAD went back', async (_what, how, branch) => {
    const scene = await worked();
    owner.git(how.split(' '), scene.path);
    const head = owner.commit({ 'b.txt': `${how}, and back\n` }, 'the work', scene.path);
    owner.git(['checkout', '-q', scene.item.branch], scene.path);
    expect(await git.workElsewhere(scene.item, since)).toEqual({ branch, head, commits: 1 });
  });

  it('are none where it committed on its branch, only looked at another one, or an earlier run made them', async () => {
    const scene = await worked();
    expect(await git.workElsewhere(scene.item, since)).toBe(null);
    owner.git(['checkout', '-q', '--detach', 'other'], scene.path);
    expect(await git.workElsewhere(scene.item, since)).toBe(null);
    const earlier = await worked();
    owner.git(['checkout', '-q', '--detach'], earlier.path);
    owner.commit({ 'b.txt': 'b\n' }, 'the work', earlier.path);
    expect(await git.workElsewhere(earlier.item, Date.now() + 60_000)).toBe(null);
  });

  it('do not cost what earlier attempts committed: a renamed branch comes back', async () => {
    const scene = await worked();
    const head = owner.git(['rev-parse', 'HEAD'], scene.path);
    owner.git(['branch', '-m', 'fix/three'], scene.path);
    expect(await git.readWork(scene.item.branch)).toBe(null);
    await git.bringBack(scene.item, scene.commits[1]);
    expect((await git.readWork(scene.item.branch))?.head).toBe(head);
  });
});

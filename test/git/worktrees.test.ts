import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { MARK, exists, makeOwner, numbered, open, type Owner, read, shaOf, write } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
beforeAll(async () => {
  owner = makeOwner();
  git = await open(owner);
});
afterAll(() => owner.remove());

/** A new item with its worktree. */
let last = 0;
async function opened(title = 'Add a cart'): Promise<{ item: { number: ReturnType<typeof numbered>; branch: string }; path: string }> {
  last += 1;
  const { branch, path } = await git.openWorktree({ number: numbered(last), title, branch: null });
  return { item: { number: numbered(last), branch }, path };
}

describe('a worktree of an item', () => {
  it('starts from the tip of the base branch, is clean, and an honest agent can add and commit in it', async () => {
    const number = numbered(900);
    const work = await git.openWorktree({ number, title: 'Add a cart', branch: null });
    expect(work).toMatchObject({
      branch: `musher/900-add-a-cart-${MARK}`,
      base: await git.baseHead(),
      head: await git.baseHead(),
      commitsAhead: 0,
      created: true,
    });
    expect(work.path).toBe(join(owner.dataDir, 'worktrees', 'shop', '900'));
    expect(owner.git(['status', '--porcelain'], work.path)).toBe('');
    expect(owner.git(['branch', '--show-current'], work.path)).toBe(`musher/900-add-a-cart-${MARK}`);
    const head = owner.commit({ 'new.txt': 'new\n' }, 'add new', work.path);
    expect(await git.readWork(work.branch)).toEqual({ branch: work.branch, head, commitsAhead: 1 });
    expect(owner.git(['fsck', '--no-dangling'])).toBe('');
    expect(owner.git(['worktree', 'list'])).toContain(work.path);
  });

  it('is opened again with its branch, its commits and what stands uncommitted, also when the title has changed', async () => {
    const { item, path } = await opened();
    const head = owner.commit({ 'a.txt': 'a\n' }, 'a', path);
    write(path, { 'b.txt': 'uncommitted\n' });
    const again = await git.openWorktree({ ...item, title: 'Quite another title' });
    expect(again).toMatchObject({ branch: item.branch, head, commitsAhead: 1, created: false });
    expect(read(path, 'b.txt')).toBe('uncommitted\n');
  });

  it('is made again from the branch when its folder was removed', async () => {
    const { item, path } = await opened();
    owner.commit({ 'a.txt': 'a\n' }, 'a', path);
    rmSync(path, { recursive: true });
    const again = await git.openWorktree({ ...item, title: 'x' });
    expect(again.created).toBe(true);
    expect(read(path, 'a.txt')).toBe('a\n');
    expect(owner.git(['status', '--porcelain'], path)).toBe('');
  });

  it('is mended when its ties or its index are broken, and keeps its files', async () => {
    const { item, path } = await opened();
    owner.commit({ 'a.txt': 'a\n' }, 'a', path);
    write(path, { 'b.txt': 'uncommitted\n' });
    const gitDir = owner.git(['rev-parse', '--absolute-git-dir'], path);
    for (const damage of [
      () => rmSync(gitDir, { recursive: true }),
      () => writeFileSync(join(path, '.git'), 'gitdir: /nowhere\n'),
      () => writeFileSync(join(gitDir, 'index'), 'no index'),
      () => rmSync(join(gitDir, 'HEAD')),
      () => owner.git(['checkout', '-q', '--detach'], path),
    ]) {
      damage();
      await git.openWorktree({ ...item, title: 'x' });
      expect(owner.git(['status', '--porcelain'], path)).toBe('?? b.txt');
      expect(owner.git(['branch', '--show-current'], path)).toBe(item.branch);
    }
  });

  it('starts again from the moved base branch when its branch has nothing of its own', async () => {
    const { item, path } = await opened();
    const base = owner.commit({ 'later.txt': 'later\n' }, 'later');
    const again = await git.openWorktree({ ...item, title: 'x' });
    expect(again).toMatchObject({ head: base, base, commitsAhead: 0, created: false });
    expect(read(path, 'later.txt')).toBe('later\n');
    expect(owner.git(['status', '--porcelain'], path)).toBe('');
  });

  it('can be opened for several items at the same time', async () => {
    const numbers = [801, 802, 803, 804].map(numbered);
    const all = await Promise.all(numbers.map((number) => git.openWorktree({ number, title: 'same', branch: null })));
    expect(new Set(all.map((work) => work.path)).size).toBe(4);
    for (const work of all) expect(owner.git(['status', '--porcelain'], work.path)).toBe('');
  });

  it('is removed with its branch, twice without complaint, and a branch that the owner stands on is kept', async () => {
    const { item, path } = await opened();
    const first = await git.removeWorktree(item, { deleteBranch: true });
    expect(first.removed).toContainEqual({ kind: 'branch-removed' });
    expect(exists(path)).toBe(false);
    expect(owner.git(['worktree', 'list'])).not.toContain(path);
    expect(await git.removeWorktree(item, { deleteBranch: true })).toEqual({ removed: [], kept: [] });

    const other = await opened();
    owner.git(['worktree', 'add', '-q', '--force', join(owner.root, 'review'), other.item.branch]);
    const kept = await git.removeWorktree(other.item, { deleteBranch: true });
    expect(kept.kept).toEqual([{ kind: 'branch-checked-out', branch: other.item.branch }]);
    owner.git(['worktree', 'remove', join(owner.root, 'review')]);
  });
});

describe('what stands under the number of an item that has no branch yet', () => {
  /** The item as a new log knows it, after one that was lost: the same number, nothing else. */
  const fresh = (number: ReturnType<typeof numbered>, title = 'Add a cart'): Parameters<ProjectGit['openWorktree']>[0] => ({
    number,
    title,
    branch: null,
  });

  it('is taken up when it holds nothing: a Musher was killed before it could write it down', async () => {
    const { item } = await opened();
    expect(await git.openWorktree(fresh(item.number, 'Quite another title'))).toMatchObject({ branch: item.branch, created: false });
  });

  it('stays as it is when it holds commits: they are of another log, kept, and no part of this item', async () => {
    const { item, path } = await opened();
    const head = owner.commit({ 'old.txt': 'old\n' }, 'work of a lost log', path);
    rmSync(path, { recursive: true });
    const work = await git.openWorktree(fresh(item.number));
    expect(work).toMatchObject({
      branch: item.branch.replace(`-${MARK}`, `-2-${MARK}`),
      head: await git.baseHead(),
      commitsAhead: 0,
      created: true,
    });
    expect(exists(path, 'old.txt')).toBe(false);
    expect((await git.readWork(item.branch))?.head).toBe(head);
    expect((await git.snapshots(item)).map((kept) => kept.commit)).toEqual([head]);
    expect(await git.openWorktree({ ...fresh(item.number), branch: work.branch })).toMatchObject({ branch: work.branch, created: false });
    const later = owner.commit({ 'new.txt': 'new\n' }, 'work of this log', path);
    expect(await git.openWorktree(fresh(item.number))).toMatchObject({
      branch: item.branch.replace(`-${MARK}`, `-3-${MARK}`),
      commitsAhead: 0,
    });
    expect((await git.snapshots(item)).map((kept) => kept.commit)).toEqual(expect.arrayContaining([head, later]));
  });

  it('does not become its work as files either: they go into a snapshot', async () => {
    const { item, path } = await opened();
    owner.commit({ 'old.txt': 'old\n' }, 'work of a lost log', path);
    write(path, { 'uncommitted.txt': 'old too\n' });
    const work = await git.openWorktree(fresh(item.number));
    expect(work).toMatchObject({ branch: item.branch.replace(`-${MARK}`, `-2-${MARK}`), commitsAhead: 0, created: true });
    expect(await git.leftovers({ number: item.number, branch: work.branch })).toEqual([]);
    expect(owner.git(['status', '--porcelain'], path)).toBe('');
    const kept = (await git.snapshots(item)).map(({ ref }) => owner.git(['ls-tree', '-r', '--name-only', ref]));
    expect(kept.some((names) => names.includes('uncommitted.txt'))).toBe(true);
  });

  it('is not taken up while another checkout stands on it: another Musher may be at work there', async () => {
    const { item, path } = await opened();
    const elsewhere = join(owner.root, 'elsewhere');
    rmSync(path, { recursive: true });
    owner.git(['worktree', 'add', '-q', '--force', elsewhere, item.branch]);
    expect((await git.openWorktree(fresh(item.number))).branch).toBe(item.branch.replace(`-${MARK}`, `-2-${MARK}`));
    owner.git(['worktree', 'remove', elsewhere]);
  });

  it('is not removed with the item', async () => {
    const { item, path } = await opened();
    const head = owner.commit({ 'old.txt': 'old\n' }, 'work of a lost log', path);
    await git.removeWorktree({ number: item.number, branch: null }, { deleteBranch: true });
    expect((await git.readWork(item.branch))?.head).toBe(head);
  });
});

describe('what a run leaves', () => {
  it('is listed: changed, deleted, new, but nothing that is ignored', async () => {
    const { item, path } = await opened();
    expect(await git.leftovers(item)).toEqual([]);
    write(path, { 'shop.txt': 'changed\n', 'ünï new.txt': 'x', 'node_modules/m.js': 'x', 'deep/er/file': 'x' });
    rmSync(join(path, 'src/cart.txt'));
    expect((await git.leftovers(item)).sort()).toEqual(['deep/er/file', 'shop.txt', 'src/cart.txt', 'ünï new.txt']);
  });

  it('can be told from what was there before, by the tree of all files', async () => {
    const { item, path } = await opened();
    expect(await git.treeOfFiles(item)).toBe(await git.treeOf(await git.baseHead()));
    write(path, { 'left.txt': 'left\n', 'node_modules/m.js': 'x' });
    const before = await git.treeOfFiles(item);
    expect(before).not.toBe(await git.treeOf(await git.baseHead()));
    expect(await git.treeOfFiles(item)).toBe(before);
    write(path, { 'left.txt': 'left and changed\n' });
    expect(await git.treeOfFiles(item)).not.toBe(before);
    expect(await git.treeOfFiles({ number: numbered(5001), branch: null })).toBe(null);
  });

  it('is judged by the branch, not by the HEAD that the agent moved', async () => {
    const { item, path } = await opened();
    owner.git(['checkout', '-q', '-b', `elsewhere-${item.number}`], path);
    owner.commit({ 'a.txt': 'a\n' }, 'a', path);
    expect(await git.leftovers(item)).toEqual(['a.txt']);
    expect((await git.readWork(item.branch))?.commitsAhead).toBe(0);
  });

  it('is committed by Musher as the owner, and the worktree is clean afterwards', async () => {
    const { item, path } = await opened();
    write(path, { 'a.txt': 'a\n' });
    const commit = await git.commitLeftovers(item, 'What the run left');
    expect(owner.git(['log', '-1', '--format=%H %an <%ae> %s %cI', item.branch])).toBe(
      `${commit} Ada Owner <ada@example.org> What the run left 2026-01-02T03:04:05+00:00`,
    );
    expect(owner.git(['status', '--porcelain'], path)).toBe('');
    expect(await git.commitLeftovers(item, 'again')).toBe(null);
  });

  it('is undone by a reset: tracked files come back, new ones go, ignored ones stay, locks and merges are forgotten', async () => {
    const { item, path } = await opened();
    const gitDir = owner.git(['rev-parse', '--absolute-git-dir'], path);
    write(path, { 'shop.txt': 'changed\n', 'new/a.txt': 'x', 'node_modules/m.js': 'kept' });
    owner.git(['add', 'new/a.txt'], path);
    rmSync(join(path, 'src'), { recursive: true });
    symlinkSync(owner.repository, join(path, 'src'));
    write(gitDir, { 'index.lock': '', MERGE_HEAD: `${await git.baseHead()}\n` });
    await git.resetWorktree(item);
    expect(read(path, 'shop.txt')).toBe('one\ntwo\nthree\n');
    expect(read(path, 'src/cart.txt')).toBe('cart\n');
    expect(exists(path, 'new')).toBe(false);
    expect(read(path, 'node_modules/m.js')).toBe('kept');
    expect(owner.git(['status', '--porcelain'], path)).toBe('');
    expect(read(owner.repository, 'src/cart.txt')).toBe('cart\n');
  });
});

describe('a snapshot', () => {
  it('keeps changed and new files on top of the branch and counts up', async () => {
    const { item, path } = await opened();
    const clean = await git.snapshot(item, 'nothing happened');
    expect(clean).toMatchObject({ ref: `refs/musher/snapshots/${MARK}/${item.number}/1`, dirty: false });
    write(path, { 'shop.txt': 'changed\n', 'new.txt': 'new\n', 'node_modules/m.js': 'not kept' });
    const dirty = await git.snapshot(item, 'before a reset');
    expect(dirty).toMatchObject({ ref: `refs/musher/snapshots/${MARK}/${item.number}/2`, dirty: true });
    expect(owner.git(['show', `${dirty?.ref}:new.txt`])).toBe('new');
    expect(owner.git(['show', `${dirty?.ref}:shop.txt`])).toBe('changed');
    expect(owner.git(['ls-tree', '--name-only', `${dirty?.ref}`])).not.toContain('node_modules');
    expect(shaOf(owner.git(['rev-parse', `${dirty?.ref}^`]))).toBe(await git.baseHead());
    expect(read(path, 'new.txt')).toBe('new\n');
    expect((await git.snapshots(item)).map((kept) => [kept.n, kept.why, kept.dirty, kept.head])).toEqual([
      [1, 'nothing happened', false, await git.baseHead()],
      [2, 'before a reset', true, await git.baseHead()],
    ]);
  });

  it('is null without a worktree, and survives the worktree and the branch', async () => {
    expect(await git.snapshot({ number: numbered(5000), branch: null }, 'x')).toBe(null);
    const { item, path } = await opened();
    const head = owner.commit({ 'a.txt': 'a\n' }, 'a', path);
    const kept = await git.snapshot(item, 'before removal');
    await git.removeWorktree(item, { deleteBranch: true });
    expect(kept).toMatchObject({ dirty: false });
    expect(owner.git(['rev-parse', `${kept?.ref}^`])).toBe(head);
    expect(owner.git(['show', `${kept?.ref}:a.txt`])).toBe('a');
    expect(await git.snapshot(item, 'again')).toBe(null);
  });

  it('keeps the files of a repository that the agent made inside its worktree, unreadable files, and odd names', async () => {
    const { item, path } = await opened();
    owner.git(['init', '-q', 'nested'], path);
    write(path, {
      'nested/inner.txt': 'inner\n',
      'secret.txt': 'unreadable\n',
      ':(glob)*': 'odd\n',
      '-n': 'dash\n',
      '.GIT/x': 'not storable\n',
    });
    chmodSync(join(path, 'secret.txt'), 0o000);
    const kept = await git.snapshot(item, 'odd');
    expect(owner.git(['ls-tree', '-r', '--name-only', `${kept?.ref}`]).split('\n')).toEqual(
      expect.arrayContaining(['nested/inner.txt', 'secret.txt', ':(glob)*', '-n']),
    );
  });
});

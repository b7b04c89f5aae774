import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MoveBase } from '../../src/git/base/base.ts';
import { catchUpOf } from '../../src/git/base/catch-up.ts';
import type { ProjectGit } from '../../src/git/project-git.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { exists, hash, makeOwner, open, type Owner, read, shaOf, write } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
let start: CommitSha;
beforeAll(async () => {
  owner = makeOwner();
  git = await open(owner);
  start = await git.baseHead();
});
afterAll(() => owner.remove());
afterEach(() => {
  owner.git(['reset', '-q', '--hard']);
  owner.git(['checkout', '-q', 'main']);
  owner.git(['reset', '-q', '--hard', start]);
  owner.git(['clean', '-fdxq']);
});

/** A commit on top of the base branch, made where the owner's checkout does not see it. */
function ahead(files: Record<string, string>, from = 'main'): CommitSha {
  const desk = join(owner.root, 'desk');
  owner.git(['worktree', 'add', '-q', '--detach', desk, from]);
  const made = owner.commit(files, 'ahead', desk);
  owner.git(['worktree', 'remove', '--force', desk]);
  return made;
}
async function move(to: CommitSha): Promise<MoveBase> {
  return git.moveBase({ from: await git.baseHead(), to });
}
const index = (): string => hash(join(owner.repository, '.git', 'index'));

describe('moving the base branch', () => {
  it("fast-forwards the owner's clean checkout, untracked files included", async () => {
    write(owner.repository, { 'untracked.txt': 'mine\n' });
    const to = ahead({ 'new.txt': 'new\n', 'shop.txt': 'changed\n', 'src/deep/x': 'x' });
    expect(await move(to)).toEqual({ kind: 'moved', checkout: 'fast-forwarded' });
    expect(await git.baseHead()).toBe(to);
    expect(owner.git(['status', '--porcelain'])).toBe('?? untracked.txt');
    expect(read(owner.repository, 'new.txt')).toBe('new\n');
    expect(read(owner.repository, 'untracked.txt')).toBe('mine\n');
    expect(owner.git(['reflog', '-1', '--format=%gs', 'main'])).toBe('musher: merge');
  });

  it('is refused when it is not where it was thought to be, and changes nothing', async () => {
    const to = ahead({ 'new.txt': 'new\n' });
    const head = owner.commit({ 'owner.txt': 'x\n' }, 'by the owner');
    const before = index();
    expect(await git.moveBase({ from: start, to })).toEqual({ kind: 'drifted', head });
    expect(await git.baseHead()).toBe(head);
    expect(index()).toBe(before);
    expect(exists(owner.repository, 'new.txt')).toBe(false);
  });

  it('never goes anywhere but forward', async () => {
    const to = ahead({ 'new.txt': 'new\n' });
    await move(to);
    await expect(git.moveBase({ from: to, to: start })).rejects.toThrow('only goes forward');
    expect(await git.baseHead()).toBe(to);
  });

  const DIRT: [string, () => void, string][] = [
    ['an uncommitted change', () => write(owner.repository, { 'src/cart.txt': 'mine\n' }), 'it has uncommitted changes (src/cart.txt)'],
    ['a deleted file', () => rmSync(join(owner.repository, 'src/cart.txt')), 'it has uncommitted changes (src/cart.txt)'],
    [
      'a staged change',
      () => {
        write(owner.repository, { 'src/cart.txt': 'mine\n' });
        owner.git(['add', '.']);
      },
      'it has staged changes (src/cart.txt)',
    ],
    ['an untracked file in the way', () => write(owner.repository, { 'new.txt': 'mine\n' }), 'its untracked new.txt would be overwritten'],
    [
      'an ignored file in the way',
      () => write(owner.repository, { 'node_modules/kept.js': 'mine\n' }),
      'its untracked node_modules/kept.js would be overwritten',
    ],
    [
      'an untracked file in the way of a folder',
      () => write(owner.repository, { more: 'mine\n' }),
      'its untracked more would be overwritten',
    ],
    [
      'a merge in progress',
      () => write(join(owner.repository, '.git'), { MERGE_HEAD: `${start}\n` }),
      'a merge or rebase is in progress there (MERGE_HEAD)',
    ],
    ['a file that git must not look at', () => owner.git(['update-index', '--assume-unchanged', 'shop.txt']), 'it is a sparse checkout'],
  ];
  it.each(DIRT)("leaves the owner's checkout byte for byte as it is with %s", async (_name, dirty, reason) => {
    const to = ahead({ '.gitignore': '', 'new.txt': 'new\n', 'shop.txt': 'changed\n', 'node_modules/kept.js': 'theirs\n', 'more/x': 'x' });
    dirty();
    const files = (): string =>
      owner
        .git(['-c', 'core.fileMode=false', 'ls-files', '-o', '-c'])
        .split('\n')
        .filter((file) => exists(owner.repository, file))
        .map((file) => `${file} ${hash(join(owner.repository, file))}`)
        .join('\n');
    const before = [index(), files()];
    const moved = await move(to);
    expect(moved).toMatchObject({ kind: 'moved', checkout: { leftAlone: owner.repository, reason: expect.stringContaining(reason) } });
    expect([index(), files()]).toEqual(before);
    expect(await git.baseHead()).toBe(to);
    expect(await git.status()).toMatchObject({ checkout: { branch: 'main', clean: reason.startsWith('its untracked'), behindBase: true } });
    rmSync(join(owner.repository, '.git', 'MERGE_HEAD'), { force: true });
    owner.git(['update-index', '--no-assume-unchanged', 'shop.txt']);
  });

  it('says the command that brings a dirty checkout up later with its changes, also after several moves', async () => {
    write(owner.repository, { 'src/cart.txt': 'mine\n' });
    await move(ahead({ 'shop.txt': 'changed\n' }));
    const second = await move(ahead({ 'shop.txt': 'changed again\n', 'new.txt': 'new\n' }));
    if (second.kind !== 'moved' || typeof second.checkout === 'string') throw new Error('it was not left alone');
    expect(exists(owner.repository, 'new.txt')).toBe(false);
    const found = await catchUpOf(join(owner.repository, 'src'));
    execFileSync('/bin/sh', ['-c', found?.command ?? 'false'], { env: { PATH: process.env['PATH'], HOME: owner.root } });
    expect(owner.git(['status', '--porcelain'])).toBe('M src/cart.txt');
    expect(read(owner.repository, 'shop.txt')).toBe('changed again\n');
    expect(read(owner.repository, 'src/cart.txt')).toBe('mine\n');
    expect(await git.status()).toMatchObject({ checkout: { clean: false, behindBase: false } });
    await found?.settle();
    expect(await catchUpOf(owner.repository)).toBeNull();
  });

  describe('the command that brings a dirty checkout up', () => {
    const LINES = 'one\ntwo\nthree\n';
    /** Moves the base branch under a dirty checkout, and runs the command as the owner would; its exit code and what it said. */
    async function caughtUp(files: Record<string, string>): Promise<{ code: number | null; said: string; command: string }> {
      const moved = await move(ahead(files));
      if (moved.kind !== 'moved' || typeof moved.checkout === 'string') throw new Error('it was not left alone');
      return run((await catchUpOf(owner.repository))?.command ?? 'false');
    }
    function run(command: string): { code: number | null; said: string; command: string } {
      const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], {
        cwd: owner.root,
        env: { PATH: process.env['PATH'], HOME: join(owner.root, 'home'), LC_ALL: 'C' },
        encoding: 'utf8',
      });
      return { code: status, said: stdout + stderr, command };
    }
    const stashes = (): string => owner.git(['stash', 'list']);
    afterEach(() => {
      owner.git(['stash', 'clear']);
    });

    it('merges a change into a file that was merged elsewhere in it', async () => {
      write(owner.repository, { 'shop.txt': `${LINES}mine\n`, 'untracked.txt': 'mine\n' });
      expect((await caughtUp({ 'shop.txt': `changed\n${LINES}`, 'new.txt': 'new\n' })).code).toBe(0);
      expect(owner.git(['branch', '--show-current'])).toBe('main');
      expect(owner.git(['status', '--porcelain'])).toBe('M shop.txt\n?? untracked.txt');
      expect(read(owner.repository, 'shop.txt')).toBe(`changed\n${LINES}mine\n`);
      expect(read(owner.repository, 'new.txt')).toBe('new\n');
      expect(stashes()).toBe('');
      expect(await git.status()).toMatchObject({ checkout: { clean: false, behindBase: false } });
    });

    it('keeps what is staged staged, and the rest not', async () => {
      write(owner.repository, { 'src/cart.txt': 'staged\n', 'added.txt': 'staged\n' });
      owner.git(['add', '.']);
      write(owner.repository, { 'src/cart.txt': 'and more\n' });
      expect((await caughtUp({ 'shop.txt': 'changed\n' })).code).toBe(0);
      expect(owner.git(['status', '--porcelain'])).toBe('A  added.txt\nMM src/cart.txt');
      expect(owner.git(['show', ':src/cart.txt'])).toBe('staged');
      expect(read(owner.repository, 'src/cart.txt')).toBe('and more\n');
    });

    it('keeps a staged and an unstaged change of a file that was merged too', async () => {
      write(owner.repository, { 'shop.txt': `${LINES}staged\n`, 'added.txt': 'staged\n' });
      owner.git(['add', '.']);
      write(owner.repository, { 'shop.txt': `${LINES}staged\nunstaged\n` });
      rmSync(join(owner.repository, 'src/cart.txt'));
      expect((await caughtUp({ 'shop.txt': `changed\n${LINES}` })).code).toBe(0);
      expect(read(owner.repository, 'shop.txt')).toBe(`changed\n${LINES}staged\nunstaged\n`);
      expect(read(owner.repository, 'added.txt')).toBe('staged\n');
      expect(exists(owner.repository, 'src/cart.txt')).toBe(false);
    });

    it('shows a conflict, and keeps the change in the stash as well', async () => {
      write(owner.repository, { 'shop.txt': 'mine\ntwo\nthree\n' });
      const { said } = await caughtUp({ 'shop.txt': 'changed\ntwo\nthree\n' });
      expect(said).toContain('Your changes are safe in the stash');
      expect(owner.git(['branch', '--show-current'])).toBe('main');
      expect(read(owner.repository, 'shop.txt')).toMatch(/<<<<<<<[^]*changed[^]*=======[^]*mine[^]*>>>>>>>/);
      expect(owner.git(['show', 'stash@{0}:shop.txt'])).toBe('mine\ntwo\nthree');
    });

    it.each(['new.txt', 'node_modules/kept.js'])(
      'does not overwrite the file %s that git does not track: all is as before',
      async (file) => {
        write(owner.repository, { [file]: 'mine\n', 'src/cart.txt': 'mine too\n' });
        const before = owner.git(['rev-parse', 'HEAD^{tree}']);
        const { code, said, command } = await caughtUp({ '.gitignore': '', [file]: 'theirs\n', 'shop.txt': 'changed\n' });
        expect(code).not.toBe(0);
        expect(said).toContain(file);
        expect(read(owner.repository, file)).toBe('mine\n');
        expect(read(owner.repository, 'src/cart.txt')).toBe('mine too\n');
        expect(read(owner.repository, 'shop.txt')).toBe(LINES);
        expect([owner.git(['write-tree']), owner.git(['branch', '--show-current']), stashes()]).toEqual([before, 'main', '']);
        rmSync(join(owner.repository, file));
        expect(run(command).code).toBe(0);
        expect(read(owner.repository, file)).toBe('theirs\n');
        expect(owner.git(['status', '--porcelain'])).toBe('M src/cart.txt');
      },
    );

    it('does no harm where it is run twice, after a later merge, or on another branch', async () => {
      write(owner.repository, { 'src/cart.txt': 'mine\n' });
      const { command } = await caughtUp({ 'shop.txt': 'changed\n' });
      expect(run(command).code).toBe(0);
      expect(owner.git(['status', '--porcelain'])).toBe('M src/cart.txt');
      await move(ahead({ 'later.txt': 'later\n' }));
      expect(run(command).code).toBe(0);
      expect(owner.git(['status', '--porcelain'])).toBe('M src/cart.txt');
      expect(read(owner.repository, 'later.txt')).toBe('later\n');
      owner.git(['checkout', '-q', '-b', 'feature', start]);
      expect(run(command).code).not.toBe(0);
      expect(owner.git(['branch', '--show-current'])).toBe('feature');
      expect(owner.git(['status', '--porcelain'])).toBe('M src/cart.txt');
      owner.git(['checkout', '-q', '-f', 'main']);
      owner.git(['branch', '-D', 'feature']);
    });
  });

  it('brings a checkout along that was left alone before and is clean by now', async () => {
    write(owner.repository, { 'src/cart.txt': 'mine\n' });
    await move(ahead({ 'shop.txt': 'changed\n' }));
    write(owner.repository, { 'src/cart.txt': 'cart\n' });
    expect(await move(ahead({ 'new.txt': 'new\n' }))).toEqual({ kind: 'moved', checkout: 'fast-forwarded' });
    expect(owner.git(['status', '--porcelain'])).toBe('');
    expect(read(owner.repository, 'shop.txt')).toBe('changed\n');
    expect(owner.git(['for-each-ref', 'refs/musher/checkouts/'])).toBe('');
  });

  it('does not look at a checkout on another branch', async () => {
    owner.git(['checkout', '-q', '-b', 'feature']);
    const before = index();
    expect(await move(ahead({ 'new.txt': 'new\n' }, 'main'))).toEqual({ kind: 'moved', checkout: 'not-checked-out' });
    expect(index()).toBe(before);
    expect(exists(owner.repository, 'new.txt')).toBe(false);
    owner.git(['checkout', '-q', 'main']);
    owner.git(['branch', '-D', 'feature']);
  });

  it("fast-forwards the base branch in another worktree of the owner's", async () => {
    owner.git(['checkout', '-q', '--detach']);
    const second = join(owner.root, 'second desk');
    owner.git(['worktree', 'add', '-q', second, 'main']);
    expect(await move(ahead({ 'new.txt': 'new\n' }))).toEqual({ kind: 'moved', checkout: 'fast-forwarded' });
    expect(read(second, 'new.txt')).toBe('new\n');
    expect(owner.git(['status', '--porcelain'], second)).toBe('');
    owner.git(['worktree', 'remove', second]);
  });

  it("leaves files with a filter to the owner's own git, and honours line endings", async () => {
    owner.commit({ '.gitattributes': '*.bin filter=lfs\n*.crlf text eol=crlf\n' }, 'attributes');
    expect(await move(ahead({ 'a.crlf': 'a\nb\n' }))).toEqual({ kind: 'moved', checkout: 'fast-forwarded' });
    expect(read(owner.repository, 'a.crlf')).toBe('a\r\nb\r\n');
    expect(owner.git(['status', '--porcelain'])).toBe('');
    const moved = await move(ahead({ 'picture.bin': 'x\n' }));
    expect(moved).toMatchObject({ checkout: { reason: 'picture.bin has the filter lfs, and Musher runs none' } });
    expect(shaOf(owner.git(['rev-parse', 'main']))).toBe(await git.baseHead());
  });
});

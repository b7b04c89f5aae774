import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findRepository } from '../../../src/git/repository.ts';
import { share, sharingOf } from '../../../src/git/traits/sharing.ts';
import { makeOwner, numbered, open, type Owner, read, write } from '../owner.ts';

let owner: Owner;
afterEach(() => owner.remove());

/** One item's change, merged. */
async function mergeOne(how: Parameters<typeof open>[1] = {}): Promise<{ checkout: unknown; work: string }> {
  const git = await open(owner, how);
  const base = await git.baseHead();
  const { branch, path } = await git.openWorktree({ number: numbered(1), title: 'work', branch: null });
  expect(owner.git(['status', '--porcelain'], path)).toBe('');
  write(path, { 'work.txt': 'work\n' });
  const head = await git.commitLeftovers({ number: numbered(1), branch }, 'work');
  if (head === null) throw new Error('nothing committed');
  const squashed = await git.squash({ base, head });
  if (squashed.kind !== 'clean') throw new Error(squashed.kind);
  const moved = await git.moveBase({ from: base, to: await git.commitSquash({ tree: squashed.tree, base, message: 'work' }) });
  await git.snapshot({ number: numbered(1), branch }, 'done');
  if (moved.kind !== 'moved') throw new Error(moved.kind);
  return { checkout: moved.checkout, work: owner.git(['show', 'main:work.txt'], how.repository) };
}

describe("a repository that Musher can't honour is refused when it is opened", () => {
  it.each([
    ['a partial clone of today', (): void => void owner.git(['config', 'remote.origin.promisor', 'true']), 'partial clone'],
    ['a partial clone of a remote with dots', (): void => void owner.git(['config', 'remote.a.b.promisor', 'yes']), 'partial clone'],
    [
      'a partial clone by extension',
      (): void => {
        owner.git(['config', 'core.repositoryFormatVersion', '1']);
        owner.git(['config', 'extensions.partialClone', 'origin']);
      },
      'partial clone',
    ],
    [
      'files in another folder than beside .git',
      (): void => {
        mkdirSync(join(owner.root, 'elsewhere'));
        owner.git(['config', 'core.worktree', join(owner.root, 'elsewhere')]);
      },
      'core.worktree',
    ],
  ])('%s', async (_what, change, named) => {
    owner = makeOwner();
    change();
    await expect(open(owner)).rejects.toMatchObject({ code: 'REPOSITORY_UNUSABLE', message: expect.stringContaining(named) });
  });

  it('but a remote that promises nothing, and a core.worktree that names the very checkout, are fine', async () => {
    owner = makeOwner();
    owner.git(['config', 'remote.origin.promisor', 'false']);
    owner.git(['config', 'core.worktree', owner.repository]);
    expect(await mergeOne()).toEqual({ checkout: 'fast-forwarded', work: 'work' });
  });
});

describe('layouts', () => {
  it.each([
    ['a bare repository beside its working trees', '.bare', false],
    ['a bare .git above its working trees', '.git', false],
    ['a bare .git whose configuration is kept for each working tree', '.git', true],
  ])('%s: the working tree on the base branch comes along', async (_what, folder, ownConfig) => {
    owner = makeOwner();
    const project = join(owner.root, 'project');
    const bare = join(project, folder);
    owner.git(['clone', '-q', '--bare', owner.repository, bare]);
    if (folder === '.bare') writeFileSync(join(project, '.git'), 'gitdir: ./.bare\n');
    const desk = join(project, 'main');
    owner.git(['worktree', 'add', '-q', desk, 'main'], bare);
    if (ownConfig) {
      owner.git(['config', 'extensions.worktreeConfig', 'true'], bare);
      owner.git(['config', '--unset', 'core.bare'], bare);
      owner.git(['config', '--file', join(bare, 'config.worktree'), 'core.bare', 'true'], bare);
    }
    expect(await findRepository(desk)).toMatchObject({ checkout: null, workingTree: desk });
    expect(await findRepository(bare)).toMatchObject({ checkout: null, workingTree: null });
    expect(await findRepository(project)).toMatchObject({ checkout: null, workingTree: null });
    expect(await mergeOne({ repository: desk })).toEqual({ checkout: 'fast-forwarded', work: 'work' });
    expect(read(desk, 'work.txt')).toBe('work\n');
    expect(owner.git(['status', '--porcelain'], desk)).toBe('');
  });

  it('a git directory elsewhere, and objects borrowed from another repository', async () => {
    owner = makeOwner();
    const [clone, gitDir] = [join(owner.root, 'clone'), join(owner.root, 'kept')];
    owner.git(['clone', '-q', '--shared', `--separate-git-dir=${gitDir}`, owner.repository, clone]);
    expect(await findRepository(clone)).toMatchObject({ checkout: clone, commonDir: gitDir });
    expect(await mergeOne({ repository: clone })).toEqual({ checkout: 'fast-forwarded', work: 'work' });
    expect(owner.git(['fsck', '--strict', '--no-dangling'], clone)).toBe('');
  });
});

describe('a shared repository', () => {
  /** All that lies in a git directory and is not open to those bits. */
  function shut(gitDir: string, bits: number): string[] {
    const all = readdirSync(gitDir, { recursive: true, encoding: 'utf8' });
    return all.filter((name) => (lstatSync(join(gitDir, name)).mode & bits) !== bits);
  }

  it.each([
    ['group', 0o040],
    ['all', 0o044],
    ['0640', 0o040],
  ])('(%s) stays one under the umask of a service: objects, refs, logs and the folders of worktrees', async (value, bits) => {
    owner = makeOwner({ init: [`--shared=${value}`] });
    const gitDir = join(owner.repository, '.git');
    const before = process.umask(0o077);
    try {
      expect(await mergeOne()).toMatchObject({ work: 'work' });
    } finally {
      process.umask(before);
    }
    expect(readdirSync(join(gitDir, 'worktrees'))).toHaveLength(1);
    expect(shut(gitDir, bits)).toEqual([]);
    const writable = value !== '0640';
    expect(shut(gitDir, 0o020).filter((name) => /^refs\/heads\/[^/]+$/.test(name)).length === 0).toBe(writable);
  });

  it.each([
    [undefined, null],
    ['umask', null],
    ['0', null],
    ['true', { bits: 0o660, exact: false }],
    ['1', { bits: 0o660, exact: false }],
    ['2', { bits: 0o664, exact: false }],
    ['0600', { bits: 0o600, exact: true }],
  ])('core.sharedRepository = %s', (value, sharing) => {
    owner = makeOwner();
    expect(sharingOf(value)).toEqual(sharing);
  });

  it('gives as git does: folders can be entered and keep their group, read-only files stay read-only', async () => {
    owner = makeOwner();
    const folder = join(owner.root, 'given');
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, 'locked'), '', { mode: 0o400 });
    writeFileSync(join(folder, 'program'), '', { mode: 0o700 });
    await share(folder, { bits: 0o660, exact: false });
    const mode = (path: string): number => lstatSync(path).mode & 0o7777;
    expect([mode(folder), mode(join(folder, 'locked')), mode(join(folder, 'program'))]).toEqual([0o2770, 0o440, 0o770]);
  });
});

describe('attributes of the owner that stand outside the tree', () => {
  it.each([
    ['of this repository', (): void => write(join(owner.repository, '.git'), { 'info/attributes': '*.ps1 eol=crlf\n' })],
    [
      'of all repositories',
      (): void => {
        write(owner.root, { 'my "attributes"': '*.ps1 eol=crlf\n' });
        owner.git(['config', '--global', 'core.attributesFile', join(owner.root, 'my "attributes"')]);
      },
    ],
    ['in the usual place', (): void => write(owner.root, { 'home/.config/git/attributes': '*.ps1 eol=crlf\n' })],
  ])('%s count for worktrees and for the checkout', async (_what, plant) => {
    owner = makeOwner();
    plant();
    const git = await open(owner);
    const base = await git.baseHead();
    const { branch, path } = await git.openWorktree({ number: numbered(1), title: 'work', branch: null });
    write(path, { 'run.ps1': 'one\r\n' });
    const head = await git.commitLeftovers({ number: numbered(1), branch }, 'work');
    if (head === null) throw new Error('nothing committed');
    expect(owner.git(['cat-file', '-s', `${head}:run.ps1`])).toBe('4');
    await git.moveBase({ from: base, to: head });
    expect(read(owner.repository, 'run.ps1')).toBe('one\r\n');
    expect(owner.git(['status', '--porcelain'])).toBe('');
  });
});

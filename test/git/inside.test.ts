import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { exists, makeOwner, numbered, open, type Owner, read, write } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
let lib: string;
beforeAll(async () => {
  owner = makeOwner();
  const local = ['-c', 'protocol.file.allow=always'];
  write(join(owner.root, 'home'), { '.gitconfig': `${read(owner.root, 'home', '.gitconfig')}[protocol "file"]\n\tallow = always\n` });
  const deep = upstream('deep');
  lib = upstream('lib');
  owner.git([...local, 'submodule', 'add', '-q', deep, 'deep'], lib);
  owner.git(['commit', '-q', '-m', 'deep'], lib);
  owner.git([...local, 'submodule', 'add', '-q', lib, 'lib']);
  owner.git(['commit', '-q', '-m', 'lib']);
  git = await open(owner);
});
afterAll(() => owner.remove());

/** A repository of somebody else. */
function upstream(name: string): string {
  const path = join(owner.root, 'upstream', name);
  mkdirSync(path, { recursive: true });
  owner.git(['init', '-q', '-b', 'main', path]);
  owner.commit({ [`${name}.txt`]: `${name} one\n` }, `${name} one`, path);
  return path;
}

let last = 0;
async function opened(): Promise<{ item: { number: ReturnType<typeof numbered>; branch: string }; path: string; kept: string }> {
  last += 1;
  const { branch, path } = await git.openWorktree({ number: numbered(last), title: 'Add a cart', branch: null });
  return { item: { number: numbered(last), branch }, path, kept: join(owner.dataDir, 'quarantine/repositories/shop', String(last)) };
}

/** A repository with a commit and a file that no commit has. */
function repository(folder: string, names: readonly [string, string] = ['app.txt', 'new.txt']): void {
  mkdirSync(folder, { recursive: true });
  owner.git(['init', '-q'], folder);
  owner.commit({ [names[0]]: 'committed\n' }, 'scaffold', folder);
  write(folder, { [names[1]]: 'not committed\n' });
}

interface Member {
  readonly make: (worktree: string) => void;
  /** Files in the quarantine afterwards, with what is in them. */
  readonly files?: Readonly<Record<string, string>>;
  /** Folders in the quarantine in which git finds a commit of that subject. */
  readonly commits?: Readonly<Record<string, string>>;
}

const init = (worktree: string): void => void owner.git(['submodule', 'update', '-q', '--init', '--recursive', 'lib'], worktree);

const KEPT: Readonly<Record<string, Member>> = {
  'a repository': {
    make: (at) => repository(join(at, 'web')),
    files: { 'web/new.txt': 'not committed\n' },
    commits: { web: 'scaffold' },
  },
  'a repository that the branch records as a link': {
    make: (at) => {
      repository(join(at, 'web'));
      owner.git(['-c', 'advice.addEmbeddedRepo=false', 'add', 'web'], at);
      owner.git(['commit', '-q', '-m', 'add web'], at);
    },
    files: { 'web/app.txt': 'committed\n', 'web/new.txt': 'not committed\n' },
    commits: { web: 'scaffold' },
  },
  'a repository in a repository': {
    make: (at) => {
      repository(join(at, 'outer'));
      repository(join(at, 'outer/inner'));
    },
    files: { 'outer/new.txt': 'not committed\n', 'outer/inner/new.txt': 'not committed\n' },
    commits: { outer: 'scaffold', 'outer/inner': 'scaffold' },
  },
  'a repository without a commit, with something staged': {
    make: (at) => {
      mkdirSync(join(at, 'fresh'));
      owner.git(['init', '-q'], join(at, 'fresh'));
      write(join(at, 'fresh'), { 'a.txt': 'staged\n' });
      owner.git(['add', 'a.txt'], join(at, 'fresh'));
      write(join(at, 'fresh'), { 'a.txt': 'later\n' });
    },
    files: { 'fresh/a.txt': 'later\n' },
  },
  'a clone of which only the stash is new': {
    make: (at) => {
      owner.git(['clone', '-q', lib, join(at, 'lib-clone')]);
      write(join(at, 'lib-clone'), { 'lib.txt': 'stashed\n' });
      owner.git(['stash', 'push', '-q', '-m', 'my stash'], join(at, 'lib-clone'));
    },
    commits: { 'lib-clone': 'On main: my stash' },
  },
  'a clone of which only the index is new': {
    make: (at) => {
      owner.git(['clone', '-q', lib, join(at, 'lib-clone')]);
      write(join(at, 'lib-clone'), { 'lib.txt': 'staged\n' });
      owner.git(['add', '-A'], join(at, 'lib-clone'));
      write(join(at, 'lib-clone'), { 'lib.txt': 'lib one\n' });
    },
    files: { 'lib-clone/lib.txt': 'lib one\n' },
  },
  'a clone with a commit that was reset away': {
    make: (at) => {
      owner.git(['clone', '-q', lib, join(at, 'lib-clone')]);
      owner.commit({ 'x.txt': 'x\n' }, 'lost and found', join(at, 'lib-clone'));
      owner.git(['reset', '-q', '--hard', 'origin/main'], join(at, 'lib-clone'));
    },
    commits: { 'lib-clone': 'lost and found' },
  },
  'a repository whose git directory is apart': {
    make: (at) => {
      for (const folder of ['apart', 'node_modules']) mkdirSync(join(at, folder));
      owner.git(['init', '-q', `--separate-git-dir=${join(at, 'node_modules/apart.git')}`], join(at, 'apart'));
      owner.commit({ 'z.txt': 'z\n' }, 'apart', join(at, 'apart'));
    },
    files: { 'apart/z.txt': 'z\n' },
    commits: { apart: 'apart' },
  },
  'commits in an ignored folder': {
    make: (at) => repository(join(at, 'node_modules/tool')),
    commits: { 'node_modules/tool': 'scaffold' },
  },
  'a submodule with files that are not committed': {
    make: (at) => {
      init(at);
      write(join(at, 'lib'), { 'new.txt': 'precious\n' });
    },
    files: { 'lib/new.txt': 'precious\n' },
    commits: { lib: 'lib one', 'lib/deep': 'deep one' },
  },
  'a submodule with a commit that nobody has': {
    make: (at) => {
      init(at);
      owner.commit({ 'lib.txt': 'two\n' }, 'not pushed', join(at, 'lib'));
    },
    commits: { lib: 'not pushed' },
  },
  'a submodule in a submodule with a commit that nobody has': {
    make: (at) => {
      init(at);
      owner.commit({ 'deep.txt': 'two\n' }, 'deep and not pushed', join(at, 'lib/deep'));
    },
    commits: { 'lib/deep': 'deep and not pushed' },
  },
  'a submodule that was removed, with a commit that nobody has': {
    make: (at) => {
      init(at);
      owner.commit({ 'lib.txt': 'two\n' }, 'not pushed', join(at, 'lib'));
      owner.git(['rm', '-q', '-f', 'lib'], at);
    },
    commits: { 'modules/lib': 'not pushed' },
  },
  'a submodule that was removed, with something staged': {
    make: (at) => {
      init(at);
      write(join(at, 'lib'), { 'new.txt': 'staged\n' });
      owner.git(['add', '-A'], join(at, 'lib'));
      owner.git(['rm', '-q', '-f', 'lib'], at);
    },
    commits: { 'modules/lib': 'lib one' },
  },
  "a helper's worktree with files that are not committed": {
    make: (at) => {
      owner.git(['worktree', 'add', '-q', '-b', `helper-${last}`, join(at, 'helper')], at);
      write(join(at, 'helper'), { 'half.txt': 'half\n' });
    },
    files: { 'helper/half.txt': 'half\n' },
    commits: { helper: 'first' },
  },
  "a helper's worktree, ignored and without a branch": {
    make: (at) => {
      owner.git(['worktree', 'add', '-q', '--detach', join(at, 'node_modules/helper')], at);
      owner.commit({ 'helped.txt': 'helped\n' }, 'detached help', join(at, 'node_modules/helper'));
    },
    commits: { 'node_modules/helper': 'detached help' },
  },
};

const GONE: Readonly<Record<string, (worktree: string) => void>> = {
  nothing: () => undefined,
  'a clean clone': (at) => void owner.git(['clone', '-q', lib, join(at, 'lib-clone')]),
  'clean submodules': init,
  "a helper's worktree whose commits are on a branch": (at) => {
    owner.git(['worktree', 'add', '-q', '-b', `helper-${last}`, join(at, 'helper')], at);
    owner.commit({ 'helped.txt': 'helped\n' }, 'help', join(at, 'helper'));
  },
  'an empty .git': (at) => void mkdirSync(join(at, 'empty/.git'), { recursive: true }),
};

describe('before a worktree is removed', () => {
  it.each(Object.keys(KEPT))('%s is kept, and git works in it', async (name) => {
    const { item, path, kept } = await opened();
    KEPT[name]?.make(path);
    await git.snapshot(item, 'test');
    const { removed } = await git.removeWorktree(item, { deleteBranch: true });
    expect(removed).toContainEqual({ kind: 'repositories-moved', repositories: 1, to: `quarantine/repositories/shop/${item.number}` });
    expect(existsSync(path)).toBe(false);
    for (const [file, text] of Object.entries(KEPT[name]?.files ?? {})) expect(read(kept, file)).toBe(text);
    for (const [folder, subject] of Object.entries(KEPT[name]?.commits ?? {})) {
      expect(owner.git(['log', '--all', '--reflog', '--format=%s', 'HEAD'], join(kept, folder)).split('\n')).toContain(subject);
      // A submodule that has lost its folder has no files to stand among.
      const top = folder.startsWith('modules/') ? join(kept, folder) : owner.git(['rev-parse', '--show-toplevel'], join(kept, folder));
      expect(top).toBe(join(kept, folder));
    }
    expect(owner.git(['fsck', '--strict', '--no-dangling'])).toBe('');
    // Twice is once.
    expect((await git.removeWorktree(item, { deleteBranch: true })).removed).toEqual([]);
  });

  it.each(Object.keys(GONE))('%s goes with it, for all of that is elsewhere', async (name) => {
    const { item, path, kept } = await opened();
    GONE[name]?.(path);
    await git.snapshot(item, 'test');
    const { removed } = await git.removeWorktree(item, { deleteBranch: true });
    expect(removed.map((note) => (typeof note === 'string' ? note : note.kind))).toEqual(['worktree-removed', 'branch-removed']);
    expect(exists(kept)).toBe(false);
    expect(owner.git(['worktree', 'list', '--porcelain'])).not.toContain('prunable');
  });
});

it('a repository in a worktree that belongs to no item is kept so that git works in it', async () => {
  const { item, path, kept } = await opened();
  init(path);
  owner.commit({ 'lib.txt': 'two\n' }, 'not pushed', join(path, 'lib'));
  const into = join(owner.dataDir, 'quarantine/test');
  await git.reconcile({ live: [], find: () => null }, into);
  expect(exists(into, 'shop', String(item.number), 'shop.txt')).toBe(true);
  expect(owner.git(['log', '-1', '--format=%s'], join(kept, 'lib'))).toBe('not pushed');
});

it("a commit on the worktree's detached HEAD is kept as a snapshot before the worktree is removed", async () => {
  const { item, path } = await opened();
  owner.git(['checkout', '-q', '--detach'], path);
  const commit = owner.commit({ 'beside.txt': 'beside\n' }, 'beside its branch', path);
  await git.snapshot(item, 'test');
  await git.removeWorktree(item, { deleteBranch: true });
  expect((await git.snapshots({ number: item.number })).map((kept) => kept.commit)).toContain(commit);
});

describe('before files are put into a worktree', () => {
  it('a repository where the branch has a file is kept', async () => {
    const { item, path, kept } = await opened();
    const base = await git.baseHead();
    owner.commit({ web: 'a file\n' }, 'a file of that name', path);
    owner.git(['checkout', '-q', base, '--', '.'], path);
    owner.git(['rm', '-q', '--cached', 'web'], path);
    rmSync(join(path, 'web'));
    repository(join(path, 'web'));
    await git.snapshot(item, 'test');
    await git.resetWorktree(item);
    expect(read(path, 'web')).toBe('a file\n');
    expect(read(kept, 'web/new.txt')).toBe('not committed\n');
    expect(git.takeAsides(item.number)).toHaveLength(1);
    expect(git.takeAsides(item.number)).toEqual([]);
  });

  it('a submodule that stands at another commit than the branch has is taken away, so that it is no change', async () => {
    const { item, path, kept } = await opened();
    init(path);
    owner.commit({ 'lib.txt': 'two\n' }, 'not pushed', join(path, 'lib'));
    expect(await git.leftovers(item)).toEqual(['lib']);
    await git.snapshot(item, 'test');
    await git.resetWorktree(item);
    expect(await git.leftovers(item)).toEqual([]);
    expect(owner.git(['status', '--porcelain'], path)).toBe('');
    expect(read(kept, 'lib/lib.txt')).toBe('two\n');
  });

  it('a repository that an agent put in place of the worktree’s own .git is kept', async () => {
    const { item, path, kept } = await opened();
    rmSync(join(path, '.git'));
    owner.git(['init', '-q'], path);
    owner.git(['add', 'shop.txt'], path);
    owner.git(['commit', '-q', '-m', 'all mine'], path);
    await git.openWorktree({ ...item, title: 'x' });
    expect(owner.git(['branch', '--show-current'], path)).toBe(item.branch);
    expect(owner.git(['--git-dir', join(kept, 'root.git'), 'log', '--format=%s'])).toBe('all mine');
  });
});

describe('files that are no work of the item', () => {
  it("a helper's worktree inside is no change", async () => {
    const { item, path } = await opened();
    owner.git(['worktree', 'add', '-q', '-b', `helper-${last}`, join(path, 'helper')], path);
    write(join(path, 'helper'), { 'half.txt': 'half\n' });
    write(path, { 'own.txt': 'own\n' });
    expect(await git.leftovers(item)).toEqual(['own.txt']);
  });

  it('a pipe in place of a file keeps nothing from being kept', async () => {
    const { item, path } = await opened();
    rmSync(join(path, 'shop.txt'));
    execFileSync('mkfifo', [join(path, 'shop.txt'), join(path, 'pipe')]);
    symlinkSync('nowhere', join(path, 'dangling'));
    write(path, { 'new.txt': 'new\n' });
    expect(await git.leftovers(item)).toEqual(['dangling', 'new.txt']);
    const kept = await git.snapshot(item, 'test');
    expect(owner.git(['show', `${kept?.ref}:new.txt`])).toBe('new');
    expect(owner.git(['show', `${kept?.ref}:shop.txt`])).toBe('one\ntwo\nthree');
  });
});

it('pipes where git looks for files of its own keep nobody waiting', { timeout: 60_000 }, async () => {
  const { item, path, kept } = await opened();
  repository(join(path, 'web'));
  repository(join(path, 'linked'));
  owner.git(['-c', 'advice.addEmbeddedRepo=false', 'add', 'linked'], path);
  owner.git(['commit', '-q', '-m', 'a link'], path);
  for (const head of ['web/.git/HEAD', 'linked/.git/HEAD']) rmSync(join(path, head));
  const pipes = ['.gitattributes', 'src/.gitignore', 'web/.git/HEAD', 'web/.gitignore', 'linked/.git/HEAD'];
  execFileSync(
    'mkfifo',
    pipes.map((name) => join(path, name)),
  );
  write(path, { 'new.txt': 'new\n', 'src/also.txt': 'new\n' });
  const time = async (): Promise<number> => {
    const began = performance.now();
    await git.leftovers(item);
    return performance.now() - began;
  };
  // Once found, they are opened soon for each further git that waits.
  const first = await time();
  expect(await time()).toBeLessThan(first / 2);
  const snapshot = await git.snapshot(item, 'test');
  expect(owner.git(['show', `${snapshot?.ref}:src/also.txt`])).toBe('new');
  await git.removeWorktree(item, { deleteBranch: true });
  expect(existsSync(path)).toBe(false);
  expect(read(kept, 'web/new.txt')).toBe('not committed\n');
});

describe('what a sandboxed run left in its git directory beside its branch', () => {
  /** The git directory that stands in for the repository's in the sandbox. */
  const view = async (item: { number: ReturnType<typeof numbered>; branch: string }): Promise<string> => {
    const mounts = await git.viewForRun(item);
    const own = mounts.find((mount) => 'to' in mount && mount.to === git.commonDir && mount.kind === 'write');
    if (own === undefined || !('from' in own)) throw new Error('no view');
    return own.from;
  };

  it.each(['stash', 'tags/wip', 'heads/musher/other'])('%s is kept before the next run has a new one', async (ref) => {
    const { item, path, kept } = await opened();
    const commit = owner.commit({ 'wip.txt': 'wip\n' }, 'work in progress', path);
    write(await view(item), { [`refs/${ref}`]: `${commit}\n` });
    await view(item);
    expect(owner.git(['--git-dir', join(kept, 'sandbox.git'), 'log', '-1', '--format=%s', `refs/${ref}`])).toBe('work in progress');
    expect(git.takeAsides(item.number)).toHaveLength(1);
    await view(item);
    await git.removeWorktree(item, { deleteBranch: true });
    expect(git.takeAsides(item.number)).toEqual([]);
  });
});

describe('links to commits of other repositories', () => {
  const link = (path: string, name: string, commit: string): string => {
    owner.git(['update-index', '--add', '--cacheinfo', `160000,${commit},${name}`], path);
    owner.git(['commit', '-q', '-m', 'a link'], path);
    return owner.git(['rev-parse', 'HEAD'], path);
  };
  const unknown = async (number: number, head: string): Promise<string[]> =>
    (await git.unknownLinks(numbered(number), head as Awaited<ReturnType<ProjectGit['baseHead']>>)).map(({ path }) => path);

  it('one to a commit that the owner has is known', async () => {
    const { item, path } = await opened();
    const before = owner.git(['rev-parse', 'HEAD~1'], join(owner.repository, 'lib'));
    expect(await unknown(item.number, link(path, 'lib', before))).toEqual([]);
  });

  it('one to a commit that the remote has is known where the remote is a folder of this machine', async () => {
    const { item, path } = await opened();
    const newer = owner.commit({ 'lib.txt': `newer ${last}\n` }, 'newer', lib);
    const head = link(path, 'lib', newer);
    expect(await unknown(item.number, head)).toEqual([]);
    // What no branch and no tag there holds, no clone gets.
    owner.git(['reset', '-q', '--hard', 'HEAD~1'], lib);
    expect(await unknown(item.number, head)).toEqual(['lib']);
  });

  it('one to a commit that only the agent has is not known, whatever its clone says of the remote', async () => {
    const { item, path } = await opened();
    init(path);
    const clone = join(path, 'lib');
    const own = owner.commit({ 'lib.txt': 'own\n' }, 'not pushed', clone);
    owner.git(['update-ref', 'refs/remotes/origin/main', own], clone);
    write(owner.git(['rev-parse', '--absolute-git-dir'], clone), { FETCH_HEAD: `${own}\t\tbranch 'main' of ${lib}\n` });
    expect(await unknown(item.number, link(path, 'lib', own))).toEqual(['lib']);
  });

  it('one is not known by a remote that the change itself names', async () => {
    const { item, path } = await opened();
    init(path);
    const own = owner.commit({ 'lib.txt': 'own\n' }, 'not pushed', join(path, 'lib'));
    owner.git(['config', '-f', '.gitmodules', 'submodule.lib.url', join(path, 'lib')], path);
    owner.git(['add', '.gitmodules'], path);
    expect(await unknown(item.number, link(path, 'lib', own))).toEqual(['lib']);
  });

  it('a new one without an entry in .gitmodules leads nowhere, whatever commit it names', async () => {
    const { item, path } = await opened();
    repository(join(path, 'web'));
    expect(await unknown(item.number, link(path, 'web', owner.git(['rev-parse', 'HEAD'], join(path, 'web'))))).toEqual(['web']);
    const again = await opened();
    expect(await unknown(again.item.number, link(again.path, 'itself', owner.git(['rev-parse', 'main'])))).toEqual(['itself']);
  });
});

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProjectGit } from '../../../src/git/project-git.ts';
import { MARK, makeOwner, numbered, open, type Owner, read, write } from '../owner.ts';

// What a run did not touch is in no commit of Musher's, and what git does not show is not lost by a snapshot, a reset or a removal.

let owner: Owner;
afterEach(() => owner.remove());

const number = numbered(1);
const item = { number, branch: `musher/1-work-${MARK}` };

interface Member {
  /** The repository before. */
  readonly files?: Record<string, string>;
  readonly prepare?: () => void;
  /** What lies in the worktree besides the run's own change. */
  readonly does: (path: string, git: ProjectGit) => void | Promise<void>;
  /** Files that Musher commits; `own.txt`, the run's own change, is always one. */
  readonly commits?: readonly string[];
  readonly uncommittable?: readonly string[];
  /** Files whose bytes are nobody's change, and have to be in a snapshot all the same. */
  readonly apart?: Record<string, string>;
  /** A set-up can make them again. */
  readonly setUp?: true;
}

const upper = (): void => {
  owner.git(['config', '--global', 'filter.up.clean', 'tr a-z A-Z']);
  owner.git(['config', '--global', 'filter.up.smudge', 'tr A-Z a-z']);
  owner.git(['config', '--global', 'filter.up.required', 'true']);
};
const FILTERED = { '.gitattributes': '*.big filter=up\n', 'x.big': 'CONTENT\n', 'y.big': 'OTHER\n' };
const FOLDERS = { 'small/1': '1\n', 'big/1': '1\n', 'big/deep/2': '2\n', 'top.txt': 'top\n' };
const git = (args: readonly string[], path: string): string => owner.git(args, path);
const sparse =
  (...how: string[]) =>
  (path: string): void => {
    git(['sparse-checkout', 'set', ...how], path);
    expect(existsSync(join(path, 'big/1'))).toBe(false);
  };

/** Attributes come later than the files that they are about: `git add -A` would normalise those. */
const attributes = (text: string): void => {
  write(owner.repository, { '.gitattributes': text });
  owner.git(['add', '.gitattributes']);
  owner.git(['commit', '-qm', 'attributes']);
};

const MEMBERS: Record<string, Member> = {
  'a sparse worktree': { files: FOLDERS, does: sparse('small') },
  'a sparse worktree by patterns': { files: FOLDERS, does: sparse('--no-cone', '/small/', '/top.txt') },
  'a sparse index, of a version that shortens names': {
    files: FOLDERS,
    prepare: (): void => void owner.git(['config', '--global', 'index.version', '4']),
    does: (path): void => {
      sparse('--sparse-index', 'small')(path);
      git(['update-index', '--index-version', '4'], path);
    },
  },
  'a sparse worktree with a split index': {
    files: FOLDERS,
    does: (path): void => {
      git(['update-index', '--split-index'], path);
      sparse('small')(path);
      git(['update-index', '--split-index'], path);
    },
  },
  'ignored files in a worktree that leaves out the rules of what is ignored': {
    files: { ...FOLDERS, '.gitignore': '.env\nbuild/\n', 'small/.gitignore': '*.log\n' },
    does: (path): void => {
      sparse('--no-cone', '/small/', '!/small/.gitignore', '/top.txt')(path);
      for (const name of ['.gitignore', 'small/.gitignore']) expect(existsSync(join(path, name))).toBe(false);
      write(path, { '.env': 'SECRET=1\n', 'build/out.bin': 'out\n', 'small/run.log': 'log\n' });
    },
  },
  'ignored files where git is told not to look at the rules of what is ignored': {
    files: { ...FOLDERS, '.gitignore': '.env\n' },
    does: (path): void => {
      git(['update-index', '--skip-worktree', '.gitignore'], path);
      rmSync(join(path, '.gitignore'));
      write(path, { '.env': 'SECRET=1\n' });
    },
  },
  'a file outside of the sparse cone that was made again': {
    files: FOLDERS,
    does: (path): void => {
      sparse('small')(path);
      write(path, { 'big/1': 'changed\n' });
    },
    commits: ['big/1'],
  },
  'a changed file that git was told to skip': {
    files: FOLDERS,
    does: (path): void => {
      git(['update-index', '--skip-worktree', 'top.txt'], path);
      write(path, { 'top.txt': 'local\n' });
    },
    apart: { 'top.txt': 'local\n' },
  },
  'a removed file that git was told to skip': {
    files: FOLDERS,
    does: (path): void => {
      git(['update-index', '--skip-worktree', 'top.txt'], path);
      rmSync(join(path, 'top.txt'));
    },
  },
  'a changed file that git was told to take for unchanged': {
    files: FOLDERS,
    does: (path): void => {
      git(['update-index', '--assume-unchanged', 'big/1'], path);
      write(path, { 'big/1': 'local\n' });
    },
    apart: { 'big/1': 'local\n' },
  },
  'files that a set-up has brought through a filter': {
    files: FILTERED,
    prepare: upper,
    does: (path): void => {
      rmSync(join(path, 'x.big'));
      git(['checkout', '--', 'x.big'], path);
      expect(read(path, 'x.big')).toBe('content\n');
    },
  },
  'a changed file with a filter that git has cleaned': {
    files: FILTERED,
    prepare: upper,
    does: (path): void => {
      write(path, { 'x.big': 'new content\n' });
      git(['add', 'x.big'], path);
    },
    commits: ['x.big'],
  },
  'files with a filter, changed and new, that nobody has cleaned': {
    files: FILTERED,
    prepare: upper,
    does: (path): void => {
      git(['checkout', '--', 'y.big'], path);
      write(path, { 'x.big': 'new content\n', 'new.big': 'new\n' });
    },
    uncommittable: ['new.big', 'x.big'],
    apart: { 'x.big': 'new content\n', 'new.big': 'new\n' },
  },
  'a removed file with a filter': {
    files: FILTERED,
    prepare: upper,
    does: (path): void => rmSync(join(path, 'x.big')),
    commits: ['x.big'],
  },
  'an index that names a content nobody has': {
    files: FILTERED,
    prepare: upper,
    does: (path): void => {
      write(path, { 'x.big': 'new content\n' });
      git(['add', 'x.big'], path);
      const blob = git(['rev-parse', ':x.big'], path);
      rmSync(join(owner.repository, '.git', 'objects', blob.slice(0, 2), blob.slice(2)));
    },
    uncommittable: ['x.big'],
    apart: { 'x.big': 'new content\n' },
  },
  'a filter that is named by the attributes alone': {
    files: FILTERED,
    does: (path): void => write(path, { 'x.big': 'new content\n' }),
    commits: ['x.big'],
  },
  'line ends that were never normalised': {
    files: { 'dos.txt': 'one\r\ntwo\r\n', 'deep/dos.txt': 'one\r\n' },
    prepare: (): void => attributes('*.txt text\n'),
    does: (path): void => {
      // As after a checkout in the same second: git looks into the files.
      git(['status'], path);
    },
  },
  'line ends that core.autocrlf would change': {
    files: { 'dos.txt': 'one\r\ntwo\r\n' },
    prepare: (): void => {
      owner.git(['config', 'core.autocrlf', 'input']);
      attributes('dos.txt text\n');
    },
    does: (): void => undefined,
  },
  'an encoding of working files': {
    files: { '.gitattributes': '*.u16 working-tree-encoding=UTF-16LE\n' },
    does: (path): void => write(path, { 'new.u16': Buffer.from('text\n', 'utf16le') }),
    commits: ['new.u16'],
  },
  'a file that is not of the encoding it names': {
    files: { '.gitattributes': '*.u16 working-tree-encoding=UTF-16LE\n' },
    does: (path): void => write(path, { 'new.u16': Buffer.from('odd', 'latin1') }),
    uncommittable: ['new.u16'],
    apart: { 'new.u16': 'odd' },
  },
  'expanded identifiers': {
    files: { '.gitattributes': '*.txt ident\n', 'id.txt': '$Id$\n' },
    does: (path): void => {
      expect(read(path, 'id.txt')).toMatch(/^\$Id: [0-9a-f]{40} \$\n$/);
      write(path, { 'id.txt': read(path, 'id.txt') });
    },
  },
  'an untracked cache': {
    does: (path): void => {
      git(['update-index', '--force-untracked-cache'], path);
      git(['status'], path);
    },
  },
  'modes that the repository says do not count': {
    prepare: (): void => void owner.git(['config', 'core.fileMode', 'false']),
    does: (path): void => chmodSync(join(path, 'shop.txt'), 0o755),
  },
  'what a set-up has changed, left and removed': {
    files: { 'lock.json': 'v1\n', 'gone.txt': 'x\n' },
    does: async (path, project): Promise<void> => {
      write(path, { 'lock.json': 'v2\n', 'package.log': 'log\n' });
      rmSync(join(path, 'gone.txt'));
      await project.noteSetUp(item, []);
    },
    apart: { 'lock.json': 'v2\n', 'package.log': 'log\n' },
    setUp: true,
  },
  'what a set-up has left and the run has changed since': {
    files: { 'lock.json': 'v1\n' },
    does: async (path, project): Promise<void> => {
      write(path, { 'lock.json': 'v2\n' });
      await project.noteSetUp(item, []);
      write(path, { 'lock.json': 'v3\n' });
    },
    commits: ['lock.json'],
  },
  'what was changed before the set-up': {
    files: { 'lock.json': 'v1\n' },
    does: async (path, project): Promise<void> => {
      write(path, { 'lock.json': 'v2\n' });
      await project.noteSetUp(item, await project.leftovers(item));
    },
    commits: ['lock.json'],
  },
};

/** The names that two commits differ in. */
const between = (from: string, to: string): string[] =>
  owner.git(['diff', '--name-only', '--no-renames', from, to]).split('\n').filter(Boolean);

/** The names that plain git shows as changed, removed or new. */
const shown = (path: string): string[] =>
  owner
    .git(['-c', 'core.quotePath=false', 'status', '--porcelain', '--no-renames', '-z', '--untracked-files=all'], path)
    .split('\0')
    .filter(Boolean)
    .map((row) => row.replace(/^[ A-Z?]{1,2} /, ''));

async function start(member: Member) {
  owner = makeOwner({ files: member.files ?? { 'shop.txt': 'one\n' } });
  member.prepare?.();
  const project = await open(owner);
  const opened = await project.openWorktree({ number, title: 'work', branch: null });
  await member.does(opened.path, project);
  return { project, path: opened.path, base: opened.base, own: ['own.txt', ...(member.commits ?? [])].toSorted() };
}

describe.each(Object.entries(MEMBERS))('%s', (_name, member) => {
  it('is no work of a run that did nothing else', async () => {
    const { project, own } = await start(member);
    const expected = [...own.filter((name) => name !== 'own.txt'), ...(member.uncommittable ?? [])].toSorted();
    expect((await project.leftovers(item)).toSorted()).toEqual(expected);
    expect(await project.uncommittable(item)).toEqual(member.uncommittable ?? []);
  });

  it('is in no commit of another change, and git in the worktree sees none of it afterwards', async () => {
    const { project, path, base, own } = await start(member);
    write(path, { 'own.txt': 'own\n' });
    const before = shown(path);
    const commit = await project.commitLeftovers(item, 'work');
    if (commit === null) throw new Error('nothing committed');
    expect(between(base, commit)).toEqual(own);
    expect(shown(path)).toEqual(before.filter((name) => !own.includes(name)));
    expect(owner.git(['fsck', '--strict', '--no-dangling'])).toBe('');
  });

  it('is kept by a snapshot, does not become work by its restore, and a reset loses nothing of it', async () => {
    const { project, path, base, own } = await start(member);
    write(path, { 'own.txt': 'own\n' });
    const kept = await project.snapshot(item, 'now');
    if (kept === null) throw new Error('no snapshot');
    expect(between(base, kept.commit)).toEqual(own);
    for (const [name, bytes] of Object.entries(member.apart ?? {}))
      expect(owner.git(['cat-file', 'blob', `${kept.commit}^2:${name}`])).toBe(bytes.trimEnd());
    expect((await project.snapshot(item, 'again'))?.commit).toBe(kept.commit);
    expect((await project.snapshots(item))[0]?.why.includes('^2')).toBe(member.apart !== undefined);
    await project.resetWorktree(item);
    expect(owner.git(['diff', '--no-ext-diff', '--name-only', 'HEAD', '--', ...own], path)).toBe('');
    const restored = await project.restoreSnapshot({ ...item, title: 'work' }, 1);
    if (restored === null) throw new Error('no such snapshot');
    expect(restored.commitsAhead).toBe(1);
    expect(between(base, restored.head)).toEqual(own);
    expect(read(path, 'own.txt')).toBe('own\n');
  });
});

describe('a reset without a snapshot before', () => {
  const kept = Object.entries(MEMBERS).filter(([, { apart, setUp }]) => apart !== undefined && setUp !== true);

  it.each(kept)('keeps what no commit can hold: %s', async (_name, member) => {
    const { project } = await start(member);
    await project.resetWorktree(item);
    const all = owner.git(['rev-list', '--objects', '--all']);
    for (const bytes of Object.values(member.apart ?? {}).map((text) => Buffer.from(text))) {
      const blob = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
      expect(all).toContain(blob);
    }
  });
});

describe('a worktree that git was told to look at in part', () => {
  it('is whole again after a reset, and says so before', async () => {
    const { project, path } = await start({ files: FOLDERS, does: sparse('small') });
    expect(await project.hidesFiles(item)).toBe(true);
    await project.resetWorktree(item);
    expect(await project.hidesFiles(item)).toBe(false);
    expect(read(path, 'big/deep/2')).toBe('2\n');
    expect(git(['status', '--porcelain'], path)).toBe('');
  });

  it('stays as it is where its tie to the repository was broken', async () => {
    const { project, path } = await start({ files: FOLDERS, does: sparse('small') });
    writeFileSync(join(path, '.git'), 'gitdir: /nowhere\n');
    await project.openWorktree({ ...item, title: 'work' });
    expect(await project.leftovers(item)).toEqual([]);
    expect(git(['status', '--porcelain'], path)).toBe('');
  });
});

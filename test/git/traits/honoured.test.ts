import { chmodSync, existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeOwner, numbered, open, type Owner, read, write } from '../owner.ts';

// Kinds of repositories and settings of owners: an item's way through one of them changes what the item changes, and nothing else.

let owner: Owner;
afterEach(() => owner.remove());

interface Kind {
  readonly init?: readonly string[];
  readonly files?: Record<string, string>;
  readonly prepare?: () => void;
  /** Another repository than the first one. */
  readonly at?: () => string;
  readonly base?: string;
  /** What the owner's own git does while the item is under way. */
  readonly meanwhile?: (repository: string) => void;
  /** Left in the owner's checkout for a reason of their own, before and after. */
  readonly also?: (repository: string) => void;
}

const config = (key: string, value: string): void => void owner.git(['config', key, value]);
const ran = (): string => join(owner.root, 'ran');
const program = (name: string): string => {
  const file = join(owner.root, name);
  writeFileSync(file, `#!/bin/sh\ntouch '${ran()}'\nexit 1\n`);
  chmodSync(file, 0o755);
  return file;
};
const clone = (...how: string[]): string => {
  const path = join(owner.root, 'clone');
  owner.git(['clone', '-q', ...how, `file://${owner.repository}`, path]);
  return path;
};

const KINDS: Readonly<Record<string, Kind>> = {
  'a disk without links (core.symlinks=false)': {
    prepare: () => {
      symlinkSync('shop.txt', join(owner.repository, 'link'));
      owner.git(['add', 'link']);
      owner.git(['commit', '-qm', 'a link']);
      config('core.symlinks', 'false');
      owner.git(['rm', '-q', '--cached', 'link']);
      owner.git(['reset', '-q', '--hard']);
      expect(lstatSync(join(owner.repository, 'link')).isFile()).toBe(true);
    },
  },
  'core.ignoreCase, with names that differ in case alone': {
    files: { 'Readme.txt': 'one\n', 'readme.txt': 'two\n' },
    prepare: () => config('core.ignoreCase', 'true'),
  },
  'core.precomposeUnicode, with names in both forms': {
    files: { 'caf\u00e9.txt': 'one\n', 'cafe\u0301.txt': 'two\n' },
    prepare: () => config('core.precomposeUnicode', 'true'),
  },
  'core.fileMode=false, with a program': {
    prepare: () => {
      write(owner.repository, { 'run.sh': '#!/bin/sh\n' });
      owner.git(['add', 'run.sh']);
      owner.git(['update-index', '--chmod=+x', 'run.sh']);
      owner.git(['commit', '-qm', 'a program']);
      config('core.fileMode', 'false');
    },
  },
  'core.quotePath, with names that have to be quoted': {
    files: { 'tab\there.txt': '1\n', 'quote".txt': '2\n', 'ü.txt': '3\n', 'new\nline.txt': '4\n', ' space ': '5\n' },
    prepare: () => config('core.quotePath', 'true'),
  },
  'an fsmonitor and an untracked cache': {
    prepare: () => {
      config('core.untrackedCache', 'true');
      owner.git(['update-index', '--force-untracked-cache']);
      owner.git(['status']);
      config('core.fsmonitor', program('monitor'));
    },
  },
  'hooks elsewhere that refuse everything': {
    prepare: () => {
      mkdirSync(join(owner.root, 'hooks'));
      for (const hook of ['pre-commit', 'commit-msg', 'post-checkout', 'post-merge', 'reference-transaction', 'post-index-change'])
        program(`hooks/${hook}`);
      config('core.hooksPath', join(owner.root, 'hooks'));
    },
  },
  'notes on commits': { prepare: () => void owner.git(['notes', 'add', '-m', 'a note', 'HEAD']) },
  'replaced commits': {
    prepare: () => {
      const second = owner.commit({ 'a.txt': 'a\n' }, 'second');
      owner.git(['replace', '--graft', second]);
    },
  },
  grafts: {
    prepare: () => {
      const second = owner.commit({ 'a.txt': 'a\n' }, 'second');
      write(owner.repository, { '.git/info/grafts': `${second}\n` });
    },
  },
  'ident and export-subst': {
    files: { '.gitattributes': '*.txt ident export-subst\n', 'id.txt': '$Id$ $Format:%H$\n' },
    prepare: () => {
      owner.git(['rm', '-q', '--cached', 'id.txt']);
      owner.git(['reset', '-q', '--hard']);
    },
  },
  'configuration by includeIf': {
    files: { 'dos.txt': 'one\n' },
    prepare: () => {
      write(owner.root, { included: '[core]\n\tautocrlf = true\n' });
      owner.git(['config', '--global', `includeIf.gitdir:${owner.repository}/.path`, join(owner.root, 'included')]);
      owner.git(['rm', '-q', '--cached', 'dos.txt']);
      owner.git(['reset', '-q', '--hard']);
      expect(read(owner.repository, 'dos.txt')).toBe('one\r\n');
    },
  },
  'configuration of each worktree': {
    prepare: () => {
      config('extensions.worktreeConfig', 'true');
      owner.git(['config', '--worktree', 'core.fileMode', 'false']);
      owner.git(['config', '--worktree', 'core.sparseCheckout', 'false']);
    },
  },
  'a gc of the owner’s in between': {
    prepare: () => config('gc.auto', '1'),
    meanwhile: (repository) => {
      owner.git(['reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all'], repository);
      owner.git(['gc', '-q', '--prune=now'], repository);
      owner.git(['worktree', 'prune', '--expire=now'], repository);
    },
  },
  'refs and objects that are packed': {
    prepare: () => {
      owner.git(['pack-refs', '--all']);
      owner.git(['repack', '-adq']);
    },
    meanwhile: (repository) => {
      owner.git(['pack-refs', '--all'], repository);
      owner.git(['repack', '-adq', '--write-bitmap-index'], repository);
      owner.git(['commit-graph', 'write', '--reachable'], repository);
      owner.git(['multi-pack-index', 'write'], repository);
    },
  },
  sha256: { init: ['--object-format=sha256'] },
  'a shallow clone': {
    prepare: () => void owner.commit({ 'a.txt': 'a\n' }, 'second'),
    at: () => clone('--depth=1'),
  },
  'a clone of one branch': { at: () => clone('--single-branch') },
  'objects of another repository (alternates)': { at: () => clone('--shared', '--no-local') },
  'a base branch without a common past': {
    prepare: () => {
      owner.git(['checkout', '-q', '--orphan', 'fresh']);
      owner.git(['rm', '-rfq', '.']);
      owner.commit({ 'fresh.txt': 'fresh\n' }, 'fresh');
    },
    base: 'fresh',
  },
  'a base branch with an odd name': { prepare: () => void owner.git(['branch', '-m', 'rel/ü#1&$(x)\'%"']), base: 'rel/ü#1&$(x)\'%"' },
  'a base branch with the name of a ref': { prepare: () => void owner.git(['branch', '-m', 'refs/heads/main']), base: 'refs/heads/main' },
  'a base branch and a tag of one name': {
    prepare: () => {
      owner.git(['tag', 'main', owner.commit({ 'a.txt': 'a\n' }, 'tagged')]);
      owner.commit({ 'a.txt': 'b\n' }, 'later');
    },
  },
  'a base branch named HEAD in a folder': { prepare: () => void owner.git(['branch', '-m', 'x/HEAD']), base: 'x/HEAD' },
  'a submodule that ignores all (diff.ignoreSubmodules, status.*)': {
    prepare: () => {
      config('status.showUntrackedFiles', 'no');
      config('diff.ignoreSubmodules', 'all');
      config('diff.noprefix', 'true');
      config('diff.external', program('differ'));
      config('core.abbrev', '4');
      config('log.showSignature', 'true');
      config('commit.gpgSign', 'true');
      config('gpg.program', program('gpg'));
    },
  },
};

const number = numbered(1);
const refs = (at: string): string[] =>
  owner
    .git(['for-each-ref', '--format=%(objectname) %(refname)'], at)
    .split('\n')
    .filter((row) => !/ refs\/(?:heads\/musher|musher)\//.test(row));
/** As the owner sees it, but for programs of theirs that only say that they were run. */
const status = (at: string): string =>
  owner.git(['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', 'status', '--porcelain', '--untracked-files=all'], at);

describe('an item changes what it changes, and nothing else, in a repository with', () => {
  it.each(Object.entries(KINDS))('%s', async (_what, kind) => {
    owner = makeOwner({
      ...(kind.init === undefined ? {} : { init: kind.init }),
      ...(kind.files === undefined ? {} : { files: kind.files }),
    });
    kind.prepare?.();
    const repository = kind.at?.() ?? owner.repository;
    const baseBranch = kind.base ?? 'main';
    const tip = (): string => owner.git(['--no-replace-objects', 'rev-parse', `refs/heads/${baseBranch}`], repository);
    const [before, refsBefore, statusBefore] = [tip(), refs(repository), status(repository)];
    const git = await open(owner, { repository, baseBranch });
    const { path, branch } = await git.openWorktree({ number, title: 'work', branch: null });
    const item = { number, branch };
    expect(await git.leftovers(item)).toEqual([]);
    write(path, { 'own.txt': 'own\n' });
    expect(await git.leftovers(item)).toEqual(['own.txt']);
    kind.meanwhile?.(repository);
    const kept = await git.snapshot(item, 'now');
    if (kept === null) throw new Error('no snapshot');
    await git.resetWorktree(item);
    kind.meanwhile?.(repository);
    expect((await git.restoreSnapshot({ ...item, title: 'work' }, 1))?.commitsAhead).toBe(1);
    const head = (await git.readWork(branch))?.head;
    if (head === undefined) throw new Error('no work');
    expect(await git.changedPaths(head)).toEqual(['own.txt']);
    kind.meanwhile?.(repository);
    const base = await git.baseHead();
    const squashed = await git.squash({ base, head });
    if (squashed.kind !== 'clean') throw new Error(squashed.kind);
    const commit = await git.commitSquash({ tree: squashed.tree, base, message: 'work' });
    expect(await git.refusedObjects(base, commit)).toBe(null);
    const moved = await git.moveBase({ from: base, to: commit });
    expect(moved).toEqual({ kind: 'moved', checkout: 'fast-forwarded' });
    kind.meanwhile?.(repository);
    await git.removeWorktree(item, { deleteBranch: true });

    expect(owner.git(['--no-replace-objects', 'diff', '--no-ext-diff', '--no-renames', '--name-status', before, tip()], repository)).toBe(
      'A\town.txt',
    );
    expect(refs(repository)).toEqual(
      refsBefore.map((row) => (row.endsWith(` refs/heads/${baseBranch}`) ? row.replace(before, tip()) : row)),
    );
    expect(status(repository)).toBe(statusBefore);
    expect(read(repository, 'own.txt').trimEnd()).toBe('own');
    expect(owner.git(['-c', 'core.fsmonitor=false', 'fsck', '--strict', '--no-dangling'], repository)).toBe('');
    expect(existsSync(ran())).toBe(false);
  });
});

it('a base branch without a commit is refused with what to do', async () => {
  owner = makeOwner();
  owner.git(['checkout', '-q', '--orphan', 'unborn']);
  await expect(open(owner, { baseBranch: 'unborn' })).rejects.toMatchObject({
    code: 'REPOSITORY_UNUSABLE',
    message: expect.stringContaining('unborn'),
    hint: expect.stringContaining('base_branch'),
  });
});

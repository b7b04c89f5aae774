import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { makeOwner, numbered, open, type Owner, read, shaOf, write } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
let lib: string;
beforeEach(async () => {
  owner = makeOwner();
  lib = join(owner.root, 'upstream/lib');
  mkdirSync(lib, { recursive: true });
  owner.git(['init', '-q', '-b', 'main', lib]);
  owner.commit({ 'lib.txt': 'one\n' }, 'one', lib);
  owner.commit({ 'lib.txt': 'two\n' }, 'two', lib);
  owner.git(['-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', lib, 'lib']);
  owner.git(['commit', '-q', '-m', 'lib']);
  git = await open(owner);
});
afterEach(() => owner.remove());

/** Brings a commit of a worktree to the base branch as a merge does. */
async function merged(number: number, change: (worktree: string) => void): Promise<string> {
  const { path, branch } = await git.openWorktree({ number: numbered(number), title: 'Bump', branch: null });
  change(path);
  owner.git(['commit', '-q', '-m', 'work'], path);
  const base = await git.baseHead();
  const squashed = await git.squash({ base, head: shaOf(owner.git(['rev-parse', branch])) });
  if (squashed.kind !== 'clean') throw new Error(squashed.kind);
  const commit = await git.commitSquash({ tree: squashed.tree, base, message: `${number}: work` });
  const moved = await git.moveBase({ from: base, to: commit });
  return moved.kind === 'moved' && typeof moved.checkout === 'string' ? moved.checkout : JSON.stringify(moved);
}

const link = (name: string, commit: string) => (path: string) =>
  void owner.git(['update-index', '--add', '--cacheinfo', `160000,${commit},${name}`], path);

it("a submodule that a merge moves stays as it is in the owner's checkout, as with git's own fast-forward, and later merges reach it", async () => {
  const [one, two] = ['HEAD~1', 'HEAD'].map((name) => owner.git(['rev-parse', name], lib));
  expect(await merged(1, link('lib', one ?? ''))).toBe('fast-forwarded');
  expect(owner.git(['rev-parse', 'HEAD:lib'])).toBe(one);
  expect(owner.git(['rev-parse', 'HEAD'], join(owner.repository, 'lib'))).toBe(two);
  write(join(owner.repository, 'lib'), { 'mine.txt': 'mine\n' });
  expect(
    await merged(2, (path) => {
      write(path, { 'b.txt': 'b\n' });
      owner.git(['add', 'b.txt'], path);
    }),
  ).toBe('fast-forwarded');
  expect(read(owner.repository, 'b.txt')).toBe('b\n');
  expect(read(owner.repository, 'lib', 'mine.txt')).toBe('mine\n');
});

it('a submodule that the owner has staged at another commit is theirs', async () => {
  owner.git(['checkout', '-q', 'HEAD~1'], join(owner.repository, 'lib'));
  owner.git(['add', 'lib']);
  const outcome = await merged(1, (path) => {
    write(path, { 'b.txt': 'b\n' });
    owner.git(['add', 'b.txt'], path);
  });
  expect(outcome).toContain('leftAlone');
});

it('a new submodule comes to a checkout where a folder of that name stands, and what is in it stays; a file there is no folder', async () => {
  const head = owner.git(['rev-parse', 'HEAD'], lib);
  write(owner.repository, { 'second/notes.txt': 'notes\n', third: 'a file\n' });
  expect(await merged(1, link('second', head))).toBe('fast-forwarded');
  expect(read(owner.repository, 'second', 'notes.txt')).toBe('notes\n');
  expect(await merged(2, link('third', head))).toContain('leftAlone');
  expect(read(owner.repository, 'third')).toBe('a file\n');
});

it('a submodule goes with its merge, and what the owner has in its folder stays', async () => {
  write(join(owner.repository, 'lib'), { 'mine.txt': 'mine\n' });
  expect(await merged(1, (path) => void owner.git(['rm', '-q', 'lib'], path))).toBe('fast-forwarded');
  expect(owner.git(['ls-tree', '--name-only', 'HEAD'])).not.toContain('lib');
  expect(read(owner.repository, 'lib', 'mine.txt')).toBe('mine\n');
});

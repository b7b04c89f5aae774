import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { makeOwner, numbered, open, type Owner, shaOf, write } from './owner.ts';

/** Where the base branch stood, as the log would know it. */
let gone: CommitSha[];
let owner: Owner;
let git: ProjectGit;
let leak: CommitSha;
let item: { readonly number: ReturnType<typeof numbered>; readonly branch: string };
let path: string;
beforeEach(async () => {
  owner = makeOwner();
  gone = [];
  git = await open(owner, { gone: () => gone });
  leak = owner.commit({ 'leak.txt': 'password = hunter2\n', 'app.txt': 'app\n' }, 'oops');
  const opened = await git.openWorktree({ number: numbered(1), title: 'work', branch: null });
  item = { number: numbered(1), branch: opened.branch };
  path = opened.path;
});
afterEach(() => owner.remove());

const filesIn = (tree: string): string[] => owner.git(['ls-tree', '-r', '--name-only', tree]).split('\n').sort();

describe('what the owner takes off the base branch under an item does not come back with it', () => {
  it.each<[how: string, takeOff: () => void]>([
    ['a reset', () => void owner.git(['reset', '-q', '--hard', 'HEAD~1'])],
    [
      'a reset and a commit of something else',
      () => {
        owner.git(['reset', '-q', '--hard', 'HEAD~1']);
        owner.commit({ 'clean.txt': 'clean\n' }, 'clean');
      },
    ],
    [
      'an amended commit',
      () => {
        owner.git(['rm', '-q', 'leak.txt']);
        owner.git(['commit', '-q', '--amend', '-m', 'app']);
      },
    ],
    [
      'a rebase that drops it',
      () => {
        owner.commit({ 'later.txt': 'later\n' }, 'later');
        owner.git(['rebase', '-q', '--onto', 'HEAD~2', 'HEAD~1']);
      },
    ],
    [
      'a history written anew',
      () => {
        owner.git(['checkout', '-q', '--orphan', 'fresh']);
        owner.git(['rm', '-q', '--cached', 'leak.txt', 'app.txt']);
        owner.git(['commit', '-q', '-m', 'all anew']);
        owner.git(['branch', '-qM', 'main']);
        owner.git(['clean', '-fdq']);
      },
    ],
  ])('by %s', async (_how, takeOff) => {
    const head = owner.commit({ 'work.txt': 'work\n' }, 'work', path);
    takeOff();
    gone = [leak];
    const base = await git.baseHead();
    expect(await git.readWork(item.branch)).toMatchObject({ head, commitsAhead: 1 });
    expect(await git.changedPaths(head)).toEqual(['work.txt']);
    expect((await git.diff({ branch: item.branch, maxBytes: 10_000 }))?.text).not.toContain('hunter2');
    expect((await git.log({ branch: item.branch, max: 9 })).map(({ subject }) => subject)).toEqual(['work']);
    const squashed = await git.squash({ base, head });
    if (squashed.kind !== 'clean') throw new Error(squashed.kind);
    expect(filesIn(squashed.tree)).toEqual([...filesIn('main'), 'work.txt'].sort());
    expect(filesIn(squashed.tree)).not.toContain('leak.txt');
  });

  it('also where an agent has merged what was taken off, and where it now merges what stands there instead', async () => {
    owner.commit({ 'work.txt': 'work\n' }, 'work', path);
    const later = owner.commit({ 'later.txt': 'later\n' }, 'later');
    owner.git(['merge', '-q', '--no-edit', 'main'], path);
    owner.git(['reset', '-q', '--hard', `${leak}~1`]);
    owner.commit({ 'work.txt': 'ours\n' }, 'clean');
    gone = [later];
    const base = await git.baseHead();
    const before = shaOf(owner.git(['rev-parse', item.branch]));
    expect(await git.squash({ base, head: before })).toMatchObject({ kind: 'conflict', files: ['work.txt'] });
    expect(await git.stageConflict(item, base)).toEqual(['work.txt']);
    write(path, { 'work.txt': 'both\n' });
    owner.git(['commit', '-qa', '--no-edit'], path);
    const head = shaOf(owner.git(['rev-parse', item.branch]));
    const squashed = await git.squash({ base, head });
    if (squashed.kind !== 'clean') throw new Error(squashed.kind);
    expect(filesIn(squashed.tree)).toEqual(filesIn('main'));
    expect(await git.changedPaths(head)).toEqual(['work.txt']);
  });

  it('is a conflict where the work builds on it, and no work where there is nothing but that', async () => {
    const head = owner.commit({ 'leak.txt': 'password = hunter3\n' }, 'work', path);
    owner.git(['reset', '-q', '--hard', 'HEAD~1']);
    gone = [leak];
    expect(await git.squash({ base: await git.baseHead(), head })).toMatchObject({ kind: 'conflict', files: ['leak.txt'] });
    owner.git(['reset', '-q', '--hard', leak], path);
    expect(await git.readWork(item.branch)).toMatchObject({ commitsAhead: 0 });
    // It begins again from what is there.
    expect(await git.openWorktree({ ...item, title: 'work' })).toMatchObject({ head: await git.baseHead(), commitsAhead: 0 });
  });

  it('comes back where the owner puts it back, and where a later item makes it anew', async () => {
    const head = owner.commit({ 'work.txt': 'work\n' }, 'work', path);
    gone = [leak];
    expect(await git.changedPaths(head)).toEqual(['work.txt']);
    owner.git(['reset', '-q', '--hard', 'HEAD~1']);
    const opened = await git.openWorktree({ number: numbered(2), title: 'anew', branch: null });
    const again = owner.commit({ 'leak.txt': 'a new one\n' }, 'on purpose', opened.path);
    expect(await git.changedPaths(again)).toEqual(['leak.txt']);
    const squashed = await git.squash({ base: await git.baseHead(), head: again });
    expect(squashed.kind === 'clean' && filesIn(squashed.tree)).toContain('leak.txt');
  });

  it('stays away also after git has thrown it away', async () => {
    const head = owner.commit({ 'work.txt': 'work\n' }, 'work', path);
    gone = [shaOf('1'.repeat(40))];
    expect(await git.changedPaths(head)).toEqual(['work.txt']);
  });
});

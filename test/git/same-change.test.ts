import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { makeOwner, numbered, open, type Owner, shaOf } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
let first: CommitSha;
beforeEach(async () => {
  owner = makeOwner();
  git = await open(owner);
  first = await git.baseHead();
  owner.git(['switch', '-q', '-c', 'work']);
});
afterEach(() => owner.remove());

const LINES = 'one\ntwo\nthree\n';
const headOf = (branch: string): CommitSha => shaOf(owner.git(['rev-parse', branch]));
/** Two commits that were turned down. */
function rejected(): CommitSha {
  owner.commit({ 'shop.txt': `zero\n${LINES}` }, 'a');
  return owner.commit({ 'b.txt': 'b\n' }, 'b');
}

describe('work that was turned down', () => {
  it.each<[how: string, again: () => void]>([
    ['the same commit', () => undefined],
    ['an empty commit on top', () => void owner.git(['commit', '-q', '--allow-empty', '-m', 'nothing'])],
    ['another message', () => void owner.git(['commit', '-q', '--amend', '-m', 'other'])],
    ['one commit instead of two', () => void owner.git(['reset', '-q', '--soft', first])],
    ['a commit less', () => void owner.git(['reset', '-q', '--hard', 'HEAD~1'])],
    [
      'a change and its opposite on top',
      () => {
        owner.commit({ 'c.txt': 'c' }, 'c');
        owner.git(['revert', '--no-edit', 'HEAD']);
      },
    ],
    [
      'rebased onto a base branch that changed the same file elsewhere',
      () => {
        owner.git(['switch', '-q', 'main']);
        owner.commit({ 'shop.txt': `${LINES}four\nfive\nsix\n` }, 'meanwhile');
        owner.git(['switch', '-q', 'work']);
        owner.git(['rebase', '-q', 'main']);
      },
    ],
    [
      'the base branch merged into it',
      () => {
        owner.git(['switch', '-q', 'main']);
        owner.commit({ 'd.txt': 'd\n' }, 'meanwhile');
        owner.git(['switch', '-q', 'work']);
        owner.git(['merge', '-q', '--no-edit', 'main']);
      },
    ],
    [
      'picked onto a new branch',
      () => {
        owner.git(['switch', '-q', '-c', 'other', 'main']);
        owner.git(['cherry-pick', 'work~1', 'work']);
        owner.git(['branch', '-qf', 'work']);
        owner.git(['switch', '-q', 'work']);
      },
    ],
  ])('is known again: %s', async (_how, again) => {
    const refused = rejected();
    again();
    if (owner.git(['status', '--porcelain']) !== '') owner.git(['commit', '-q', '-m', 'both']);
    expect(await git.isRefused(headOf('work'), [refused])).toBe(true);
  });

  it('is known again by its merge, where that was reverted and the branch is gone', async () => {
    rejected();
    owner.git(['switch', '-q', 'main']);
    owner.git(['merge', '-q', '--squash', 'work']);
    owner.git(['commit', '-q', '-m', '1: Merged']);
    const merge = headOf('main');
    owner.git(['revert', '--no-edit', 'HEAD']);
    owner.git(['switch', '-q', '-C', 'work', 'main']);
    const again = owner.commit({ 'shop.txt': `zero\n${LINES}`, 'b.txt': 'b\n' }, 'as if it were new');
    expect(await git.isRefused(again, [merge])).toBe(true);
  });

  it.each<[how: string, again: () => void]>([
    ['a fix on top', () => void owner.commit({ 'b.txt': 'better\n' }, 'fix')],
    ['a new mode', () => void owner.git(['update-index', '--chmod=+x', 'b.txt'])],
    [
      'something else altogether',
      () => {
        owner.git(['reset', '-q', '--hard', first]);
        owner.commit({ 'c.txt': 'c\n' }, 'c');
      },
    ],
  ])('is new work with %s', async (_how, again) => {
    const refused = rejected();
    again();
    if (owner.git(['status', '--porcelain']) !== '') owner.git(['commit', '-q', '-m', 'more']);
    expect(await git.isRefused(headOf('work'), [refused])).toBe(false);
  });

  it('is no hindrance where git has thrown it away', async () => {
    rejected();
    expect(await git.isRefused(headOf('work'), [shaOf('1'.repeat(40))])).toBe(false);
  });
});

describe('a branch of which the base branch has everything', () => {
  const onMain = (work: () => void): CommitSha => {
    owner.git(['switch', '-q', 'main']);
    work();
    return headOf('main');
  };
  const brought = (): Promise<CommitSha | null> => git.broughtByHand({ number: numbered(1), head: headOf('work') });

  it('was brought there by a squash or by its commits, one by one', async () => {
    rejected();
    const squashed = onMain(() => {
      owner.git(['merge', '-q', '--squash', 'work']);
      owner.git(['commit', '-q', '-m', 'by hand']);
    });
    expect(await brought()).toBe(squashed);
    owner.git(['reset', '-q', '--hard', first]);
    onMain(() => void owner.commit({ 'd.txt': 'd\n' }, 'meanwhile'));
    const picked = onMain(() => void owner.git(['cherry-pick', 'work~1', 'work']));
    expect(await brought()).toBe(picked);
  });

  it('was not where another item or the owner made the same change', async () => {
    rejected();
    onMain(() => {
      owner.git(['merge', '-q', '--squash', 'work']);
      owner.git(['commit', '-q', '-m', '2: Another\n\nMusher-Item: 2']);
    });
    expect(await brought()).toBeNull();
    owner.git(['reset', '-q', '--hard', first]);
    onMain(() => void owner.commit({ 'shop.txt': `zero\n${LINES}`, 'b.txt': 'b\n', 'more.txt': 'more\n' }, 'more than that'));
    expect(await brought()).toBeNull();
  });
});

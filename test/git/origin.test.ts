import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { exists, makeOwner, MARK, numbered, open, type Owner, shaOf, write } from './owner.ts';

const OTHER = 'deadbeef';
const number = numbered(1);
const named = { number, title: 'Sell tea', branch: null };

let owner: Owner;
let git: ProjectGit;
let first: CommitSha;
beforeEach(async () => {
  owner = makeOwner();
  git = await open(owner);
  first = await git.baseHead();
});
afterEach(() => owner.remove());

/** Another log or project on the same repository, with a data directory of its own. */
const another = (mark = OTHER, old: Parameters<typeof open>[1] = {}): Promise<ProjectGit> =>
  open({ ...owner, dataDir: `${owner.dataDir}-${mark}` }, { ...old, mark });

describe('another Musher on the repository that counts to the same number', () => {
  it('has its own branch, worktree and snapshots, and its work is no part of this item', async () => {
    const other = await another();
    const theirs = await other.openWorktree(named);
    const head = owner.commit({ 'theirs.txt': 'theirs\n' }, 'theirs', theirs.path);
    write(theirs.path, { 'draft.txt': 'theirs, too\n' });
    await other.snapshot({ number, branch: theirs.branch }, 'before a stop');

    const ours = await git.openWorktree(named);
    expect([theirs.branch, ours.branch]).toEqual([`musher/1-sell-tea-${OTHER}`, `musher/1-sell-tea-${MARK}`]);
    expect(ours).toMatchObject({ head: first, commitsAhead: 0 });
    expect(await git.snapshots({ number })).toEqual([]);
    await git.snapshot({ number, branch: ours.branch }, 'ours');
    expect((await git.snapshots({ number })).map(({ n, why }) => [n, why])).toEqual([[1, 'ours']]);
    await git.removeWorktree({ number, branch: ours.branch }, { deleteBranch: true });
    expect(await other.readWork(theirs.branch)).toMatchObject({ head, commitsAhead: 1 });
    expect(exists(theirs.path, 'draft.txt')).toBe(true);
    expect(await git.itemsWithLeftovers()).toEqual([]);
    const none = { live: [], find: () => null };
    expect(await git.reconcile(none, `${owner.dataDir}/quarantine`)).toEqual({ quarantined: [], mended: [], odd: [] });
  });

  it('has an unused branch that is not taken up, and that no removal takes away', async () => {
    const theirs = await (await another()).openWorktree(named);
    owner.git(['worktree', 'remove', '--force', theirs.path]);
    const ours = await git.openWorktree(named);
    await git.removeWorktree({ number, branch: null }, { deleteBranch: true });
    expect(owner.git(['branch', '--list', '--format=%(refname:short)', 'musher/*'])).toBe(theirs.branch);
    expect(ours.branch).not.toBe(theirs.branch);
  });
});

describe('what the history of the base branch says of items', () => {
  const merged = (n: number, mark: string | null, title = 'Sell tea'): CommitSha => {
    const trailers = `Musher-Item: ${n}${mark === null ? '' : `\nMusher-Log: ${mark}`}`;
    return owner.commit({ [`${n}-${mark ?? 'none'}-${title}.txt`]: 'x\n' }, `${n}: ${title}\n\n${trailers}`);
  };
  const history = async (of = git): Promise<unknown[]> =>
    (await of.mergeHistory(await of.baseHead(), first)).map(({ number: n, kind, commit, merge }) => [n, kind, commit, merge]);

  it('counts merges of this log alone, whatever was merged under the same numbers', async () => {
    const ours = merged(1, MARK);
    merged(1, OTHER);
    merged(2, OTHER);
    merged(3, null);
    expect(await history()).toEqual([[1, 'merged', ours, null]]);
  });

  it('counts reverts of its merges, by a command or by git revert, and not those of others', async () => {
    const [one, two] = [merged(1, MARK), merged(2, MARK)];
    merged(1, OTHER);
    owner.git(['revert', '--no-edit', 'HEAD']);
    owner.git(['revert', '--no-edit', two]);
    const second = shaOf(owner.git(['rev-parse', 'HEAD']));
    owner.commit({ 'x.txt': 'x' }, `Revert "1: Sell tea"\n\nMusher-Undo: 1\nMusher-Log: ${OTHER}`);
    const undone = owner.commit({ 'y.txt': 'y' }, `Revert "1: Sell tea"\n\nMusher-Undo: 1\nMusher-Log: ${MARK}`);
    expect(await history()).toEqual([
      [1, 'undone', undone, one],
      [2, 'undone', second, two],
    ]);
  });

  it('counts only what is newer than what was there when the log was copied, and nothing where nobody knows that', async () => {
    const before = merged(1, MARK);
    const since = merged(2, MARK);
    expect(await git.mergeHistory(since, before)).toMatchObject([{ number: 2, commit: since }]);
    // A revert of an older merge is news.
    owner.git(['revert', '--no-edit', before]);
    expect(await git.mergeHistory(await git.baseHead(), since)).toMatchObject([{ number: 1, kind: 'undone', merge: before }]);
    expect(await git.mergeHistory(since, null)).toEqual([]);
    expect(await git.mergeHistory(since, shaOf('1'.repeat(40)))).toEqual([]);
  });

  it('knows merges of an older version, which has marked nothing, by number and title, for items that it made', async () => {
    const old = await open(owner, { old: (n) => (n <= 2 ? { title: 'Sell tea' } : null) });
    const own = merged(1, null);
    merged(2, null, 'Something else');
    merged(3, null);
    expect(await history(old)).toEqual([[1, 'merged', own, null]]);
  });
});

it('an item that an older version made keeps its branch and its snapshots, and gets new ones after them', async () => {
  const branch = 'musher/1-sell-tea';
  owner.git(['branch', branch, 'main']);
  const kept = owner.git(['commit-tree', '-p', 'main', '-m', 'snapshot of item 1: before a stop', 'main^{tree}']);
  owner.git(['update-ref', 'refs/musher/snapshots/1/3', kept]);
  expect(await git.snapshots({ number })).toEqual([]);

  const old = await another(MARK, { old: (n) => (n === 1 ? { title: 'Sell tea' } : null) });
  const work = await old.openWorktree({ ...named, branch });
  expect(work.branch).toBe(branch);
  write(work.path, { 'draft.txt': 'draft\n' });
  expect(await old.snapshot({ number, branch }, 'later')).toMatchObject({ ref: `refs/musher/snapshots/${MARK}/1/4` });
  expect((await old.snapshots({ number })).map(({ n, why }) => [n, why])).toEqual([
    [3, 'before a stop'],
    [4, 'later'],
  ]);
  expect(await old.snapshots({ number: numbered(2) })).toEqual([]);
});

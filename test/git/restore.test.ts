import { chmodSync, readFileSync, rmSync, statSync, symlinkSync, readlinkSync, truncateSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { LARGEST_BYTES } from '../../src/git/worktree/staging.ts';
import { MARK, exists, makeOwner, numbered, open, type Owner, read, write } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
beforeAll(async () => {
  owner = makeOwner();
  git = await open(owner);
});
afterAll(() => owner.remove());

let last = 0;
async function opened(): Promise<{ item: { number: ReturnType<typeof numbered>; title: string; branch: string }; path: string }> {
  last += 1;
  const { branch, path } = await git.openWorktree({ number: numbered(last), title: 'Add a cart', branch: null });
  return { item: { number: numbered(last), title: 'Add a cart', branch }, path };
}

describe('a restored snapshot', () => {
  it('brings commits, uncommitted files, modes and links back, and what was there before is a snapshot of its own', async () => {
    const { item, path } = await opened();
    owner.commit({ 'a.txt': 'a\n' }, 'a', path);
    write(path, { 'draft.txt': 'half\n', 'run.sh': '#!/bin/sh\n' });
    chmodSync(join(path, 'run.sh'), 0o755);
    symlinkSync('draft.txt', join(path, 'link'));
    const kept = await git.snapshot(item, 'before a kill');
    await git.resetWorktree(item);
    const later = owner.commit({ 'b.txt': 'b\n', 'a.txt': 'rewritten\n' }, 'b', path);
    write(path, { 'later.txt': 'later\n' });

    const restored = await git.restoreSnapshot(item, 1);
    expect(restored).toEqual({
      branch: item.branch,
      head: kept?.commit,
      commitsAhead: 2,
      kept: `refs/musher/snapshots/${MARK}/${item.number}/2`,
    });
    expect([read(path, 'a.txt'), read(path, 'draft.txt'), readlinkSync(join(path, 'link'))]).toEqual(['a\n', 'half\n', 'draft.txt']);
    expect(statSync(join(path, 'run.sh')).mode & 0o100).toBe(0o100);
    expect([exists(path, 'b.txt'), exists(path, 'later.txt')]).toEqual([false, false]);
    expect(owner.git(['status', '--porcelain'], path)).toBe('');
    expect(owner.git(['branch', '--show-current'], path)).toBe(item.branch);
    expect(owner.git(['show', `${restored?.kept}:later.txt`])).toBe('later');
    expect(owner.git(['rev-parse', `${restored?.kept}^`])).toBe(later);

    await git.restoreSnapshot(item, 2);
    expect([read(path, 'b.txt'), read(path, 'later.txt')]).toEqual(['b\n', 'later\n']);
    expect(exists(path, 'draft.txt')).toBe(false);
  });

  it('of a clean worktree gives the branch that head again, with no commit of Musher on it', async () => {
    const { item, path } = await opened();
    const head = owner.commit({ 'a.txt': 'a\n' }, 'a', path);
    await git.snapshot(item, 'after a run');
    owner.commit({ 'b.txt': 'b\n' }, 'b', path);
    expect(await git.restoreSnapshot(item, 1)).toMatchObject({ head, commitsAhead: 1 });
  });

  it('comes back also where branch and worktree are gone', async () => {
    const { item, path } = await opened();
    owner.commit({ 'a.txt': 'a\n' }, 'a', path);
    write(path, { 'draft.txt': 'half\n' });
    await git.snapshot(item, 'before removal');
    await git.removeWorktree(item, { deleteBranch: true });
    expect(await git.restoreSnapshot(item, 1)).toMatchObject({ branch: item.branch, commitsAhead: 2 });
    expect([read(path, 'a.txt'), read(path, 'draft.txt')]).toEqual(['a\n', 'half\n']);
  });

  it('is null for a number that is not there, and nothing was touched', async () => {
    const { item, path } = await opened();
    write(path, { 'draft.txt': 'half\n' });
    expect(await git.restoreSnapshot(item, 7)).toBeNull();
    expect(await git.branchFromSnapshot(item.number, 7)).toBeNull();
    expect([read(path, 'draft.txt'), await git.snapshots(item)]).toEqual(['half\n', []]);
  });

  it('becomes a branch of its own for an item that is over, once', async () => {
    const { item, path } = await opened();
    write(path, { 'draft.txt': 'half\n' });
    await git.snapshot(item, 'before it was deleted');
    await git.removeWorktree(item, { deleteBranch: true });
    const branch = `musher/restored/${item.number}-1`;
    expect(await git.branchFromSnapshot(item.number, 1)).toEqual({ branch, made: true });
    expect(await git.branchFromSnapshot(item.number, 1)).toEqual({ branch, made: false });
    expect(owner.git(['show', `${branch}:draft.txt`])).toBe('half');
    owner.git(['update-ref', `refs/heads/${branch}`, 'main']);
    expect(await git.branchFromSnapshot(item.number, 1)).toEqual({ branch: `${branch}-2`, made: true });
  });
});

describe('the list of snapshots', () => {
  it('says when, why, how much, and whether the branch is the same', async () => {
    const { item, path } = await opened();
    owner.commit({ 'a.txt': 'a\nb\n' }, 'a', path);
    await git.snapshot(item, 'after a run');
    write(path, { 'shop.txt': 'one\n' });
    await git.snapshot(item, 'before the gates');
    const { all, newest } = await git.describeSnapshots(item, 5);
    expect(all).toBe(2);
    expect(newest.map(({ why, files, added, removed, sameAsBranch }) => [why, files, added, removed, sameAsBranch])).toEqual([
      ['after a run', 1, 2, 0, true],
      ['before the gates', 2, 2, 2, false],
    ]);
    expect((await git.describeSnapshots(item, 1)).newest.map(({ n }) => n)).toEqual([2]);
    expect(await git.snapshotDiff({ number: item.number, n: 2, maxBytes: 10_000 })).toMatchObject({
      text: expect.stringContaining('-two'),
      truncated: false,
    });
  });
});

describe('a worktree that Musher knows nothing of any more', () => {
  it('is kept in a snapshot before it is made again', async () => {
    const { item, path } = await opened();
    write(path, { 'draft.txt': 'half\n' });
    rmSync(join(owner.dataDir, 'git', 'shop', 'indexes', String(item.number)));
    await git.openWorktree(item);
    expect(exists(path, 'draft.txt')).toBe(false);
    expect((await git.snapshots(item)).map(({ why }) => why)).toEqual(['before its worktree was made again']);
    expect(owner.git(['show', `refs/musher/snapshots/${MARK}/${item.number}/1:draft.txt`])).toBe('half');
  });
});

describe('taking a merge back', () => {
  /** An item that changes a file, squashed onto the base branch as Musher does it. */
  async function merged(
    files: Record<string, string>,
  ): Promise<{ item: Awaited<ReturnType<typeof opened>>['item']; head: string; merge: ReturnType<typeof shaed> }> {
    const { item, path } = await opened();
    const head = owner.commit(files, `work of ${item.number}`, path);
    const base = await git.baseHead();
    const squashed = await git.squash({ base, head });
    if (squashed.kind !== 'clean') throw new Error(squashed.kind);
    const merge = await git.commitSquash({ tree: squashed.tree, base, message: `${item.number}: Add a cart` });
    await git.moveBase({ from: base, to: merge });
    await git.removeWorktree(item, { deleteBranch: true });
    return { item, head, merge };
  }
  const shaed = (text: Awaited<ReturnType<ProjectGit['baseHead']>>): typeof text => text;

  it('reverses its change alone, and gives the item the branch it had, with the same commits', async () => {
    const first = await merged({ 'first.txt': 'first\n', 'shop.txt': 'one\ntwo\nthree\nfour\n' });
    await merged({ 'second.txt': 'second\n' });
    const base = await git.baseHead();
    const taken = await git.takeBack({ base, merge: first.merge });
    if (taken.kind !== 'clean') throw new Error(taken.kind);
    expect(owner.git(['ls-tree', '--name-only', taken.tree]).split('\n')).not.toContain('first.txt');
    expect(owner.git(['show', `${taken.tree}:second.txt`])).toBe('second');
    expect(owner.git(['show', `${taken.tree}:shop.txt`])).toBe('one\ntwo\nthree');
    const undone = await git.commitSquash({ tree: taken.tree, base, message: 'Revert' });
    await git.moveBase({ from: base, to: undone });
    const again = { head: first.head as typeof first.merge, merge: first.merge, undone, message: 'again' };
    expect(await git.reopenBranch(first.item, again)).toEqual({ branch: first.item.branch, head: first.head, commitsAhead: 1 });
    const squashed = await git.squash({ base: undone, head: again.head });
    expect(squashed.kind === 'clean' && owner.git(['show', `${squashed.tree}:first.txt`])).toBe('first');
    expect(await git.takeBack({ base: undone, merge: first.merge })).toEqual({ kind: 'nothing' });
  });

  it('makes its change once more where git has thrown its commits away', async () => {
    const first = await merged({ 'lost.txt': 'lost\n' });
    const base = await git.baseHead();
    const taken = await git.takeBack({ base, merge: first.merge });
    if (taken.kind !== 'clean') throw new Error(taken.kind);
    const undone = await git.commitSquash({ tree: taken.tree, base, message: 'Revert' });
    const commits = { head: 'f'.repeat(40) as typeof first.merge, merge: first.merge, undone, message: '1: again' };
    const { head, commitsAhead } = await git.reopenBranch(first.item, commits);
    expect(commitsAhead).toBe(1);
    expect(owner.git(['show', `${head}:lost.txt`])).toBe('lost');
    expect(owner.git(['diff', '--name-only', undone, head])).toBe('lost.txt');
  });

  it('names the files and the commits in its way', async () => {
    const first = await merged({ 'src/cart.txt': 'first\n' });
    await merged({ 'src/cart.txt': 'second\n' });
    expect(await git.takeBack({ base: await git.baseHead(), merge: first.merge })).toEqual({
      kind: 'conflict',
      files: ['src/cart.txt'],
      later: [`${last}: Add a cart`],
    });
    expect(readFileSync(join(owner.repository, 'src/cart.txt'), 'utf8')).toBe('second\n');
  });
});

describe('a new file that is too large for the repository', () => {
  it('is named in the snapshot, left alone by a reset, and moved instead of removed with its worktree', async () => {
    const { item, path } = await opened();
    const large = LARGEST_BYTES + 1;
    write(path, { 'small.txt': 'small\n', core: '' });
    truncateSync(join(path, 'core'), large);
    const kept = await git.snapshot(item, 'before the gates');
    expect(owner.git(['ls-tree', '--name-only', `${kept?.ref}`]).split('\n')).toEqual(expect.arrayContaining(['small.txt']));
    expect(owner.git(['ls-tree', '--name-only', `${kept?.ref}`])).not.toContain('core');
    expect((await git.snapshots(item))[0]?.why).toBe('before the gates (without new files over 100 MB: core of 100 MB)');
    await git.resetWorktree(item);
    expect([exists(path, 'small.txt'), statSync(join(path, 'core')).size]).toEqual([false, large]);
    const { removed } = await git.removeWorktree(item, { deleteBranch: true });
    const folder = join(owner.dataDir, 'quarantine', 'large', 'shop', String(item.number));
    const to = join(folder, 'core');
    expect(removed).toContainEqual({ kind: 'large-files-moved', files: 1, to: `quarantine/large/shop/${item.number}` });
    expect(statSync(to).size).toBe(large);
    rmSync(to);
  });

  it('is kept like any other once a commit holds it', async () => {
    const { item, path } = await opened();
    write(path, { video: 'x' });
    owner.git(['add', 'video'], path);
    owner.git(['commit', '-qm', 'video'], path);
    truncateSync(join(path, 'video'), LARGEST_BYTES + 1);
    expect(await git.leftovers(item)).toEqual(['video']);
  });
});

describe('a name that was a file and becomes a folder, or the other way', () => {
  it('is kept as it is now', async () => {
    const { item, path } = await opened();
    write(path, { turned: 'a file\n', 'back/inner.txt': 'in a folder\n' });
    owner.git(['add', '-A'], path);
    owner.git(['commit', '-qm', 'before'], path);
    for (const name of ['turned', 'back']) rmSync(join(path, name), { recursive: true });
    write(path, { 'turned/inner.txt': 'in a folder\n', back: 'a file\n' });
    expect((await git.leftovers(item)).toSorted()).toEqual(['back', 'back/inner.txt', 'turned', 'turned/inner.txt']);
    const kept = await git.snapshot(item, 'turned');
    const names = owner.git(['ls-tree', '-r', '--name-only', `${kept?.ref}`]).split('\n');
    expect(names).toEqual(expect.arrayContaining(['back', 'turned/inner.txt']));
    expect(names).not.toContain('turned');
  });
});

describe('snapshots of a random history', () => {
  type Act = { readonly do: 'write' | 'remove' | 'commit' | 'keep' | 'restore'; readonly path: string; readonly pick: number };
  const act: fc.Arbitrary<Act> = fc.record({
    do: fc.constantFrom('write' as const, 'write' as const, 'remove' as const, 'commit' as const, 'keep' as const, 'restore' as const),
    // `d` is a file at one time and a folder at another.
    path: fc.constantFrom('a', 'd', 'd/e', 'f g/ü'),
    pick: fc.nat({ max: 9 }),
  });

  /** All files of a worktree with their text. */
  function files(path: string): Record<string, string> {
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('.git'));
    return Object.fromEntries(
      names.filter((name) => statSync(join(path, name)).isFile()).map((name) => [name, readFileSync(join(path, name), 'utf8')] as const),
    );
  }

  it('give back exactly the files that each of them was taken of, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 6, maxLength: 10 }), async (acts) => {
        const { item, path } = await opened();
        const seen = new Map<number, Record<string, string>>();
        for (const [i, { do: what, path: name, pick }] of acts.entries()) {
          const file = join(path, name);
          if (what === 'write') {
            if (name === 'd') rmSync(file, { recursive: true, force: true });
            if (name === 'd/e' && exists(path, 'd') && statSync(join(path, 'd')).isFile()) rmSync(join(path, 'd'));
            write(path, { [name]: `${i}\n` });
          } else if (what === 'remove') rmSync(file, { recursive: true, force: true });
          else if (what === 'commit') {
            owner.git(['add', '-A'], path);
            owner.git(['commit', '-q', '--allow-empty', '-m', `commit ${i}`], path);
          } else if (what === 'keep') {
            const kept = await git.snapshot(item, `step ${i}`);
            seen.set(Number(kept?.ref.split('/').at(-1)), files(path));
          } else if (seen.size > 0) {
            const [n = 0] = [...seen.keys()].slice(pick % seen.size);
            const before = files(path);
            const restored = await git.restoreSnapshot(item, n);
            seen.set(Number(restored?.kept?.split('/').at(-1)), before);
          }
        }
        for (const [n, held] of seen) {
          await git.restoreSnapshot(item, n);
          expect(files(path)).toEqual(held);
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});

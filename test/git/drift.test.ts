import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Drift } from '../../src/git/base/drift.ts';
import type { ProjectGit } from '../../src/git/project-git.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { makeOwner, numbered, open, type Owner } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
let known: CommitSha;
let path: string;
let branch: string;

beforeEach(async () => {
  owner = makeOwner();
  git = await open(owner);
  known = await git.baseHead();
  ({ path, branch } = await git.openWorktree({ number: numbered(1), title: 'one', branch: null }));
});
afterEach(() => owner.remove());

const look = (merges: readonly CommitSha[] = []): Promise<Drift> => git.drift({ known, merges, items: [{ number: numbered(1), branch }] });
const work = (): CommitSha => owner.commit({ 'work.txt': 'work\n' }, 'work', path);

describe('the base branch', () => {
  it('has not moved', async () => {
    work();
    expect(await look()).toEqual({ kind: 'none', head: known, taken: [] });
  });

  it('was moved on by its owner, and by them alone, also where the agent builds on that', async () => {
    work();
    const head = owner.commit({ 'owner.txt': '1\n' }, 'of the owner');
    expect(await look()).toEqual({ kind: 'forward', head, taken: [] });
    owner.git(['merge', '-q', '--no-edit', 'main'], path);
    expect(await look()).toEqual({ kind: 'forward', head, taken: [] });
  });

  it('was moved on by its owner, where an agent without work of its own takes that over', async () => {
    const head = owner.commit({ 'owner.txt': '1\n' }, 'of the owner');
    owner.git(['merge', '-q', '--ff-only', 'main'], path);
    expect(await look()).toEqual({ kind: 'forward', head, taken: [] });
  });

  it('was moved by a merge of Musher, which an agent takes over', async () => {
    const head = work();
    const squashed = await git.squash({ base: known, head });
    if (squashed.kind !== 'clean') throw new Error(squashed.kind);
    const commit = await git.commitSquash({ tree: squashed.tree, base: known, message: 'merge' });
    await git.moveBase({ from: known, to: commit });
    owner.git(['reset', '-q', '--hard', 'main'], path);
    expect(await look([commit])).toEqual({ kind: 'merged', head: commit, taken: [] });
  });

  it.each([
    ['update-ref', ['update-ref', 'refs/heads/main', 'HEAD']],
    ['fetch', ['fetch', '-q', '--update-head-ok', '.', 'HEAD:main']],
  ])('was moved to the work of an agent by git %s', async (_, args) => {
    const head = work();
    owner.git(args, path);
    expect(await look()).toEqual({ kind: 'forward', head, taken: [1] });
  });

  it('was moved to the work of an agent, and then by its owner and by Musher', async () => {
    work();
    owner.git(['update-ref', 'refs/heads/main', 'HEAD'], path);
    owner.git(['reset', '-q', '--hard']);
    const head = owner.commit({ 'owner.txt': '1\n' }, 'of the owner');
    expect(await look([head])).toEqual({ kind: 'merged', head, taken: [1] });
  });

  it('was merged into by hand', async () => {
    work();
    owner.git(['merge', '-q', branch]);
    expect(await look()).toMatchObject({ kind: 'forward', taken: [1] });
  });

  it('was replaced by an agent that rewrote its history on its own branch', async () => {
    work();
    owner.git(['commit', '-q', '--amend', '-m', 'amended'], path);
    owner.git(['rebase', '-q', '--root', '--exec', 'git commit -q --amend --no-edit --reset-author', '--keep-empty'], path);
    owner.git(['update-ref', 'refs/heads/main', 'HEAD'], path);
    const drift = await look();
    expect(drift.taken).toEqual([1]);
  });

  it('was rewritten', async () => {
    owner.git(['commit', '-q', '--amend', '-m', 'other']);
    expect(await look()).toMatchObject({ kind: 'rewritten', taken: [] });
    const tree = owner.git(['rev-parse', 'HEAD^{tree}']);
    known = '1234567890'.repeat(4) as unknown as CommitSha;
    expect(tree).not.toBe(known);
    expect(await look()).toMatchObject({ kind: 'rewritten', taken: [] });
  });
});

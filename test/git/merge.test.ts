import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitSha } from '../../src/pipeline/values.ts';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { exists, makeOwner, numbered, open, type Owner, read, write } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
beforeAll(async () => {
  owner = makeOwner();
  git = await open(owner);
});
afterAll(() => owner.remove());

let last = 0;
async function worked(files: Record<string, string>): Promise<{
  item: { number: ReturnType<typeof numbered>; branch: string };
  path: string;
  head: Awaited<ReturnType<ProjectGit['baseHead']>>;
}> {
  last += 1;
  const { branch, path, head } = await git.openWorktree({ number: numbered(last), title: 'work', branch: null });
  const made = Object.keys(files).length === 0 ? head : owner.commit(files, 'work', path);
  return { item: { number: numbered(last), branch }, path, head: made };
}

describe('a squash merge', () => {
  it('is computed without a working file and becomes one commit on the base, with message and author', async () => {
    const { head } = await worked({ 'a b ü.txt': 'a\n' });
    const base = await git.baseHead();
    const squashed = await git.squash({ base, head });
    if (squashed.kind !== 'clean') throw new Error(squashed.kind);
    const message = "Add a file\n\nwith `$(touch x)` and 'quotes'\n\nMusher-Item: 1";
    const commit = await git.commitSquash({ tree: squashed.tree, base, message, author: { name: 'coder-1', email: 'coder-1@musher' } });
    expect(owner.git(['log', '-1', '--format=%P %an %cn', commit])).toBe(`${base} coder-1 Ada Owner`);
    expect(owner.git(['log', '-1', '--format=%B', commit])).toBe(message);
    expect(await git.treeOf(commit)).toBe(squashed.tree);
    expect(exists(owner.repository, 'a b ü.txt')).toBe(false);
    const path = await git.openMergeWorktree(commit);
    expect(read(path, 'a b ü.txt')).toBe('a\n');
    expect(owner.git(['status', '--porcelain'], path)).toBe('');
    write(path, { 'node_modules/built.js': 'x', 'shop.txt': 'changed by a gate\n' });
    await git.openMergeWorktree(base, { keepIgnored: true });
    expect(readdirSync(path).sort()).toEqual(['.git', '.gitignore', 'node_modules', 'shop.txt', 'src']);
    expect(read(path, 'shop.txt')).toBe('one\ntwo\nthree\n');
    await git.openMergeWorktree(base);
    expect(exists(path, 'node_modules')).toBe(false);
  });

  it.each([
    ['two entries of one name', (blob: string) => [`100644 f\0${blob}`, `100644 f\0${blob}`], 'duplicateEntries'],
    ['entries out of order', (blob: string) => [`100644 z\0${blob}`, `100644 a\0${blob}`], 'treeNotSorted'],
    ['a name that git keeps for itself', (blob: string) => [`100644 .git\0${blob}`], 'hasDotgit'],
    ['a name with a slash', (blob: string) => [`100644 a/b\0${blob}`], 'fullPathname'],
  ])('of a tree with %s is nothing that another git would take', async (_, entries, why) => {
    const { path } = await worked({ 'fine.txt': 'x\n' });
    const blob = Buffer.from(owner.git(['hash-object', '-w', 'shop.txt'], path), 'hex').toString('latin1');
    const inner = execFileSync('git', ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], {
      cwd: path,
      input: Buffer.from(entries(blob).join(''), 'latin1'),
      encoding: 'latin1',
    }).trim();
    const top = owner.git(['ls-tree', 'HEAD'], path);
    const tree = execFileSync('git', ['mktree'], { cwd: path, input: `${top}\n040000 tree ${inner}\tzz\n`, encoding: 'utf8' }).trim();
    const base = await git.baseHead();
    const message = 'Odd';
    const commit = await git.commitSquash({ tree: commitSha(tree) ?? base, base, message });
    expect(await git.refusedObjects(base, commit)).toContain(why);
    const fine = await git.commitSquash({ tree: await git.treeOf(base), base, message });
    expect(await git.refusedObjects(base, fine)).toBeNull();
  });

  it('of a branch that changes nothing is nothing', async () => {
    const { item, path } = await worked({ 'x.txt': 'x\n' });
    owner.git(['rm', '-q', 'x.txt'], path);
    const head = owner.commit({}, 'take it back', path);
    expect(await git.readWork(item.branch)).toMatchObject({ commitsAhead: 2 });
    expect(await git.squash({ base: await git.baseHead(), head })).toEqual({ kind: 'nothing' });
  });

  it('of an unrelated history is a conflict, not an error', async () => {
    const { path } = await worked({});
    owner.git(['checkout', '-q', '--orphan', 'unrelated'], path);
    const head = owner.commit({ 'shop.txt': 'other\n' }, 'unrelated', path);
    expect(await git.squash({ base: await git.baseHead(), head })).toMatchObject({ kind: 'conflict', files: ['shop.txt'] });
  });
});

describe('a conflict', () => {
  it("is put into the worktree so that the agent's own commit is the merge", async () => {
    const { item, path, head } = await worked({ 'shop.txt': 'theirs\ntwo\nthree\n', 'kept.txt': 'kept\n' });
    const base = owner.commit({ 'shop.txt': 'ours\ntwo\nthree\n', 'from-base.txt': 'base\n' }, 'ours');
    expect(await git.squash({ base, head })).toMatchObject({ kind: 'conflict', files: ['shop.txt'] });
    expect(await git.stageConflict(item, base)).toEqual(['shop.txt']);
    expect(read(path, 'shop.txt')).toMatch(/^<<<<<<< [^]*theirs\n=======\nours\n>>>>>>> /);
    expect(owner.git(['status', '--porcelain'], path).split('\n').sort()).toEqual(['A  from-base.txt', 'UU shop.txt']);

    write(path, { 'shop.txt': 'both\ntwo\nthree\n' });
    owner.git(['commit', '-qa', '--no-edit'], path);
    const merged = await git.readWork(item.branch);
    expect(owner.git(['log', '-1', '--format=%P', item.branch])).toBe(`${head} ${base}`);
    expect(owner.git(['log', '-1', '--format=%s', item.branch])).toBe(`Merge main into ${item.branch}`);
    if (merged === null) throw new Error('no branch');
    expect(await git.conflictMarkers(merged.head, ['shop.txt'])).toEqual([]);
    expect((await git.squash({ base, head: merged.head })).kind).toBe('clean');
  });

  it('that an agent leaves to Musher is committed as a merge, and markers that stayed are found', async () => {
    const { item, path, head } = await worked({ 'shop.txt': 'mine\ntwo\nthree\n', '-odd *.txt': 'mine\n' });
    const base = owner.commit({ 'shop.txt': 'base\ntwo\nthree\n', '-odd *.txt': 'base\n' }, 'base');
    const files = await git.stageConflict(item, base);
    expect([...files].sort()).toEqual(['-odd *.txt', 'shop.txt']);
    write(path, { 'shop.txt': 'solved\ntwo\nthree\n' });
    const commit = await git.commitLeftovers(item, 'merge');
    if (commit === null) throw new Error('nothing committed');
    expect(owner.git(['log', '-1', '--format=%P', commit])).toBe(`${head} ${base}`);
    expect(await git.conflictMarkers(commit, files)).toEqual(['-odd *.txt']);
    expect(owner.git(['status', '--porcelain'], path)).toBe('');
  });

  it('is not put over changes that are not committed', async () => {
    const { item, path } = await worked({ 'shop.txt': 'mine\n' });
    write(path, { 'left.txt': 'left\n' });
    await expect(git.stageConflict(item, await git.baseHead())).rejects.toThrow('changes that a merge would overwrite');
    expect(read(path, 'left.txt')).toBe('left\n');
  });
});

describe('what people are shown', () => {
  it('is the diff since the branch left the base, cut at the limit, and its commits', async () => {
    const { item } = await worked({ 'big.txt': 'line of text\n'.repeat(50_000) });
    owner.commit({ 'unrelated.txt': 'x\n' }, 'the base goes on');
    const diff = await git.diff({ branch: item.branch, maxBytes: 10_000 });
    expect(diff).toMatchObject({ truncated: true });
    expect(diff?.text.length).toBe(10_000);
    expect(diff?.stat).toContain('1 file changed, 50000 insertions(+)');
    const whole = await git.diff({ branch: item.branch, maxBytes: 10_000_000 });
    expect(whole).toMatchObject({ truncated: false });
    expect(whole?.text).not.toContain('unrelated');
    expect(await git.diff({ branch: 'musher/99-none', maxBytes: 10 })).toBe(null);
    expect((await git.log({ branch: item.branch, max: 5 })).map((entry) => [entry.subject, entry.author])).toEqual([['work', 'Ada Owner']]);
    expect((await git.log({ branch: 'main', max: 1 })).map((entry) => entry.subject)).toEqual(['the base goes on']);
    const status = await git.status();
    expect(status).toMatchObject({
      base: 'main',
      headSubject: 'the base goes on',
      checkout: { path: owner.repository, branch: 'main', clean: true, behindBase: false },
    });
    expect(status.worktrees.find((worktree) => worktree.item === item.number)).toMatchObject({
      branch: item.branch,
      path: join(owner.dataDir, 'worktrees', 'shop', String(item.number)),
    });
  });
});

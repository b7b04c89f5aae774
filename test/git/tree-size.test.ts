import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOUNDS } from '../../src/bounds.ts';
import { makeOwnDir } from '../../src/git/own-dir.ts';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { findRepository } from '../../src/git/repository.ts';
import { gitRunner } from '../../src/git/shell/runner.ts';
import { takeOffTooLarge } from '../../src/git/worktree/tree-size.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { fixedClock, MARK, makeOwner, numbered, open, type Owner, shaOf } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
beforeAll(async () => {
  owner = makeOwner();
  git = await open(owner);
});
afterAll(() => owner.remove());

const fed = (input: string, args: readonly string[], cwd: string): string =>
  execFileSync('git', args, { cwd, input, encoding: 'utf8' }).trim();
const tree = (rows: readonly string[], cwd: string): string => fed(`${rows.join('\n')}\n`, ['mktree'], cwd);
const names = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n).padStart(4, '0'));

/** As git names a tree whose entries are in its order. */
function nameOfTree(mode: string, entry: string, called: readonly string[]): string {
  const body = Buffer.concat(called.flatMap((name) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(entry, 'hex')]));
  return createHash('sha1').update(`tree ${body.length}\0`).update(body).digest('hex');
}

/** Folders in each other, each with the one below it so often: written by one git, since there are a thousand and more. */
function levels(times: number, deep: number, cwd: string, inner?: string): string {
  const blob = fed('x\n', ['hash-object', '-w', '--stdin'], cwd);
  const called = names(times);
  const trees: string[] = [];
  const add = (kind: 'blob' | 'tree', entry: string): string => {
    trees.push(called.map((name) => `${kind === 'blob' ? '100644' : '040000'} ${kind} ${entry}\t${name}\n`).join(''));
    return nameOfTree(kind === 'blob' ? '100644' : '40000', entry, called);
  };
  let at = inner ?? add('blob', blob);
  for (let level = 1; level < deep; level += 1) at = add('tree', at);
  expect(fed(trees.join('\n'), ['mktree', '--batch'], cwd).split('\n').at(-1)).toBe(at);
  return at;
}

let last = 0;
/** An item with one good commit, and one on top of it that adds a folder. */
async function withFolder(
  make: (path: string) => string,
): Promise<{ item: { number: ReturnType<typeof numbered>; branch: string }; good: CommitSha; bad: CommitSha }> {
  last += 1;
  const number = numbered(last);
  const { branch, path } = await git.openWorktree({ number, title: 'Trees', branch: null });
  const good = owner.commit({ 'good.txt': `good ${last}\n` }, 'good', path);
  const root = tree([owner.git(['ls-tree', 'HEAD'], path), `040000 tree ${make(path)}\tadded`], path);
  const bad = shaOf(owner.git(['commit-tree', root, '-p', good, '-m', 'bad'], path));
  owner.git(['update-ref', `refs/heads/${branch}`, bad], path);
  return { item: { number, branch }, good, bad };
}

it.each([
  ['the same folder ten times in each of ten', (path: string) => levels(10, 10, path)],
  ['one file more than is read', (path: string) => levels(316, 2, path)],
  ['folders of the base branch again and again', (path: string) => levels(100, 4, path, owner.git(['rev-parse', 'HEAD^{tree}'], path))],
  ['folders in each other beyond the depth', (path: string) => levels(1, BOUNDS.treeDepth + 1, path)],
])('takes a tree off the branch that nobody can list: %s', async (_, make) => {
  const { item, good, bad } = await withFolder(make);
  const ref = `refs/musher/too-large/${MARK}/${item.number}/${bad}`;
  expect(await git.takeOffTooLarge(item, good)).toEqual({ ref });
  expect(owner.git(['rev-parse', ref, `refs/heads/${item.branch}`])).toBe(`${bad}\n${good}`);
  expect(await git.takeOffTooLarge(item, good)).toBe(null);
  expect(await git.leftovers(item)).toEqual([]);
});

it.each([
  ['a few files', (path: string) => levels(10, 2, path)],
  ['as many files as are read', (path: string) => levels(315, 2, path)],
  ['folders in each other', (path: string) => levels(1, BOUNDS.treeDepth - 2, path)],
])('and leaves others there: %s', async (_, make) => {
  const { item, good, bad } = await withFolder(make);
  expect(await git.takeOffTooLarge(item, good)).toBe(null);
  expect(owner.git(['rev-parse', `refs/heads/${item.branch}`])).toBe(bad);
});

it('asks git once where trees are packed, and not at all for what is committed after that', async () => {
  const calls: string[] = [];
  const run = gitRunner();
  const counted = await makeOwnDir(
    join(owner.root, 'counted'),
    await findRepository(owner.repository),
    fixedClock(),
    (call) => (calls.push(call.args[0] ?? ''), run(call)),
  );
  const at = { git: counted, origin: { mark: () => MARK, old: () => null } };
  const changed = async (): Promise<{ item: { number: ReturnType<typeof numbered>; branch: string }; good: CommitSha }> => {
    last += 1;
    const number = numbered(last);
    const { branch, path, head } = await git.openWorktree({ number, title: 'Packed', branch: null });
    owner.commit({ [`${last}.txt`]: 'x' }, 'x', path);
    return { item: { number, branch }, good: head };
  };
  owner.git(['gc', '-q']);
  const first = await changed();
  const second = await changed();
  expect(await takeOffTooLarge(at, first.item, first.good)).toBe(null);
  expect(calls).not.toEqual([]);
  calls.length = 0;
  expect(await takeOffTooLarge(at, second.item, second.good)).toBe(null);
  expect(calls).toEqual([]);
});

it('takes a git that fails for no answer: nothing passes unseen', async () => {
  const run = gitRunner();
  let failures = 2;
  const failing = await makeOwnDir(join(owner.root, 'failing'), await findRepository(owner.repository), fixedClock(), (call) =>
    call.args[0] === 'rev-list' && failures-- > 0 ? run({ ...call, args: ['rev-parse', '--verify', 'no-such-commit'] }) : run(call),
  );
  const at = { git: failing, origin: { mark: () => MARK, old: () => null } };
  const { item, good, bad } = await withFolder((path) => levels(100, 4, path, owner.git(['rev-parse', 'HEAD^{tree}'], path)));
  owner.git(['gc', '-q']);
  await expect(takeOffTooLarge(at, item, good)).rejects.toMatchObject({ code: 'GIT_FAILED' });
  expect(owner.git(['rev-parse', `refs/heads/${item.branch}`])).toBe(bad);
  expect(await takeOffTooLarge(at, item, good)).toEqual({ ref: expect.stringContaining(bad) });
});

import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeOwnDir, type OwnDir } from '../../src/git/own-dir.ts';
import { createOwnRef, deleteOwnRef } from '../../src/git/own-refs.ts';
import { listRefs, readRef, swapRef } from '../../src/git/refs.ts';
import { findRepository } from '../../src/git/repository.ts';
import { gitRunner } from '../../src/git/shell/runner.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { fixedClock, makeOwner, shaOf, type Owner } from './owner.ts';

const REF = 'refs/musher/snapshots/0123abcd/7/1';

let owner: Owner;
let git: OwnDir;
let head: CommitSha;
let calls: string[];
beforeEach(async () => {
  owner = makeOwner();
  head = shaOf(owner.git(['rev-parse', 'HEAD']));
  git = await opened();
});
afterEach(() => owner.remove());

async function opened(): Promise<OwnDir> {
  calls = [];
  const run = gitRunner();
  return makeOwnDir(join(owner.root, 'git'), await findRepository(owner.repository), fixedClock(), (call) => {
    calls.push(call.args[0] ?? '');
    return run(call);
  });
}

const file = (name: string): string => join(owner.repository, '.git', name);
const put = (name: string, text: string): void => {
  mkdirSync(dirname(file(name)), { recursive: true });
  writeFileSync(file(name), text);
};
const asked = (): string => owner.git(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/musher/']);

it('makes a ref that git reads, once, and without a process', async () => {
  expect(await swapRef(git, REF, head, null, 'kept')).toBe(true);
  expect(asked()).toBe(`${head} ${REF}`);
  const next = owner.commit({ 'next.txt': 'n' }, 'next');
  expect(await swapRef(git, REF, next, null, 'kept')).toBe(false);
  expect(await readRef(git, REF)).toBe(head);
  expect(readdirSync(dirname(file(REF)))).toEqual(['1']);
  expect(calls).toEqual([]);
  expect(owner.git(['fsck', '--strict'])).toBe('');
});

it('counts a packed ref as there', async () => {
  owner.git(['update-ref', REF, head]);
  owner.git(['pack-refs', '--all', '--prune']);
  expect(await swapRef(git, REF, head, null, 'kept')).toBe(false);
});

it.each<[string, () => void]>([
  ['whose lock somebody holds', () => put(`${REF}.lock`, '')],
  ['in whose place a folder stands', () => mkdirSync(file(REF), { recursive: true })],
  ['in whose place a link stands', () => (put('refs/musher/snapshots/0123abcd/7/2', ''), symlinkSync('nowhere', file(REF)))],
  ['whose folder is a ref', () => put(dirname(REF), `${head}\n`)],
  ['that is packed', () => (owner.git(['update-ref', REF, head]), owner.git(['pack-refs', '--all', '--prune']))],
])('leaves a ref to git %s', async (_, prepare) => {
  prepare();
  const before = readdirSync(file('refs'), { recursive: true });
  expect(await createOwnRef(git, REF, head)).toBeNull();
  expect(readdirSync(file('refs'), { recursive: true })).toEqual(before);
});

it('leaves to git a ref to a commit that is not there, one of the owner, and what is shared with others', async () => {
  expect(await createOwnRef(git, REF, shaOf('1'.repeat(40)))).toBeNull();
  expect(await createOwnRef(git, 'refs/heads/musher/7-x', head)).toBeNull();
  expect(await createOwnRef(git, 'refs/musher/../heads/x', head)).toBeNull();
  owner.git(['config', 'core.sharedRepository', 'group']);
  expect(await createOwnRef(await opened(), REF, head)).toBeNull();
  expect(asked()).toBe('');
});

it('deletes a ref that holds what it is thought to hold', async () => {
  owner.git(['update-ref', REF, head]);
  const next = owner.commit({ 'next.txt': 'n' }, 'next');
  expect(await deleteOwnRef(git, REF, next)).toBeNull();
  expect(asked()).toBe(`${head} ${REF}`);
  expect(await deleteOwnRef(git, REF, head)).toBe(true);
  expect(asked()).toBe('');
});

it.each<[string, () => void]>([
  ['while refs are being packed', () => put('packed-refs.lock', '')],
  ['whose lock somebody holds', () => put(`${REF}.lock`, '')],
  ['that is packed as well', () => owner.git(['pack-refs', '--all', '--no-prune'])],
])('leaves the deletion of a ref to git %s', async (_, prepare) => {
  owner.git(['update-ref', REF, head]);
  prepare();
  expect(await deleteOwnRef(git, REF, head)).toBeNull();
  expect(await readRef(git, REF)).toBe(head);
});

it('passes over what a Musher that was killed left, as git does', async () => {
  owner.git(['update-ref', REF, head]);
  put(join(dirname(REF), '.musher-left'), `${head}\n`);
  expect((await listRefs(git, 'refs/musher/')).map(({ name }) => name)).toEqual([REF]);
  expect(asked()).toBe(`${head} ${REF}`);
});

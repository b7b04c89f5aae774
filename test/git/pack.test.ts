import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BOUNDS } from '../../src/bounds.ts';
import { commitTree, treeOf } from '../../src/git/history.ts';
import { packOf } from '../../src/git/objects/pack.ts';
import { makeOwnDir, type OwnDir } from '../../src/git/own-dir.ts';
import { findRepository } from '../../src/git/repository.ts';
import { gitRunner } from '../../src/git/shell/runner.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { fixedClock, makeOwner, shaOf, type Owner } from './owner.ts';

let owner: Owner;
let git: OwnDir;
beforeEach(async () => {
  owner = makeOwner();
  git = await makeOwnDir(join(owner.root, 'git'), await findRepository(owner.repository), fixedClock(), gitRunner());
});
afterEach(() => owner.remove());

const head = (): CommitSha => shaOf(owner.git(['rev-parse', 'HEAD']));

/** What git reads in a pack, by name. */
function inPack(pack: Buffer): string[] {
  const file = join(owner.root, 'x.pack');
  writeFileSync(file, pack);
  execFileSync('git', ['index-pack', '--strict', file], { cwd: owner.repository });
  const rows = execFileSync('git', ['verify-pack', '-v', file], { cwd: owner.repository, encoding: 'utf8' }).split('\n');
  return rows.flatMap((row) => /^([0-9a-f]{40}) (?:commit|tree|blob)/.exec(row)?.[1] ?? []).toSorted();
}

it('packs just what git would, of files of all sizes, folders, links and submodules', async () => {
  const base = head();
  execFileSync('ln', ['-s', 'shop.txt', 'link'], { cwd: owner.repository });
  owner.git(['update-index', '--add', '--cacheinfo', `160000,${base},lib`]);
  const sizes = [0, 1, 15, 16, 17, 2_047, 2_048, 70_000];
  const commit = owner.commit(
    Object.fromEntries([['src/deep/er/x.txt', 'deep'], ...sizes.map((size) => [`size-${size}`, randomBytes(size)] as const)]),
    'many',
  );
  const wanted = owner
    .git(['rev-list', '--objects', '--no-object-names', commit, `^${base}`])
    .split('\n')
    .toSorted();
  const made = await packOf(git, base, commit);
  expect(made === null ? null : inPack(made)).toEqual(wanted);
});

it('leaves to git what is packed, too large, missing, or no single step', async () => {
  const base = head();
  const next = owner.commit({ 'a.txt': 'a' }, 'a');
  const large = owner.commit({ 'large.bin': randomBytes(BOUNDS.packedObjects) }, 'large');
  expect(await packOf(git, next, large)).toBeNull();
  expect(await packOf(git, base, large)).toBeNull();
  const blob = owner.git(['rev-parse', `${next}:a.txt`]);
  rmSync(join(owner.repository, '.git', 'objects', blob.slice(0, 2), blob.slice(2)), { force: true });
  expect(await packOf(git, base, next)).toBeNull();
});

it('leaves packed objects to git', async () => {
  const base = head();
  const next = owner.commit({ 'a.txt': 'a' }, 'a');
  owner.git(['gc', '-q']);
  expect(await packOf(git, base, next)).toBeNull();
});

it('packs a merge that changes nothing, too', async () => {
  const base = head();
  const same = await commitTree(git, { tree: await treeOf(git, base), parents: [base], message: 'same' });
  const made = await packOf(git, base, same);
  expect(made === null ? null : inPack(made)).toEqual([same]);
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { removeFolder } from '../../src/remove-folder.ts';
import { exists, makeOwner, numbered, open, type Owner, read, write } from './owner.ts';

let owner: Owner;
let git: ProjectGit;
beforeAll(async () => {
  owner = makeOwner();
  git = await open(owner);
});
afterAll(async () => {
  await removeFolder(owner.dataDir);
  owner.remove();
});

/** 3,000 folders in each other, four times deeper than a path can be long, and a file in the last one. */
function makeDeep(at: string): void {
  const program =
    "for (let n = 0; n < 3000; n += 1) { fs.mkdirSync('deep'); process.chdir('deep'); if (n % 700 === 0) fs.mkdirSync('beside'); } fs.writeFileSync('end.txt', 'end');";
  execFileSync(process.execPath, ['-e', program], { cwd: at });
}
const endsIn = (folder: string): string =>
  execFileSync('find', [folder, '-name', 'end.txt', '-execdir', 'cat', '{}', ';'], { encoding: 'utf8' });

it('folders deeper than a path can be long are removed with what they hold', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'musher-deep-'));
  makeDeep(folder);
  await removeFolder(folder);
  expect(exists(folder, '.')).toBe(false);
});

it('their worktree can be worked in and removed, and what git cannot name in it is moved to the quarantine', async () => {
  const number = numbered(1);
  const { branch, path } = await git.openWorktree({ number, title: 'Deep', branch: null });
  const item = { number, branch };
  write(path, { 'work.txt': 'work\n' });
  makeDeep(path);
  const kept = await git.snapshot(item, 'test');
  expect(owner.git(['show', `${kept?.ref}:work.txt`])).toBe('work');
  await git.resetWorktree(item);
  expect(exists(path, 'work.txt')).toBe(false);
  await git.restoreSnapshot({ ...item, title: 'Deep' }, 1);
  expect(read(path, 'work.txt')).toBe('work\n');
  const { removed } = await git.removeWorktree(item, { deleteBranch: true });
  expect(removed).toContainEqual({ kind: 'deep-folders-moved', folders: 1, to: 'quarantine/deep/shop/1' });
  expect(exists(path, '.')).toBe(false);
  expect(endsIn(join(owner.dataDir, 'quarantine/deep/shop/1'))).toBe('end');
});

it("their worktree can be opened again where one of them is in the place of a lock or of one of git's own files", async () => {
  const number = numbered(2);
  const { branch, path } = await git.openWorktree({ number, title: 'Locked', branch: null });
  const gitDir = owner.git(['rev-parse', '--absolute-git-dir'], path);
  for (const name of ['index.lock', 'MERGE_HEAD', 'HEAD.musher', 'commondir.musher']) {
    execFileSync('mkdir', [join(gitDir, name)]);
    makeDeep(join(gitDir, name));
  }
  writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/nowhere\n');
  await git.openWorktree({ number, title: 'Locked', branch });
  expect(readdirSync(gitDir)).not.toContain('index.lock');
  expect(readFileSync(join(gitDir, 'HEAD'), 'utf8')).toBe(`ref: refs/heads/${branch}\n`);
});

import { chmodSync, symlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOUNDS } from '../../../src/bounds.ts';
import { parsePatch } from '../../../src/git/changes/patch.ts';
import type { ProjectGit } from '../../../src/git/project-git.ts';
import { commitSha } from '../../../src/pipeline/values.ts';
import { figure } from '../../figure.ts';
import { makeOwner, numbered, open, type Owner, write } from '../owner.ts';

let owner: Owner;
let git: ProjectGit;
beforeAll(async () => {
  const text = Array.from({ length: 40 }, (_, i) => `line ${i}\n`).join('');
  owner = makeOwner({ files: { 'old name.txt': text, 'run.sh': 'echo\n', 'gone.txt': 'gone\n', 'kept.txt': 'kept\n', 'was.txt': 'x\n' } });
  git = await open(owner);
});
afterAll(() => owner.remove());

let last = 0;
async function opened(): Promise<{ branch: string; path: string }> {
  last += 1;
  return git.openWorktree({ number: numbered(last), title: 'Changes', branch: null });
}

it('lists each file with what happened to it, its modes, its lines, and the sizes of what has no lines', async () => {
  const { branch, path } = await opened();
  owner.git(['mv', 'old name.txt', 'new\tname "ü".txt'], path);
  rmSync(join(path, 'gone.txt'));
  chmodSync(join(path, 'run.sh'), 0o755);
  rmSync(join(path, 'was.txt'));
  symlinkSync('kept.txt', join(path, 'was.txt'));
  owner.commit({ 'logo.png': Buffer.from([0, 1, 2, 3]), 'added.txt': 'a\nb\n' }, 'all kinds', path);

  const change = await git.changedFiles({ branch });
  expect(change?.all).toBe(6);
  expect(change?.added).toBe(3);
  expect(change?.files.map(({ path: name, from, status, modes, lines, bytes }) => [name, from, status, modes, lines, bytes])).toEqual([
    ['added.txt', null, 'added', { before: null, after: '100644' }, { added: 2, removed: 0 }, null],
    ['gone.txt', null, 'deleted', { before: '100644', after: null }, { added: 0, removed: 1 }, null],
    ['logo.png', null, 'added', { before: null, after: '100644' }, null, { before: null, after: 4 }],
    ['new\tname "ü".txt', 'old name.txt', 'renamed', { before: '100644', after: '100644' }, { added: 0, removed: 0 }, null],
    ['run.sh', null, 'modified', { before: '100644', after: '100755' }, { added: 0, removed: 0 }, null],
    ['was.txt', null, 'retyped', { before: '100644', after: '120000' }, { added: 1, removed: 1 }, null],
  ]);
});

it('gives the patch of single files, and of a commit against the one before', async () => {
  const { branch, path } = await opened();
  const first = owner.commit({ 'a.txt': 'one\n', 'b.txt': 'b\n' }, 'first', path);
  owner.commit({ 'a.txt': 'two\n' }, 'second', path);
  const whole = await git.changedFiles({ branch });
  const single = await git.changedFiles({ commit: first });
  if (whole === null || single === null) throw new Error('both are there');
  const shown = async (change: typeof whole, name: string): Promise<unknown> => {
    const { text } = await git.filePatch(change, [name], 10_000);
    return parsePatch(text).map(({ after, hunks }) => [after, hunks.flatMap(({ lines }) => lines.map((line) => line.text))]);
  };
  expect(await shown(whole, 'a.txt')).toEqual([['a.txt', ['two']]]);
  expect(await shown(single, 'a.txt')).toEqual([['a.txt', ['one']]]);
  // A pattern is a name.
  expect(await shown(single, '*.txt')).toEqual([]);
  expect(await git.changedFiles({ branch: 'musher/999-none' })).toBeNull();
  expect(await git.changedFiles({ commit: commitSha('1'.repeat(40)) ?? first })).toBeNull();
});

it('answers soon for 50 MB in one file and in many, and never reads what is larger than its bound', async () => {
  const { branch, path } = await opened();
  const line = `${'x'.repeat(99)}\n`;
  write(path, { 'huge.txt': line.repeat(250_000) });
  write(path, Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`many/${i}.txt`, `${i}\n${line.repeat(250)}`])));
  owner.commit({}, 'huge', path);
  const started = performance.now();
  const change = await git.changedFiles({ branch });
  const took = performance.now() - started;
  expect(change?.files.find(({ path: name }) => name === 'huge.txt')).toMatchObject({
    lines: null,
    bytes: { before: null, after: 25_000_000 },
  });
  expect(change?.all).toBe(1_001);
  expect(change?.files.length).toBe(BOUNDS.changedFiles);
  expect(change?.added).toBe(251_000);
  if (change === null) return;
  const patch = await git.filePatch(change, ['huge.txt'], BOUNDS.patchShown);
  expect(patch.text.length).toBeLessThan(1_000);
  const again = performance.now();
  await git.changedFiles({ branch });
  figure(`the files of a change of 50 MB: ${Math.round(took)} ms, asked again ${Math.round(performance.now() - again)} ms`);
  expect(took).toBeLessThan(30_000);
});

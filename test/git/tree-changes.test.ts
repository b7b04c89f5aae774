import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom, dictionary } from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pathText, treeChanges } from '../../src/git/objects/tree-changes.ts';
import { makeOwnDir, type OwnDir } from '../../src/git/own-dir.ts';
import { findRepository } from '../../src/git/repository.ts';
import { gitRunner } from '../../src/git/shell/runner.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { fixedClock, makeOwner, type Owner, shaOf } from './owner.ts';

let owner: Owner;
beforeAll(() => (owner = makeOwner()));
afterAll(() => owner.remove());

/** Calls of git that the directory was asked for. */
async function open(): Promise<{ git: OwnDir; calls: string[] }> {
  const calls: string[] = [];
  const run = gitRunner();
  const counted: typeof run = (call) => {
    calls.push(call.args[0] ?? '');
    return run(call);
  };
  return { git: await makeOwnDir(join(owner.root, 'git'), await findRepository(owner.repository), fixedClock(), counted), calls };
}

const fed = (input: string | Buffer, args: readonly string[]): string =>
  execFileSync('git', args, { cwd: owner.repository, input, encoding: 'utf8' }).trim();
const blob = (text: string): string => fed(text, ['hash-object', '-w', '--stdin']);

interface Folder {
  readonly [name: string]: string | Folder;
}

/** Writes a folder; a text is a file's, with its mode before it. */
function written(folder: Folder): CommitSha {
  const rows = Object.entries(folder).map(([name, what]) => {
    if (typeof what !== 'string') return `040000 tree ${written(what)}\t${name}\0`;
    const [mode = '', text = ''] = what.split(' ');
    return mode === '160000' ? `160000 commit ${text.repeat(40).slice(0, 40)}\t${name}\0` : `${mode} blob ${blob(text)}\t${name}\0`;
  });
  return shaOf(fed(rows.join(''), ['mktree', '-z', '--missing']));
}

const byGit = (from: string, to: string): string[] => {
  const cells = owner.git(['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', from, to]).split('\0').filter(Boolean);
  return cells.flatMap((cell, n) => (cell.startsWith(':') ? [`${cell} ${cells[n + 1] ?? ''}`] : []));
};
const NONE = { mode: '000000', object: '0'.repeat(40) };
const byReading = async (git: OwnDir, from: CommitSha, to: CommitSha): Promise<string[]> =>
  (await treeChanges(git, from, to)).map(({ path, before, after }) => {
    const kind = (mode: string): string => mode.slice(0, 3);
    const status = before === null ? 'A' : after === null ? 'D' : kind(before.mode) === kind(after.mode) ? 'M' : 'T';
    const [old, now] = [before ?? NONE, after ?? NONE];
    return `:${old.mode} ${now.mode} ${old.object} ${now.object} ${status} ${pathText(path)}`;
  });

const file = constantFrom('100644 a', '100644 b', '100755 a', '120000 a', '160000 1', '160000 2');
const name = constantFrom('a', 'a.b', 'a-', 'a0', 'ab', 'ü', 'B c');
const leaf = dictionary(name, file, { maxKeys: 4 });
const inner = dictionary(name, constantFrom<'file' | 'folder'>('file', 'folder'), { maxKeys: 4 });
const folders = array(leaf, { minLength: 4, maxLength: 4 });

/** A folder of files and of folders of files. */
const made = (shape: Record<string, 'file' | 'folder'>, parts: readonly Folder[]): Folder =>
  Object.fromEntries(
    Object.entries(shape).map(([key, kind], n) => {
      const part = parts[n % parts.length] ?? {};
      // mktree takes no empty folder in another.
      return [key, kind === 'folder' && Object.keys(part).length > 0 ? part : '100644 a'];
    }),
  );

it('finds what two trees differ in as git does, without a process', async () => {
  const { git, calls } = await open();
  await assert(
    asyncProperty(inner, folders, inner, folders, async (one, its, other, parts) => {
      const [from, to] = [written(made(one, its)), written(made(other, parts))];
      expect(await byReading(git, from, to)).toEqual(byGit(from, to));
    }),
    { numRuns: 40 },
  );
  expect(calls).toEqual([]);
});

it.each([
  ['a name that is there twice', (object: string) => [`100644 a\0`, object, `100644 a\0`, object]],
  ['names in another order', (object: string) => [`100644 b\0`, object, `100644 a\0`, object]],
  ['a file and a folder of the same name', (object: string) => [`100644 a\0`, object, `40000 a\0`, written({ c: '100644 a' })]],
  ['a mode that git does not write', (object: string) => ['100664 a\0', object]],
])('leaves a tree to git that git would not write: %s', async (_, rows) => {
  const { git, calls } = await open();
  const bytes = Buffer.concat(rows(blob('a')).map((part, n) => (n % 2 === 0 ? Buffer.from(part) : Buffer.from(part, 'hex'))));
  const odd = shaOf(fed(bytes, ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin']));
  const from = written({ z: '100644 a' });
  expect(await byReading(git, from, odd)).toEqual(byGit(from, odd));
  expect(calls).toEqual(['diff-tree']);
});

it('leaves packed trees to git', async () => {
  const from = written({ a: '100644 a', b: { c: '100644 a' } });
  const to = written({ a: '100644 b', b: { c: '100644 b' } });
  const commit = (tree: string): string => fed('x\n', ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit-tree', tree]);
  owner.git(['update-ref', 'refs/keep/from', commit(from)]);
  owner.git(['update-ref', 'refs/keep/to', commit(to)]);
  owner.git(['gc', '-q', '--prune=now']);
  const { git, calls } = await open();
  expect(await byReading(git, from, to)).toEqual(byGit(from, to));
  expect(calls).toEqual(['diff-tree']);
});

it('does not look without end through folders that are in each other again and again', async () => {
  const { git, calls } = await open();
  const levels = (text: string): CommitSha => {
    let tree = written({ a: `100644 ${text}` });
    for (let level = 0; level < 7; level += 1)
      tree = shaOf(fed(['a', 'b', 'c'].map((key) => `040000 tree ${tree}\t${key}\0`).join(''), ['mktree', '-z']));
    return tree;
  };
  expect(await treeChanges(git, written({ z: '100644 a' }), levels('many'))).toHaveLength(3 ** 7 + 1);
  expect(calls).toEqual(['diff-tree']);
});

import { execFileSync } from 'node:child_process';
import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom, record, string, subarray } from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commitTree, treeOf } from '../../src/git/history.ts';
import { makeOwnDir, type OwnDir } from '../../src/git/own-dir.ts';
import { findRepository } from '../../src/git/repository.ts';
import { gitRunner } from '../../src/git/shell/runner.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { fixedClock, makeOwner, shaOf, type Owner } from './owner.ts';

let owner: Owner;
let head: CommitSha;
let calls: string[] = [];
beforeEach(() => {
  owner = makeOwner();
  head = shaOf(owner.git(['rev-parse', 'HEAD']));
});
afterEach(() => owner.remove());

async function open(): Promise<OwnDir> {
  calls = [];
  const run = gitRunner();
  const repository = { ...(await findRepository(owner.repository)), identity: { name: 'Musher', email: 'musher@localhost' } };
  return makeOwnDir(join(owner.root, 'git'), repository, fixedClock(), (call) => {
    calls.push(call.args[0] ?? '');
    return run(call);
  });
}

/** The same commit by git itself. */
function byGit(tree: CommitSha, parents: readonly CommitSha[], message: string, author: { name: string; email: string }): string {
  const date = `@${fixedClock().now() / 1000} +0000`;
  return execFileSync('git', ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'], {
    cwd: owner.repository,
    input: message,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: join(owner.root, 'home'),
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: 'Musher',
      GIT_COMMITTER_EMAIL: 'musher@localhost',
      GIT_COMMITTER_DATE: date,
    },
  }).trim();
}

const text = string({ unit: 'binary', maxLength: 40 });
const name = constantFrom('Ada', 'Zoë van Dam', 'A. B.', '"Q"', ' x', 'a,', 'a<b', '名');

it('writes the commits that git writes, whatever they say and by whomever', async () => {
  const git = await open();
  const second = owner.commit({ 'second.txt': '2' }, 'second');
  const tree = await treeOf(git, head);
  await assert(
    asyncProperty(
      record({ message: text, lines: array(text, { maxLength: 3 }) }),
      name,
      subarray([head, second]),
      async (words, who, parents) => {
        const message = [words.message, ...words.lines].join('\n');
        const author = { name: who, email: 'ada@example.org' };
        const written = await commitTree(git, { tree, parents, message, author });
        expect(written).toBe(byGit(tree, parents, `${message.replaceAll('\0', '').trim() || '(no message)'}\n`, author));
      },
    ),
    { numRuns: 60 },
  );
  expect(owner.git(['fsck', '--strict', '--no-dangling'])).toBe('');
}, 120_000);

it('takes no process for what lies in files of its own, and leaves what is packed to git', async () => {
  const git = await open();
  const tree = await treeOf(git, head);
  const loose = await commitTree(git, { tree, parents: [head], message: 'loose' });
  expect(calls).toEqual([]);
  expect(owner.git(['cat-file', '-p', loose])).toContain('loose');
  owner.git(['gc', '-q']);
  const packed = await open();
  await commitTree(packed, { tree, parents: [head], message: 'packed' });
  expect(calls).toEqual(['commit-tree']);
});

it('leaves to git a tree or a parent that is not there', async () => {
  const git = await open();
  const tree = await treeOf(git, head);
  const nothing = shaOf('1'.repeat(40));
  await expect(commitTree(git, { tree: nothing, parents: [head], message: 'x' })).rejects.toThrow(/1111/);
  await expect(commitTree(git, { tree, parents: [nothing], message: 'x' })).rejects.toThrow(/1111/);
});

it('leaves to git a repository that is shared with others, whose files need other rights', async () => {
  owner.git(['config', 'core.sharedRepository', 'group']);
  const git = await open();
  await commitTree(git, { tree: await treeOf(git, head), parents: [head], message: 'x' });
  expect(calls).toContain('commit-tree');
});

it('makes the same commit as young as a new one, so that nobody clears it away', async () => {
  const git = await open();
  const commit = { tree: await treeOf(git, head), parents: [head], message: 'again' };
  const first = await commitTree(git, commit);
  const file = join(owner.repository, '.git', 'objects', first.slice(0, 2), first.slice(2));
  utimesSync(file, 1, 1);
  expect(await commitTree(git, commit)).toBe(first);
  expect(statSync(file).mtimeMs).toBeGreaterThan(Date.now() - 3_600_000);
});

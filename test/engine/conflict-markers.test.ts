import { afterAll, beforeAll, expect, test } from 'vitest';
import { newMarkers } from '../../src/engine/merge/conflict-markers.ts';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { makeOwner, open, type Owner } from '../git/owner.ts';

const BLOCK = '<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> main\n';

let owner: Owner;
let git: ProjectGit;
beforeAll(async () => {
  owner = makeOwner({ files: { 'docs/merging.md': `How it looks:\n${BLOCK}`, 'old.txt': `a\n${BLOCK}z\n`, 'plain.txt': 'one\ntwo\n' } });
  git = await open(owner);
});
afterAll(() => owner.remove());

let last = 0;
/** The files of a change that are told to hold new markers. */
async function marked(
  files: Record<string, string | Buffer>,
  how: { removed?: string; maxBytes?: number } = {},
): Promise<readonly string[]> {
  last += 1;
  owner.git(['switch', '-q', '-c', `work-${last}`, 'main']);
  if (how.removed !== undefined) owner.git(['rm', '-q', how.removed]);
  const head = owner.commit(files, 'work');
  owner.git(['switch', '-q', 'main']);
  const patch = await git.patch(head, how.maxBytes ?? 1_000_000);
  return newMarkers(git, { branch: `work-${last}`, head, commitsAhead: 1 }, patch, await git.changedPaths(head));
}

test.each<[what: string, files: Record<string, string | Buffer>]>([
  ['a whole conflict', { 'plain.txt': `one\n${BLOCK}two\n` }],
  ['a conflict with its ancestor', { 'plain.txt': '<<<<<<< HEAD\na\n||||||| 1234567\nb\n=======\nc\n>>>>>>> main\n' }],
  ['one in a new file', { 'new.txt': BLOCK }],
  ['one with line ends of Windows', { 'plain.txt': `one\r\n${BLOCK.replaceAll('\n', '\r\n')}` }],
  ['an opening line that was forgotten', { 'plain.txt': 'one\n<<<<<<< HEAD\ntwo\n' }],
  ['a closing line that was forgotten', { 'plain.txt': 'one\n>>>>>>> 1a2b3c4 (a subject)\ntwo\n' }],
  ['longer signs, as `conflict-marker-size` makes them', { 'plain.txt': '<<<<<<<<<< HEAD\na\n==========\nb\n>>>>>>>>>> main\n' }],
  ['signs without names', { 'plain.txt': '<<<<<<<\na\n=======\nb\n>>>>>>>\n' }],
  ['one more beside those that were there', { 'old.txt': `a\n${BLOCK}z\n<<<<<<< other\nx\n=======\ny\n>>>>>>> other\n` }],
  ['one in a file with an odd name', { 'a "b" ü.txt': BLOCK }],
])('%s is seen', async (_what, files) => {
  expect(await marked(files)).toHaveLength(1);
});

test.each<[what: string, files: Record<string, string | Buffer>, removed?: string]>([
  ['markers that were there before, beside a change', { 'old.txt': `b\n${BLOCK}z\nmore\n` }],
  ['markers that are resolved', { 'old.txt': 'a\nours\nz\n' }],
  ['a file with markers that gets another name', { 'renamed.md': `How it looks:\n${BLOCK}` }, 'docs/merging.md'],
  ['an underlined heading', { 'plain.txt': 'Title\n=======\n>>>>>>>\n' }],
  ['markers that are indented, as text about them is', { 'docs/more.md': BLOCK.replaceAll(/^/gm, '    ') }],
  ['a binary file', { 'x.bin': Buffer.concat([Buffer.from([0]), Buffer.from(`\n${BLOCK}`)]) }],
  ['a patch in a patch', { 'fix.patch': `@@ -1 +1 @@\n+${BLOCK.replaceAll('\n', '\n+')}\n` }],
])('%s: nothing new', async (_what, files, removed) => {
  expect(await marked(files, removed === undefined ? {} : { removed })).toEqual([]);
});

test('where the patch is too long to be read, the files themselves are looked at, and those that had markers before do not count', async () => {
  expect(await marked({ 'plain.txt': BLOCK, 'old.txt': `b\n${BLOCK}z\n` }, { maxBytes: 10 })).toEqual(['plain.txt']);
});

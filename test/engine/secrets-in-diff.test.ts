import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import type { SecretsFound } from '../../src/engine/merge/secrets-in-diff.ts';
import { redactorFor } from '../../src/redaction/redactor.ts';
import { secretCause, secretsIn } from '../../src/engine/merge/secrets-in-diff.ts';
import { makeOwner, open } from '../git/owner.ts';
import { SHAPED } from '../redaction/canaries.ts';
import { commitSha } from '../../src/pipeline/values.ts';

const redactor = redactorFor(['correct horse battery staple']);
const [[, token] = ['', '']] = SHAPED;
const pem = SHAPED.find(([name]) => name === 'private key')?.[1] ?? '';

test('secrets in added lines are found with their place, in text, in binary files and over several lines; others are not', async () => {
  const owner = makeOwner();
  try {
    owner.commit({ 'old.txt': `kept\n${token}\ngone ${token}\n` }, 'before');
    const git = await open(owner);
    owner.git(['switch', '-q', '-c', 'work']);
    const head = owner.commit(
      {
        'old.txt': `kept\n${token}\nnew\n`,
        'app.ts': `a\nb\nconst key = '${token}';\n`,
        'keys/id.pem': `# mine\n${pem}\n`,
        'äöü "x".txt': 'correct horse battery staple',
        'blob.bin': `\0\0\0${token}\0`,
        'tricky.txt': `-- a/x\n++ b/y\n@@ -1 +1 @@\n${token}\n`,
      },
      'work',
    );
    const { found, isWhole } = await search(git, head);
    expect(isWhole).toBe(true);
    expect(found).toEqual(
      expect.arrayContaining([
        'GitHub token in app.ts:3',
        'GitHub token in blob.bin:1',
        'GitHub token in tricky.txt:4',
        'private key in keys/id.pem:2',
        expect.stringMatching(/^configured secret in .*x.*\.txt:1$/),
      ]),
    );
    expect(found).toHaveLength(5);
    expect(found.join()).not.toContain(token);
    expect(secretCause({ found, isWhole: true })).toEqual({ kind: 'secrets', found });
  } finally {
    owner.remove();
  }
});

test.each<[how: string, path: string, content: Buffer | string]>([
  ['UTF-16', 'notes.txt', Buffer.from(`\uFEFFkey = ${token}\n`, 'utf16le')],
  ['UTF-16, big end first', 'notes.txt', Buffer.from(`key = ${token}\n`, 'utf16le').swap16()],
  ['gzip', 'log.gz', gzipSync(`key = ${token}\n`)],
  ['gzip in gzip', 'log.gz.gz', gzipSync(gzipSync(token))],
  ['zlib', 'object', deflateSync(token)],
  ['zstd', 'log.zst', zstdCompressSync(Buffer.from(token))],
  ['zip', 'log.zip', zipOf('keys/id.txt', token)],
  ['zip in gzip', 'log.zip.gz', gzipSync(zipOf('keys/id.txt', token))],
  ['base64', 'secret.yaml', `data:\n  key: ${Buffer.from(`user:${token}`).toString('base64')}\n`],
  [
    'base64 in lines',
    'mail.txt',
    Buffer.from(`${'x'.repeat(50)} ${token} `.repeat(3))
      .toString('base64')
      .replaceAll(/(.{76})/g, '$1\n'),
  ],
  ['hexadecimal', 'dump.txt', `${Buffer.from(token).toString('hex')}\n`],
  ['a file’s name', `${token}.txt`, 'nothing\n'],
  ['a folder’s name', `${token}/x.txt`, 'nothing\n'],
])('a secret in %s is found, and its place is named without it', async (_how, path, content) => {
  const owner = makeOwner();
  try {
    owner.commit({ 'a.txt': 'a' }, 'before');
    const git = await open(owner);
    owner.git(['switch', '-q', '-c', 'work']);
    const { found } = await search(git, owner.commit({ [path]: content }, 'work'));
    expect(found).toEqual([expect.stringMatching(/^GitHub token in /)]);
    expect(found.join()).not.toContain(token);
  } finally {
    owner.remove();
  }
});

test('what unpacks without end is not searched to its end, and is said to be so', async () => {
  const owner = makeOwner();
  try {
    owner.commit({ 'a.txt': 'a' }, 'before');
    const git = await open(owner);
    owner.git(['switch', '-q', '-c', 'work']);
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(await search(git, owner.commit({ 'bomb.gz': bomb }, 'work'))).toEqual({ found: [], isWhole: false });
    // Noise that only begins like something packed is whole all the same.
    const noise = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 0x08]),
      Buffer.alloc(5_000, 7),
      Buffer.from('PK\x03\x04'),
      Buffer.alloc(5_000, 9),
    ]);
    owner.git(['switch', '-q', '-c', 'noise', 'main']);
    expect(await search(git, owner.commit({ 'noise.bin': noise }, 'work'))).toEqual({ found: [], isWhole: true });
  } finally {
    owner.remove();
  }
});

/** As the merge looks at a branch. */
async function search(git: ProjectGit, commit: string): Promise<SecretsFound> {
  const head = commitSha(commit);
  if (head === null) throw new Error(`${commit} is no commit`);
  return secretsIn(await git.patch(head, 1_000_000), {
    names: await git.changedPaths(head),
    blobs: (names, most) => git.blobs(names, most),
    redactor,
  });
}

/** A zip file of one compressed entry: its local header and its data, which is all that an unpacker needs to find it. */
function zipOf(name: string, text: string): Buffer {
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04', 'latin1');
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(8, 8);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name), deflateRawSync(text)]);
}

test('a patch that is too large to be searched is held as well', () => {
  expect(secretCause({ found: [], isWhole: false })).toEqual({ kind: 'secrets', found: [] });
  expect(secretCause({ found: [], isWhole: true })).toBeNull();
});

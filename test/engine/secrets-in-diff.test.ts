import { expect, test } from 'vitest';
import { redactorFor } from '../../src/redaction/redactor.ts';
import { secretReason, secretsInPatch } from '../../src/engine/merge/secrets-in-diff.ts';
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
    const { text, truncated } = await git.patch(commitSha(head) ?? head, 1_000_000);
    expect(truncated).toBe(false);
    const found = secretsInPatch(text, redactor);
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
    expect(secretReason(found, false)).toMatch(/^its diff holds what looks like a secret: /);
  } finally {
    owner.remove();
  }
});

test('a patch that is too large to be searched is held as well', () => {
  expect(secretReason([], true)).toContain('too large to be searched');
  expect(secretReason([], false)).toBeNull();
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePatch } from '../../../src/git/changes/patch.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'musher-patch-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function gitDiff(before: string, after: string): string {
  writeFileSync(join(folder, 'before'), before);
  writeFileSync(join(folder, 'after'), after);
  try {
    return execFileSync('git', ['diff', '--no-index', '--no-color', '--text', 'before', 'after'], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    return String((error as { stdout: unknown }).stdout);
  }
}

describe('a patch', () => {
  it('takes no line of a file for the head of another file or hunk', () => {
    const before = 'one\n-- a/x\n@@ -1 +1 @@\nend\nfar\nfar\nfar\nfar\nfar\nfar\nfar\nlast\n';
    const after = 'one\n++ b/evil\ndiff --git a/y b/y\nend\nfar\nfar\nfar\nfar\nfar\nfar\nfar\nnew last\n';
    const files = parsePatch(gitDiff(before, after));
    expect(files.map((file) => file.after)).toEqual(['after']);
    expect(files[0]?.hunks.length).toBe(2);
    const text = files[0]?.hunks[0]?.lines.map(({ kind, text: line }) => `${kind} ${line}`);
    expect(text).toContain('removed -- a/x');
    expect(text).toContain('added ++ b/evil');
    expect(text).toContain('added diff --git a/y b/y');
  });

  it('has the lines and numbers of both sides, whatever they hold', () => {
    const line = fc.constantFrom(
      '',
      'a',
      'b',
      '-- a/x',
      '++ b/x',
      '@@ -1,2 +1,2 @@',
      'diff --git a/x b/x',
      '\\ No newline at end of file',
      'x\r',
      '\u2028',
      '\u202e',
    );
    const file = fc.tuple(fc.array(line, { maxLength: 30 }), fc.boolean()).map(([lines, ended]) => lines.join('\n') + (ended ? '\n' : ''));
    fc.assert(
      fc.property(file, file, (before, after) => {
        const files = parsePatch(gitDiff(before, after));
        expect(files.length).toBe(before === after ? 0 : 1);
        const lines = files.flatMap(({ hunks }) => hunks.flatMap((hunk) => hunk.lines));
        const [old, now] = [before.split('\n'), after.split('\n')];
        const wrong = lines.filter(
          (one) => (one.before !== null && old[one.before - 1] !== one.text) || (one.after !== null && now[one.after - 1] !== one.text),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('says where it was cut, and keeps what came before', () => {
    const whole = gitDiff('a\nb\nc\n', 'a\nB\nc\nd\n');
    for (let end = whole.indexOf('@@'); end < whole.length; end += 1) {
      const [file] = parsePatch(whole.slice(0, end));
      expect(file?.hunks.flatMap(({ lines }) => lines).length).toBeLessThanOrEqual(5);
    }
    expect(parsePatch(whole)[0]?.cut).toBe(false);
    expect(parsePatch(whole.slice(0, -4))[0]?.cut).toBe(true);
  });

  it('reads quoted names, renames and binary files', () => {
    const text = [
      'diff --git "a/\\303\\274.txt" "b/new\\tname.txt"',
      'similarity index 90%',
      'rename from "\\303\\274.txt"',
      'rename to "new\\tname.txt"',
      'diff --git a/logo.png b/logo.png',
      'index 1..2 100644',
      'Binary files a/logo.png and b/logo.png differ',
      'diff --git a/with space.txt b/with space.txt',
      '--- a/with space.txt\t',
      '+++ /dev/null',
      '@@ -1 +0,0 @@ function here',
      '-x',
      '\\ No newline at end of file',
      '',
    ].join('\n');
    expect(parsePatch(text).map(({ before, after, binary }) => [before, after, binary])).toEqual([
      ['ü.txt', 'new\tname.txt', false],
      [null, null, true],
      ['with space.txt', null, false],
    ]);
    expect(parsePatch(text)[2]?.hunks).toEqual([
      { place: 'function here', before: 1, after: 0, lines: [{ kind: 'removed', text: 'x', before: 1, after: null, unended: true }] },
    ]);
  });
});

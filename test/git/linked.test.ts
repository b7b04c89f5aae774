import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, realpathSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { linkedAt, listCheckouts, readPlain, tie } from '../../src/git/worktree/linked.ts';
import { dataDir } from '../log/data-dir.ts';

describe('a plain file', () => {
  test('is read whole; nothing else in its place is, and nobody waits for it', async () => {
    const dir = dataDir();
    const at = (name: string): string => join(dir, name);
    writeFileSync(at('file'), 'gitdir: x\n');
    symlinkSync(at('file'), at('link'));
    mkdirSync(at('folder'));
    // Opening one for reading waits until somebody writes into it.
    execFileSync('mkfifo', [at('pipe')]);
    // A hole of 3 GiB, in which not one byte is.
    closeSync(openSync(at('vast'), 'w'));
    truncateSync(at('vast'), 3 * 1024 ** 3);
    expect(await readPlain(at('file'))).toBe('gitdir: x\n');
    const others = ['link', 'folder', 'pipe', 'vast', 'gone', 'file/below', 'gone/below'];
    expect(await Promise.all(others.map((other) => readPlain(at(other))))).toEqual(others.map(() => null));
  });
});

describe('checkouts', () => {
  test('are listed without one whose files go while they are looked at', async () => {
    const repository = realpathSync(dataDir());
    const commonDir = join(repository, '.git');
    mkdirSync(commonDir);
    const [stays, goes] = ['1', '2'].map((name) => linkedAt(commonDir, join(repository, name), name)) as [
      ReturnType<typeof linkedAt>,
      ReturnType<typeof linkedAt>,
    ];
    for (const one of [stays, goes]) await tie(one, { branch: `musher/${one.path.at(-1)}` });
    expect(await listCheckouts(commonDir, null)).toHaveLength(2);
    for (const file of [join(goes.gitDir, 'gitdir'), join(goes.path, '.git'), goes.path, goes.gitDir]) {
      await rm(file, { recursive: true });
      expect((await listCheckouts(commonDir, null)).map(({ path }) => path)).toEqual([stays.path]);
      await tie(goes, { branch: 'musher/2' });
    }
  });
});

import { mkdirSync, realpathSync } from 'node:fs';
import type { lstat } from 'node:fs/promises';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { linkedAt, listCheckouts, readPlain, tie } from '../../src/git/worktree/linked.ts';
import { dataDir } from '../log/data-dir.ts';

/** What happens between the look at a file and the reading of it. */
const meanwhile = { of: '', happens: (): Promise<void> => Promise.resolve() };

vi.mock(import('node:fs/promises'), async (load) => {
  const real = await load();
  const looked = async (file: string): Promise<unknown> => {
    const found = await real.lstat(file);
    if (file === meanwhile.of) await meanwhile.happens();
    return found;
  };
  return { ...real, lstat: looked as typeof lstat };
});

afterEach(() => {
  meanwhile.of = '';
});

describe('a file that is removed right after it was seen', () => {
  test('counts as none', async () => {
    const file = join(dataDir(), '.git');
    await writeFile(file, 'gitdir: x\n');
    expect(await readPlain(file)).toBe('gitdir: x\n');
    meanwhile.of = file;
    meanwhile.happens = () => rm(file);
    expect(await readPlain(file)).toBeNull();
  });

  test('takes its checkout out of the list, and no other', async () => {
    const repository = realpathSync(dataDir());
    const commonDir = join(repository, '.git');
    mkdirSync(commonDir);
    const [stays, goes] = ['1', '2'].map((name) => linkedAt(commonDir, join(repository, name), name)) as [
      ReturnType<typeof linkedAt>,
      ReturnType<typeof linkedAt>,
    ];
    for (const one of [stays, goes]) await tie(one, { branch: `musher/${one.path.at(-1)}` });
    expect(await listCheckouts(commonDir, null)).toHaveLength(2);
    for (const file of [join(goes.gitDir, 'gitdir'), join(goes.path, '.git')]) {
      meanwhile.of = file;
      meanwhile.happens = () => rm(file);
      expect((await listCheckouts(commonDir, null)).map(({ path }) => path)).toEqual([stays.path]);
      meanwhile.of = '';
      await tie(goes, { branch: 'musher/2' });
    }
  });
});

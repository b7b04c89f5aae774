import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPlain } from '../../src/git/linked.ts';
import { dataDir } from '../log/data-dir.ts';

test('a file that is removed while it is looked at counts as none', async () => {
  const file = join(dataDir(), '.git');
  for (let time = 0; time < 300; time++) {
    await writeFile(file, 'gitdir: x\n');
    const [read] = await Promise.all([readPlain(file), rm(file)]);
    // Whole, emptied by nobody, or not there; never an error.
    expect([null, 'gitdir: x\n']).toContain(read);
  }
});

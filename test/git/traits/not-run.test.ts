import { afterEach, expect, it } from 'vitest';
import { makeOwner, open, type Owner, write } from '../owner.ts';

let owner: Owner;
afterEach(() => owner.remove());

it('of what the owner’s git runs, that is named which the project uses', async () => {
  owner = makeOwner({
    files: { '.gitattributes': '*.psd filter=lfs merge=lfs -text\n', 'web/.gitattributes': '*.lock merge=ours\n*.x filter=gone\n' },
  });
  expect(await (await open(owner)).notRun()).toEqual({ filters: [], mergeDrivers: [], replaced: false });
  for (const [key, value] of [
    ['filter.lfs.clean', 'git-lfs clean -- %f'],
    ['filter.unused.clean', 'cat'],
    ['merge.ours.driver', 'true'],
    ['merge.mine.driver', 'mine %A'],
    ['merge.lfs.driver', 'git lfs merge-driver %A'],
  ] as const)
    owner.git(['config', '--global', key, value]);
  write(owner.repository, { '.git/info/attributes': '*.po merge=mine\n' });
  const second = owner.commit({ 'a.txt': 'a\n' }, 'second');
  owner.git(['replace', '--graft', second]);
  expect(await (await open(owner, { project: 'again' })).notRun()).toEqual({
    filters: ['lfs'],
    mergeDrivers: ['lfs', 'mine'],
    replaced: true,
  });
});

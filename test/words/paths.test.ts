import { expect, it } from 'vitest';
import { withoutPaths } from '../../src/words/paths.ts';

const DEEP = `/srv/musher${'/deep'.repeat(3_000)}`;

it.each([
  ["EACCES: permission denied, open '/srv/musher/a.txt'", "EACCES: permission denied, open '…/a.txt'"],
  ["EACCES: permission denied, open '/srv/my data/it (1)/a.txt'", "EACCES: permission denied, open '…/a.txt'"],
  [`ENAMETOOLONG: name too long, open '${DEEP}'`, "ENAMETOOLONG: name too long, open '…/deep'"],
  [`cannot open ${DEEP}: too long`, 'cannot open …/deep: too long'],
])('a text of the system names no folder of the server: %#', (said, shown) => {
  expect(withoutPaths(said)).toBe(shown);
});

it.each([`ENAMETOOLONG: open '${DEEP}`, `open ${'deep/'.repeat(3_000)}`, `open '/a/${'x'.repeat(9_000)}'`])(
  'and is never long: %#',
  (said) => {
    expect(withoutPaths(said).length).toBeLessThanOrEqual(300);
  },
);

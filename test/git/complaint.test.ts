import { describe, expect, it } from 'vitest';
import { complaintOf } from '../../src/git/run.ts';

describe('what people read of a complaint of git', () => {
  it('has git’s own words and not its advice', () => {
    const said =
      'hint: Support for <GIT_DIR>/info/grafts is deprecated\nhint: and will be removed\nerror: unable to read sha1 file of a.txt (5626abf0)\n';
    expect(complaintOf(said)).toBe('error: unable to read sha1 file of a.txt (5626abf0)');
  });

  it('has a warning only where there is nothing else', () => {
    expect(complaintOf('warning: slow\nfatal: no such ref\n')).toBe('fatal: no such ref');
    expect(complaintOf('warning: slow\n')).toBe('warning: slow');
  });

  it('names no folder of the server, and keeps the names of files and refs', () => {
    expect(complaintOf("fatal: Unable to create '/srv/shop/.git/worktrees/1/index.lock': File exists.")).toBe(
      "fatal: Unable to create '…/index.lock': File exists.",
    );
    expect(complaintOf('fatal: cannot lock ref refs/heads/main in src/a.txt')).toBe('fatal: cannot lock ref refs/heads/main in src/a.txt');
  });

  it('is as long as it has to be: the first lines and the last of many', () => {
    const many = Array.from({ length: 50 }, (_, i) => `error: unable to read file ${i}`);
    const text = complaintOf([...many, 'fatal: gave up'].join('\n'));
    expect(text).toBe('error: unable to read file 0 error: unable to read file 1 (48 more lines) fatal: gave up');
  });
});

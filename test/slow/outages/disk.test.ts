import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Bench, create, type ProjectFile, until } from '../../e2e/harness.ts';
import { NO_DISKS, SmallDisk } from './small-disk.ts';

let bench: Bench;
let disk: SmallDisk | null = null;
afterEach(async () => {
  await bench.end();
  await disk?.bringBack();
  disk = null;
  await bench.close();
});

const count = (out: string, what: RegExp): number => out.match(what)?.length ?? 0;

const REPOSITORY = (): string => bench.repo;
const WORKTREES = (): string => join(bench.data, 'worktrees');

interface Trouble {
  readonly begin: (of: SmallDisk) => void;
  readonly over: (of: SmallDisk) => void;
  readonly said: RegExp;
}
const FULL: Trouble = { begin: (of) => of.fill(), over: (of) => of.free(), said: /on hold: The disk is full/ };
const NO_FILES: Trouble = { begin: (of) => of.useUpFiles(), over: (of) => of.freeFiles(), said: /on hold: The disk is full/ };
const READ_ONLY: Trouble = { begin: (of) => of.mount('ro'), over: (of) => of.mount('rw'), said: /on hold: The disk is read-only/ };

const AT_WORK = 'coder: raise there; await go; write a.txt a; commit; success';
const COMMITTED = 'coder: write a.txt a; commit; raise there; await go; success';
const AT_GATE: ProjectFile = {
  gates: { save: 'touch {flags}/there; while [ ! -e {flags}/go ]; do sleep 0.1; done; echo made > made.txt' },
};

describe.skipIf(NO_DISKS !== null)(`a disk that fails${NO_DISKS === null ? '' : ` (${NO_DISKS})`}`, () => {
  test.each<readonly [string, () => string, string, Trouble, string, ProjectFile]>([
    ['of the repository, full while an agent works', REPOSITORY, 'size=4m', FULL, AT_WORK, {}],
    ['of the repository, full when an agent has committed', REPOSITORY, 'size=4m', FULL, COMMITTED, {}],
    ['of the worktrees, full while an agent works', WORKTREES, 'size=4m', FULL, AT_WORK, {}],
    ['of the worktrees, full when an agent has committed', WORKTREES, 'size=4m', FULL, COMMITTED, {}],
    ['of the worktrees, full while a gate writes', WORKTREES, 'size=4m', FULL, 'coder: write a.txt a; commit; success', AT_GATE],
    ['of the repository, without a file left', REPOSITORY, 'size=4m,nr_inodes=400', NO_FILES, COMMITTED, {}],
    ['of the worktrees, without a file left', WORKTREES, 'size=4m,nr_inodes=400', NO_FILES, AT_WORK, {}],
    ['of the repository, read-only', REPOSITORY, 'size=4m', READ_ONLY, AT_WORK, {}],
  ])('%s, costs no attempt, is told once, and work continues by itself', async (_, folder, options, trouble, task, project) => {
    bench = new Bench({ top: 'max_retries = 0', ...project });
    bench.expectedProblems.push(/ENOSPC|EROFS|[Nn]o space left|[Rr]ead-only file system/);
    mkdirSync(bench.data, { mode: 0o700 });
    const at = await SmallDisk.under(bench, folder(), options);
    disk = at;
    const musher = bench.start();
    musher.type(create('One', task), 'start 1');
    await until(() => bench.raised('there'));
    trouble.begin(at);
    bench.raise('go');
    await musher.said(trouble.said);
    // Once is enough to see that it is told once more for each try.
    if (trouble === FULL && folder === WORKTREES) await until(() => bench.others('outage.met').length > 1);
    expect(bench.item(1)).toMatchObject({ attempts: 0, failure: null });
    trouble.over(at);
    musher.type('wait 1 done 60');
    const { out } = await musher.end();
    await at.bringBack();
    disk = null;
    expect(bench.item(1)).toMatchObject({ stage: { name: 'done' }, attempts: 0 });
    expect(bench.only('item.attempt_failed', 1)).toEqual([]);
    expect(count(out, /is on hold: .*? No attempt is counted/g)).toBe(1);
    expect(count(out, /Work on shop continues/g)).toBe(1);
    expect(bench.merges).toHaveLength(1);
  });
});

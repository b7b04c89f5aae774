import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { afterEach, describe, expect, test } from 'vitest';
import { Bench, create, type Session, until } from '../../e2e/harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const count = (out: string, what: RegExp): number => out.match(what)?.length ?? 0;

/** Whose processes are counted: those of root never are, so a test that root runs starts Musher as somebody else. */
const OTHER = 54_321;
const isRoot = process.getuid?.() === 0;

function giveTo(user: number): void {
  if (isRoot) execFileSync('chown', ['-R', `${user}:${user}`, bench.dir]);
}

/** Holds a Musher that runs to a limit of the system, until the room was told. */
async function heldTo(musher: Session, limit: 'nofile' | 'nproc', most: number, said: RegExp, meanwhile: () => void): Promise<void> {
  // As whoever Musher runs as: not everywhere may root change the limits of others.
  const [program, ...args] = [...bench.within, 'prlimit', '--pid', String(musher.pid)];
  const before = execFileSync(program, [...args, `--${limit}`, '--output', 'SOFT', '--noheadings'], { encoding: 'utf8' }).trim();
  execFileSync(program, [...args, `--${limit}=${most}:`]);
  try {
    meanwhile();
    await musher.said(said);
  } finally {
    execFileSync(program, [...args, `--${limit}=${before}:`]);
  }
}

function expectNoAttempt(out: string, number: number): void {
  expect(bench.item(number)).toMatchObject({ stage: { name: 'done' }, attempts: 0 });
  expect(bench.only('item.attempt_failed', number)).toEqual([]);
  expect(count(out, /is on hold: .*? No attempt is counted/g)).toBe(1);
  expect(count(out, /Work on shop continues/g)).toBe(1);
}

describe('a system that gives Musher no more', () => {
  test.each([
    ['while its agent works', 'coder: raise there; await go; write a.txt a; commit; success'],
    ['when its agent has committed', 'coder: write a.txt a; commit; raise there; await go; success'],
  ])('open files %s: costs no attempt, is told once, and work continues by itself', async (_, task) => {
    bench = new Bench({ top: 'max_retries = 0' });
    bench.expectedProblems.push(/EMFILE/);
    const musher = bench.start();
    musher.type(create('One', task), 'start 1');
    await until(() => bench.raised('there'));
    // Fewer than it has open already.
    await heldTo(musher, 'nofile', 12, /on hold: Musher has too many files open/, () => bench.raise('go'));
    expect(bench.item(1)).toMatchObject({ attempts: 0, failure: null });
    musher.type('wait 1 done 60');
    const { out } = await musher.end();
    expect(bench.runs(1)).toHaveLength(1);
    expectNoAttempt(out, 1);
  });

  test('open files for a while: its agent, which needs none, works on', async () => {
    bench = new Bench({ top: 'max_retries = 0' });
    // Nothing of an agent that is ended, or of a run that Musher could not take care of.
    bench.expectedProblems.push(/"msg":"(?:run [0-9a-f]{12}-|all work of shop waits: EMFILE)/);
    const musher = bench.start();
    musher.type(create('One', 'coder: raise there; await go; write a.txt a; commit; success'), 'start 1');
    await until(() => bench.raised('there'));
    await heldTo(musher, 'nofile', 12, /on hold: Musher has too many files open/, () => undefined);
    bench.raise('go');
    musher.type('wait 1 done 60');
    const { out } = await musher.end();
    expect(bench.runs(1).map(({ reason }) => reason)).toEqual(['finished']);
    expectNoAttempt(out, 1);
  });

  test('processes: costs no attempt, is told once, and work continues by itself', async () => {
    bench = new Bench({ top: 'max_retries = 0', agents: { one: 'current', two: 'current' } });
    bench.expectedProblems.push(/EAGAIN/);
    if (isRoot) bench.within = ['setpriv', `--reuid=${OTHER}`, `--regid=${OTHER}`, '--clear-groups'];
    giveTo(OTHER);
    try {
      const musher = bench.start();
      musher.type(create('One', 'coder: raise there; await go; write a.txt a; commit; success'), create('Two'), 'start 1');
      await until(() => bench.raised('there'));
      musher.type('start 2');
      await heldTo(musher, 'nproc', 1, /on hold: The system can.t start more processes/, () => bench.raise('go'));
      musher.type('wait 1 done 60', 'wait 2 done 60');
      const { out } = await musher.end();
      expectNoAttempt(out, 1);
      expectNoAttempt(out, 2);
    } finally {
      await bench.end();
      bench.within = [];
      giveTo(0);
    }
    // git reads nobody else's repository.
    expect(bench.merges).toHaveLength(2);
  });
});

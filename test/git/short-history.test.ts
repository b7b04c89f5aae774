import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { array, assert, asyncProperty, nat, option, tuple } from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countAhead, forkPoint, isAncestor, readLog, treeOf } from '../../src/git/history.ts';
import { makeOwnDir, type OwnDir } from '../../src/git/own-dir.ts';
import { listRefs, readRef } from '../../src/git/refs.ts';
import { findRepository } from '../../src/git/repository.ts';
import { gitRunner } from '../../src/git/shell/runner.ts';
import { partingOf } from '../../src/git/short-history.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { fixedClock, makeOwner, shaOf, type Owner } from './owner.ts';

let owner: Owner;
beforeEach(() => (owner = makeOwner()));
afterEach(() => owner.remove());

const open = async (name = 'git'): Promise<OwnDir> =>
  makeOwnDir(join(owner.root, name), await findRepository(owner.repository), fixedClock(), gitRunner());

/** For each commit the earlier ones (by place) that are its parents; the first has none. */
type Shape = readonly (readonly number[])[];

/** Mostly lines, some merges and some forks, as they come about where agents and people work side by side. */
const shape = array(tuple(nat(3), option(nat(5), { freq: 6, nil: null })), { minLength: 3, maxLength: 25 }).map((steps): Shape => {
  const history: number[][] = [[]];
  for (const [i, [back, other]] of steps.entries()) {
    const first = Math.max(0, i - back);
    const second = other === null ? first : Math.max(0, i - other);
    history.push(second === first ? [first] : [first, second]);
  }
  return history;
});

/** Writes the history into the owner's repository, as objects of their own; gives the names. */
function make(history: Shape): CommitSha[] {
  const text = history.map((parents, i) => {
    const message = `commit ${i}\n`;
    const from = parents.map((parent, n) => `${n === 0 ? 'from' : 'merge'} :${parent + 1}\n`).join('');
    return `commit refs/heads/made\nmark :${i + 1}\nauthor A <a@example.org> ${1_000 + i} +0000\ncommitter A <a@example.org> ${1_000 + i} +0000\ndata ${message.length}\n${message}${from}${i === 0 ? 'deleteall\n' : ''}M 644 inline f${i}\ndata 1\nx\n\n`;
  });
  const marks = join(owner.root, 'marks');
  execFileSync('git', ['fast-import', '--quiet', '--force', `--export-marks=${marks}`], {
    cwd: owner.repository,
    input: text.join(''),
    env: { PATH: process.env['PATH'], HOME: join(owner.root, 'home') },
  });
  const named = new Map(
    execFileSync('cat', [marks], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  return history.map((_, i) => shaOf(named.get(`:${i + 1}`) ?? ''));
}

/** The commits that each holds, itself among them. */
function heldBy(history: Shape): Set<number>[] {
  const held: Set<number>[] = [];
  for (const [i, parents] of history.entries()) {
    const mine = new Set([i]);
    for (const parent of parents) for (const one of held[parent] ?? []) mine.add(one);
    held.push(mine);
  }
  return held;
}

describe('a history that is read from commit objects', () => {
  it('says of any two commits what git says of them', async () => {
    const git = await open();
    let simple = 0;
    await assert(
      asyncProperty(shape, async (history) => {
        const names = make(history);
        const held = heldBy(history);
        for (const [a, base] of names.entries())
          for (const [b, head] of names.entries()) {
            const parting = await partingOf(git, base, head);
            if (parting === null) continue;
            simple += 1;
            const ahead = [...(held[b] ?? [])].filter((one) => held[a]?.has(one) !== true).toSorted((x, y) => y - x);
            expect(parting.ahead.map(({ sha }) => sha)).toEqual(ahead.map((one) => names[one]));
            expect(held[a]?.has(names.indexOf(parting.fork)) === true && held[b]?.has(names.indexOf(parting.fork)) === true).toBe(true);
            expect(await isAncestor(git, base, head)).toBe(held[b]?.has(a) === true);
          }
      }),
      { numRuns: 25 },
    );
    expect(simple).toBeGreaterThan(200);
  });

  it('is asked of git where it is packed, and is the same', async () => {
    const history: Shape = [[], [0], [1], [2], [1], [4]];
    const names = make(history);
    const [, one, , three, , five] = names;
    if (one === undefined || three === undefined || five === undefined) throw new Error('made above');
    const seen = async (git: OwnDir): Promise<unknown[]> => [
      await countAhead(git, three, five),
      await forkPoint(git, three, five),
      await readLog(git, five, three, 10),
      await readLog(git, five, null, 2),
      await treeOf(git, five),
    ];
    const loose = await seen(await open());
    expect(loose.slice(0, 2)).toEqual([2, one]);
    owner.git(['update-ref', 'refs/heads/kept', three]);
    owner.git(['repack', '-q', '-a', '-d']);
    owner.git(['prune-packed']);
    const git = await open('git-2');
    expect(await partingOf(git, three, five)).toBeNull();
    expect(await seen(git)).toEqual(loose);
  });

  it('believes no object that is not what its name says', async () => {
    const [first, second] = make([[], [0], [1]]);
    if (first === undefined || second === undefined) throw new Error('made above');
    const file = (name: CommitSha): string => join(owner.repository, '.git/objects', name.slice(0, 2), name.slice(2));
    execFileSync('cp', ['-f', file(first), file(second)]);
    const git = await open();
    expect(await git.commit(first)).not.toBeNull();
    expect(await git.commit(second)).toBeNull();
  });

  it('gives subjects and authors as git does', async () => {
    const git = await open();
    for (const message of ['plain', 'two\nlines  \nof it\n\nbody', '\n\n  indented\nmore', 'ümlaut “x”'])
      owner.git(['commit', '-q', '--allow-empty', '--cleanup=verbatim', '-m', message, '--author', 'Zoë van Dam <z@example.org>']);
    const head = shaOf(owner.git(['rev-parse', 'HEAD']));
    const asked = owner.git(['log', '-z', '--format=%H%n%s%n%an%n%ct', '--max-count=4', head]).split('\0').filter(Boolean);
    const read = await readLog(git, head, null, 4);
    expect(read.map((one) => `${one.sha}\n${one.subject}\n${one.author}\n${one.at / 1_000}`)).toEqual(
      asked.map((one) => one.replace(/\n$/, '')),
    );
  });
});

describe('refs that are read from files', () => {
  it('are those that git lists, loose, packed, both, symbolic or gone', async () => {
    const git = await open();
    const head = shaOf(owner.git(['rev-parse', 'HEAD']));
    for (const name of ['musher/1-a', 'musher/2-b', 'musher/deep/3', 'musherish']) owner.git(['update-ref', `refs/heads/${name}`, head]);
    const seen = async (): Promise<string[]> => (await listRefs(git, 'refs/heads/musher/')).map(({ name, sha }) => `${sha} ${name}`);
    const asked = (): string[] =>
      owner.git(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/musher/']).split('\n').filter(Boolean);
    expect(await seen()).toEqual(asked());
    owner.git(['pack-refs', '--all', '--prune']);
    expect(await seen()).toEqual(asked());
    const next = owner.commit({ 'next.txt': 'n' }, 'next');
    owner.git(['update-ref', 'refs/heads/musher/2-b', next]);
    owner.git(['update-ref', '-d', 'refs/heads/musher/1-a']);
    expect(await seen()).toEqual(asked());
    expect(await readRef(git, 'refs/heads/musher/2-b')).toBe(next);
    expect(await readRef(git, 'refs/heads/musher/deep/3')).toBe(head);
    expect(await readRef(git, 'refs/heads/musher/1-a')).toBeNull();
    expect(await readRef(git, 'refs/heads/musher/deep')).toBeNull();
    owner.git(['symbolic-ref', 'refs/heads/musher/link', 'refs/heads/main']);
    expect(await seen()).toEqual(asked());
    expect(await readRef(git, 'refs/heads/musher/link')).toBe(next);
  });
});

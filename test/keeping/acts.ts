import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Random } from '../invariants/random.ts';
import { write } from '../git/owner.ts';

/** An agent at work in its worktree, with plain git and the owner's rights, as one without a sandbox has it. */
export interface Hands {
  readonly worktree: string;
  /** A folder outside of it. */
  readonly home: string;
  readonly random: Random;
  /** A text that nobody has written before. */
  readonly words: () => string;
  readonly git: (args: readonly string[], folder?: string) => string;
  readonly run: (command: string, args: readonly string[], folder?: string) => void;
}

/**
 * What agents do to their worktrees, honest and clumsy. An act whose ground is missing (no submodule there) does what it can or
 * nothing; one that git refuses counts as done.
 */
export const ACTS = {
  'edits a file': ({ worktree, words }) => write(worktree, { 'shop.txt': `${words()}\nthree\n` }),
  'adds files': ({ worktree, words, random }) =>
    write(worktree, { [`src/new-${random.below(4)}.txt`]: words(), 'docs/read me.md': words() }),
  'deletes a file': ({ worktree }) => rmSync(join(worktree, 'src/cart.txt'), { force: true }),
  'commits everything': ({ git }) => {
    git(['add', '-A']);
    git(['commit', '-q', '-m', 'work']);
  },
  'commits what is tracked': ({ git }) => git(['commit', '-q', '-a', '-m', 'tracked']),
  'stages and goes on': ({ worktree, words, git }) => {
    write(worktree, { 'staged.txt': words() });
    git(['add', 'staged.txt']);
    write(worktree, { 'staged.txt': words() });
  },
  'writes an ignored file': ({ worktree, words }) => write(worktree, { 'build.ign': words(), 'ignored/out.txt': words() }),

  'narrows its worktree': ({ git, random }) =>
    git(['sparse-checkout', 'set', ...random.pick([['docs'], ['--no-cone', '/shop.txt', '/docs/']])]),
  'has its worktree whole again': ({ git }) => git(['sparse-checkout', 'disable']),
  'changes a file that git is told not to look at': ({ worktree, words, git, random }) => {
    git(['update-index', random.pick(['--skip-worktree', '--assume-unchanged']), 'src/deep/pay.txt']);
    write(worktree, { 'src/deep/pay.txt': words() });
  },
  'fetches what a filter stands for': ({ worktree, git }) => {
    if (!existsSync(join(worktree, 'x.big'))) return;
    rmSync(join(worktree, 'x.big'));
    git(['checkout', '--', 'x.big']);
  },
  'changes a file with a filter': ({ worktree, words, git, random }) => {
    // Digits are the same on both sides of the filter.
    write(worktree, { [random.pick(['x.big', 'new.big'])]: words().replaceAll(/[^0-9\n]/g, ' ') });
    if (random.chance(0.5)) git(['add', '-A']);
  },

  'makes a repository inside': ({ worktree, words, git }) => {
    const web = join(worktree, 'web');
    if (isFile(web)) return;
    mkdirSync(web, { recursive: true });
    git(['init', '-q'], web);
    write(web, { 'app.txt': words(), 'src/main.txt': words() });
    git(['add', '-A'], web);
    git(['commit', '-q', '-m', 'scaffold'], web);
    write(web, { 'app.txt': words() });
  },
  'makes a repository inside and records it as a link': (hands) => {
    ACTS['makes a repository inside'](hands);
    hands.git(['add', 'web']);
    hands.git(['commit', '-q', '-m', 'add web']);
  },
  'makes a repository without a commit': ({ worktree, words, git }) => {
    const fresh = join(worktree, 'fresh');
    if (isFile(fresh)) return;
    mkdirSync(fresh, { recursive: true });
    git(['init', '-q'], fresh);
    write(fresh, { 'a.txt': words(), 'b.txt': words() });
    git(['add', 'a.txt'], fresh);
    write(fresh, { 'a.txt': words() });
  },
  'makes a repository two levels down': ({ worktree, words, git }) => {
    const outer = join(worktree, 'vendor/outer');
    const inner = join(outer, 'inner');
    mkdirSync(inner, { recursive: true });
    for (const folder of [outer, inner]) {
      git(['init', '-q'], folder);
      write(folder, { 'x.txt': words() });
      git(['add', 'x.txt'], folder);
      git(['commit', '-q', '-m', 'x'], folder);
      write(folder, { 'y.txt': words() });
    }
  },
  'stashes inside a repository': ({ worktree, words, git }) => {
    const web = join(worktree, 'web');
    if (!existsSync(join(web, '.git'))) return;
    write(web, { 'app.txt': words() });
    git(['stash', '-q'], web);
  },
  'keeps a git directory apart': ({ worktree, words, git }) => {
    const apart = join(worktree, 'apart');
    mkdirSync(apart, { recursive: true });
    git(['init', '-q', `--separate-git-dir=${join(worktree, 'ignored', 'apart.git')}`], apart);
    write(apart, { 'z.txt': words() });
    git(['add', 'z.txt'], apart);
    git(['commit', '-q', '-m', 'z'], apart);
  },
  'clones bare inside': ({ worktree, git }) => git(['clone', '-q', '--bare', join(worktree, '.git', '..'), join(worktree, 'mirror.git')]),
  'gives a helper a worktree inside': ({ worktree, words, git, random }) => {
    const place = join(worktree, random.pick(['helper', 'ignored/helper']));
    git(['worktree', 'add', '-q', ...random.pick([['-b', `helper-${random.below(1_000_000)}`], ['--detach']]), place]);
    write(place, { 'helped.txt': words() });
    git(['add', 'helped.txt'], place);
    git(['commit', '-q', '-m', 'help'], place);
    write(place, { 'half.txt': words() });
  },

  'commits beside its branch': ({ worktree, words, git, random }) => {
    git(
      random.pick([
        ['checkout', '-q', '--detach'],
        ['checkout', '-q', '-b', `beside-${random.below(1_000_000)}`],
      ]),
    );
    write(worktree, { 'beside.txt': words() });
    git(['add', 'beside.txt']);
    git(['commit', '-q', '-m', 'beside']);
  },
  'puts work in the stash': ({ worktree, words, git }) => {
    write(worktree, { 'shop.txt': words(), 'stashed.txt': words() });
    git(['stash', 'push', '-q', '-u']);
  },
  'starts a merge and leaves it': ({ worktree, words, git }) => {
    git(['commit', '-q', '-a', '-m', 'before the merge']);
    git(['checkout', '-q', '-b', `side-${words().replaceAll(/\W+/g, '-')}`, 'HEAD~1']);
    write(worktree, { 'shop.txt': words() });
    git(['commit', '-q', '-a', '-m', 'the other side']);
    git(['merge', '-q', '@{-1}']);
  },

  'works in the submodule': ({ worktree, words, git, random }) => {
    const lib = submodule(worktree);
    if (lib === null) return;
    git(['submodule', 'update', '-q', '--init', '--recursive', lib]);
    const folder = join(worktree, lib);
    write(folder, { 'new.txt': words(), 'lib.txt': words() });
    if (random.chance(0.5)) git(['add', '-A'], folder);
    if (random.chance(0.5)) git(['commit', '-q', '-m', 'not pushed'], folder);
    const deep = submodule(folder);
    if (deep !== null) write(join(folder, deep), { 'deeper.txt': words() });
    if (random.chance(0.5)) {
      git(['add', lib]);
      git(['commit', '-q', '-m', 'bump']);
    }
  },
  'takes the submodule to its newest commit': ({ worktree, git }) => {
    const lib = submodule(worktree);
    if (lib === null) return;
    git(['submodule', 'update', '-q', '--init', '--remote', lib]);
    git(['add', lib]);
    git(['commit', '-q', '-m', 'newest']);
  },
  'removes the submodule': ({ worktree, git }) => {
    const lib = submodule(worktree);
    if (lib === null) return;
    git(['rm', '-q', '-f', lib]);
    git(['commit', '-q', '-m', 'without']);
  },
  'records a link to nowhere': ({ git, random }) => {
    git(['update-index', '--add', '--cacheinfo', `160000,${String(random.below(9) + 1).repeat(40)},nowhere`]);
    git(['commit', '-q', '-m', 'nowhere']);
  },

  'makes links': ({ worktree, random }) => {
    const name = join(worktree, `link-${random.below(3)}`);
    rmSync(name, { force: true, recursive: true });
    symlinkSync(random.pick(['nowhere', '/etc', '..', 'src', '/etc/hostname']), name);
  },
  'makes a pipe and a socket': ({ worktree, run }) => {
    rmSync(join(worktree, 'pipe'), { force: true });
    run('mkfifo', ['pipe']);
  },
  'puts a link in place of a folder': ({ worktree, home }) => {
    rmSync(join(worktree, 'src'), { recursive: true, force: true });
    // Of the test's own: what is written into the folder later is written there.
    symlinkSync(home, join(worktree, 'src'));
  },
  'locks a folder': ({ worktree, words }) => {
    write(worktree, { 'locked/in.txt': words(), 'locked/file.txt': words() });
    chmodSync(join(worktree, 'locked/file.txt'), 0);
    chmodSync(join(worktree, 'locked'), 0o500);
  },
  'uses odd names': ({ worktree, words }) => {
    write(worktree, { 'odd/new\nline': words(), 'odd/"quoted"': words(), 'odd/CASE': words(), 'odd/case': words(), 'odd/-n': words() });
    writeFileSync(Buffer.concat([Buffer.from(`${worktree}/odd/`), Buffer.from([0xff, 0xfe])]), words());
  },
  'puts a file where a repository was': ({ worktree, words }) => {
    const first = readdirSync(worktree).find((name) => name === 'web' || name === 'fresh');
    if (first === undefined) return;
    rmSync(join(worktree, first), { recursive: true, force: true });
    write(worktree, { [first]: words() });
  },
} as const satisfies Readonly<Record<string, (hands: Hands) => void>>;

export type Act = keyof typeof ACTS;

/** Whether a file is in the place of a folder. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
}

/** The first submodule that a work tree names. */
function submodule(folder: string): string | null {
  if (!existsSync(join(folder, '.gitmodules'))) return null;
  return /^\s*path = (.+)$/m.exec(readFileSync(join(folder, '.gitmodules'), 'utf8'))?.[1] ?? null;
}

/** Runs plain git and programs in a worktree; what they refuse is nothing to this test. */
export function handsIn(worktree: string, home: string, random: Random, words: () => string): Hands {
  const run = (command: string, args: readonly string[], folder = worktree): string => {
    try {
      return execFileSync(command, args, {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch (error) {
      return String(error);
    }
  };
  return {
    worktree,
    home,
    random,
    words,
    git: (args, folder) => run('git', args, folder),
    run: (command, args, folder) => void run(command, args, folder),
  };
}

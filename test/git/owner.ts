import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import type { Clock } from '../../src/clock.ts';
import type { Origin } from '../../src/git/names.ts';
import { openProjectGit } from '../../src/git/open-project.ts';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { type CommitSha, commitSha, type ItemNumber, itemNumber } from '../../src/pipeline/values.ts';

/** The owner of a repository at their desk: plain git with plain configuration, as Musher must not run it. */
export interface Owner {
  /** Holds everything that the test makes; removed by `remove`. */
  readonly root: string;
  readonly repository: string;
  readonly dataDir: string;
  git(args: readonly string[], cwd?: string): string;
  commit(files: Record<string, string | Buffer>, message: string, cwd?: string): CommitSha;
  remove(): void;
}

const environment = (root: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: join(root, 'home'),
  GIT_CONFIG_NOSYSTEM: '1',
  LC_ALL: 'C',
});

/** A repository with one commit on `main`. The folder's name has a space and letters beyond ASCII. */
export function makeOwner(options: { init?: readonly string[]; files?: Record<string, string> } = {}): Owner {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'musher git ü-')));
  const repository = join(root, 'a shop');
  mkdirSync(repository);
  mkdirSync(join(root, 'home'));
  writeFileSync(join(root, 'home', '.gitconfig'), '[user]\n\tname = Ada Owner\n\temail = ada@example.org\n[maintenance]\n\tauto = false\n');
  const run = (program: string, args: readonly string[], cwd: string): string =>
    execFileSync(program, args, { cwd, env: environment(root), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const git = (args: readonly string[], cwd = repository): string => run('git', args, cwd);
  const commit = (files: Record<string, string | Buffer>, message: string, cwd = repository): CommitSha => {
    write(cwd, files);
    // A small shell starts programs in less time than this large process does.
    return shaOf(run('sh', ['-c', 'git add -A && git commit -q -m "$1" && git rev-parse HEAD', 'sh', message], cwd));
  };
  const files = options.files ?? { 'shop.txt': 'one\ntwo\nthree\n', '.gitignore': 'node_modules/\n', 'src/cart.txt': 'cart\n' };
  const made = options.init === undefined ? patternOf(files) : null;
  if (made !== null && existsSync(made)) {
    cpSync(made, repository, { recursive: true });
    // The index notes when a file was last changed, and its number on the disk.
    git(['update-index', '-q', '--refresh']);
  } else {
    git(['init', '-q', '-b', 'main', ...(options.init ?? [])]);
    commit(files, 'first');
    if (made !== null) cpSync(repository, made, { recursive: true });
  }
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  return { root, repository, dataDir: join(root, 'data'), git, commit, remove };
}

let patterns: string | null = null;

/** Where the first repository with these files is kept for those that come after it: a copy takes one git in place of four. */
function patternOf(files: Readonly<Record<string, string>>): string {
  if (patterns === null) {
    const folder = mkdtempSync(join(tmpdir(), 'musher-patterns-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    patterns = folder;
  }
  return join(patterns, createHash('sha256').update(JSON.stringify(files)).digest('hex'));
}

export function write(folder: string, files: Record<string, string | Buffer>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

export function shaOf(text: string): CommitSha {
  const value = commitSha(text);
  if (value === null) throw new Error(`no object name: ${text}`);
  return value;
}

export function numbered(n: number): ItemNumber {
  const value = itemNumber(n);
  if (value === null) throw new Error(`no item number: ${n}`);
  return value;
}

export const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
export const read = (...parts: string[]): string => readFileSync(join(...parts), 'utf8');
export const exists = (...parts: string[]): boolean => existsSync(join(...parts));

/** A clock that stands at a fixed time. */
export const fixedClock = (now = Date.UTC(2026, 0, 2, 3, 4, 5)): Clock => ({ now: () => now, at: () => () => {} });

/** What branches, snapshots and merges of the tests' log carry. */
export const MARK = '0123abcd';

/** Opens the owner's repository with the owner's HOME, as Musher finds it at its start. */
export async function open(
  owner: Owner,
  options: {
    repository?: string;
    project?: string;
    baseBranch?: string;
    gone?: () => readonly CommitSha[];
    mark?: string;
    old?: Origin['old'];
  } = {},
): Promise<ProjectGit> {
  const home = process.env['HOME'];
  process.env['HOME'] = join(owner.root, 'home');
  try {
    return await openProjectGit({
      project: options.project ?? 'shop',
      repository: options.repository ?? owner.repository,
      baseBranch: options.baseBranch ?? 'main',
      dataDir: owner.dataDir,
      clock: fixedClock(),
      origin: { mark: () => options.mark ?? MARK, old: options.old ?? (() => null) },
      ...(options.gone === undefined ? {} : { gone: options.gone }),
    });
  } finally {
    process.env['HOME'] = home;
  }
}

import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { MARK, exists, makeOwner, numbered, open, type Owner, read, shaOf, write } from './owner.ts';

// An agent without a sandbox can write to the repository's git directory. Each attack is first shown to work on
// plain git, so that a test here fails when the attack is planted wrongly, and then on everything that Musher does.

let owner: Owner;
let git: ProjectGit;
let canaries: string;
const item = { number: numbered(1), branch: `musher/1-attack-${MARK}` };
let path: string;

/** A program that leaves a file with its name and passes its input on, so that git goes on as if nothing had happened. */
function program(name: string, then = 'if [ -n "$1" ] && [ -f "$1" ]; then cat "$1"; else cat; fi'): string {
  const file = join(owner.root, `evil-${name}`);
  writeFileSync(file, `#!/bin/sh\n: > '${join(canaries, name)}'\n${then}\n`);
  chmodSync(file, 0o755);
  return `'${file}'`;
}
const fired = (): string[] => readdirSync(canaries).sort();
function forget(): void {
  for (const name of fired()) rmSync(join(canaries, name));
}
/** Runs plain git, whatever its exit code, and returns the canaries that sang. */
function plain(args: readonly string[], cwd = path): string[] {
  forget();
  try {
    owner.git(args, cwd);
  } catch {
    // Some planted programs make git fail after they ran.
  }
  return fired();
}
function hook(name: string): void {
  const file = join(owner.repository, '.git', 'hooks', name);
  mkdirSync(join(owner.repository, '.git', 'hooks'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n: > '${join(canaries, name)}'\n`);
  chmodSync(file, 0o755);
}

beforeAll(async () => {
  owner = makeOwner();
  canaries = join(owner.root, 'canaries');
  mkdirSync(canaries);
  git = await open(owner);
  path = (await git.openWorktree({ number: item.number, title: 'attack', branch: null })).path;

  for (const name of ['reference-transaction', 'post-checkout', 'post-merge', 'pre-commit', 'post-commit', 'post-index-change']) hook(name);
  // A submodule of the agent's making, whose own configuration is the trap.
  owner.git(['init', '-q', 'sub'], path);
  owner.commit({ 'x.txt': 'x\n' }, 'sub', join(path, 'sub'));
  owner.git(['config', 'core.fsmonitor', program('submodule-fsmonitor', 'exit 1')], join(path, 'sub'));
  const attributes = '*.txt filter=evil diff=evil merge=evil\n*.inc filter=included\n';
  owner.commit({ '.gitattributes': attributes, 'shop.txt': 'agent\ntwo\nthree\n', 'a.inc': 'a\n' }, 'agent', path);

  const config = (key: string, value: string): string => owner.git(['config', key, value]);
  config('core.fsmonitor', program('fsmonitor', 'exit 1'));
  config('filter.evil.clean', program('clean'));
  config('filter.evil.smudge', program('smudge'));
  config('diff.evil.textconv', program('textconv'));
  config('diff.external', program('external-diff'));
  config('merge.evil.driver', `${program('merge-driver')} %A`);
  config('commit.gpgSign', 'true');
  config('gpg.program', program('gpg').slice(1, -1));
  config('log.showSignature', 'true');
  const included = join(owner.root, 'included.config');
  writeFileSync(included, `[filter "included"]\n\tclean = ${program('include-if').replaceAll('"', '')}\n`);
  config('includeIf.gitdir:**.path', included);
  mkdirSync(join(owner.repository, '.git', 'info'), { recursive: true });
  writeFileSync(join(owner.repository, '.git', 'info', 'attributes'), attributes);
  config('core.repositoryFormatVersion', '1');
  config('extensions.partialClone', 'evil');
  config('remote.evil.promisor', 'true');
  config('remote.evil.url', owner.repository);
  // One that echoes would wait for git while git waits for it; so with fsmonitor, where its input stays open.
  config('remote.evil.uploadpack', program('promisor', 'exit 1'));
});
afterAll(() => owner.remove());

const MISSING = shaOf('1234567890'.repeat(4));

describe('plain git runs what was planted', () => {
  it.each([
    ['fsmonitor', ['status']],
    ['submodule-fsmonitor', ['status']],
    ['post-index-change', ['update-index', '--force-write-index']],
    ['reference-transaction', ['update-ref', 'refs/heads/plain', 'HEAD']],
    ['post-checkout', ['checkout', '-q', '-b', 'other']],
    ['post-checkout', ['checkout', '-q', item.branch]],
    ['gpg', ['commit', '--allow-empty', '-m', 'x']],
    ['pre-commit', ['commit', '--allow-empty', '-m', 'x']],
    ['external-diff', ['diff', 'HEAD~1']],
    ['textconv', ['diff', '--no-ext-diff', 'HEAD~1']],
    ['promisor', ['cat-file', '-p', MISSING]],
  ])('%s in `git %s`', (canary, args) => {
    expect(plain(args)).toContain(canary);
  });

  it('filters, drivers and included configuration in add, checkout and merge', () => {
    write(path, { 'shop.txt': 'plain\n', 'a.inc': 'plain\n' });
    expect(plain(['add', 'shop.txt', 'a.inc'])).toEqual(expect.arrayContaining(['clean', 'include-if']));
    rmSync(join(path, 'shop.txt'));
    expect(plain(['checkout', '-f', 'HEAD', '--', '.'])).toContain('smudge');
    const harmless = ['-c', 'commit.gpgSign=false', '-c', 'core.hooksPath=/dev/null'];
    owner.git(['checkout', '-q', '-b', 'theirs', 'main'], path);
    write(path, { 'shop.txt': 'theirs\ntwo\nthree\n' });
    owner.git([...harmless, 'commit', '-qam', 'theirs'], path);
    owner.git(['checkout', '-q', item.branch], path);
    expect(plain(['-c', 'commit.gpgSign=false', 'merge', '--no-edit', 'theirs'], path)).toEqual(
      expect.arrayContaining(['merge-driver', 'post-merge']),
    );
    owner.git(['reset', '-q', '--hard', 'HEAD~1'], path);
  });
});

describe('nothing that was planted runs', () => {
  it('in all that Musher does on a repository, and the honest work is done', async () => {
    const head = (await git.readWork(item.branch))?.head;
    if (head === undefined) throw new Error('no branch');
    const base = await git.baseHead();
    await git.resetWorktree(item);
    write(path, { 'left.txt': 'left\n', 'shop.txt': 'agent again\ntwo\nthree\n', 'a.inc': 'b\n' });
    forget();

    await git.openWorktree({ ...item, title: 'attack' });
    expect((await git.leftovers(item)).sort()).toEqual(['a.inc', 'left.txt', 'shop.txt']);
    expect(await git.snapshot(item, 'why')).toMatchObject({ dirty: true });
    const commit = await git.commitLeftovers(item, 'left');
    if (commit === null) throw new Error('nothing committed');
    write(path, { 'more.txt': 'more\n' });
    await git.resetWorktree(item);
    expect(exists(path, 'more.txt')).toBe(false);
    expect(read(path, 'shop.txt')).toBe('agent again\ntwo\nthree\n');
    expect((await git.diff({ branch: item.branch, maxBytes: 100_000 }))?.text).toContain('+agent again');
    expect((await git.log({ branch: item.branch, max: 10 }))[0]).toMatchObject({ sha: commit, subject: 'left' });
    await expect(git.treeOf(MISSING)).rejects.toThrow(/rev-parse.* exit code 1/s);

    const squashed = await git.squash({ base, head: commit });
    if (squashed.kind !== 'clean') throw new Error(squashed.kind);
    const merge = await git.commitSquash({ tree: squashed.tree, base, message: 'merge' });
    const merged = await git.openMergeWorktree(merge);
    expect(read(merged, 'shop.txt')).toBe('agent again\ntwo\nthree\n');
    await git.status();
    const moved = await git.moveBase({ from: base, to: merge });
    expect(moved).toMatchObject({ kind: 'moved' });
    expect(await git.baseHead()).toBe(merge);

    // The other side of a conflict in a file whose merge driver is planted.
    const other = await git.openWorktree({ number: numbered(2), title: 'other', branch: null });
    write(other.path, { 'shop.txt': 'other\ntwo\nthree\n' });
    const ours = await git.commitLeftovers({ number: numbered(2), branch: other.branch }, 'other');
    const theirs = await git.commitSquash({ tree: await git.treeOf(head), base: merge, message: 'back' });
    if (ours === null) throw new Error('nothing committed');
    expect(await git.stageConflict({ number: numbered(2), branch: other.branch }, theirs)).toEqual(['shop.txt']);
    await git.removeWorktree({ number: numbered(2), branch: other.branch }, { deleteBranch: true });
    await git.removeWorktree(item, { deleteBranch: true });

    expect(fired()).toEqual([]);
  });

  it('when the project is opened', async () => {
    forget();
    owner.git(['config', '--unset', 'extensions.partialClone']);
    owner.git(['config', '--unset', 'remote.evil.promisor']);
    await open(owner, { project: 'again' });
    expect(fired()).toEqual([]);
  });
});

describe('a worktree that points elsewhere', () => {
  it('by a swapped .git file is worked on all the same, and mended', async () => {
    const trap = join(owner.root, 'trap');
    owner.git(['-c', 'init.templateDir=', 'init', '-q', trap], owner.root);
    owner.git(['config', 'core.fsmonitor', program('trap', 'exit 1')], trap);
    const third = await git.openWorktree({ number: numbered(3), title: 'third', branch: null });
    const at = { number: numbered(3), branch: third.branch };
    for (const swap of [
      (): void => writeFileSync(join(third.path, '.git'), `gitdir: ${join(trap, '.git')}\n`),
      (): void => {
        rmSync(join(third.path, '.git'));
        owner.git(['init', '-q', '.'], third.path);
        owner.git(['config', 'core.fsmonitor', program('trap', 'exit 1')], third.path);
      },
    ]) {
      swap();
      expect(plain(['status'], third.path)).toContain('trap');
      forget();
      write(third.path, { 'left.txt': `${Math.random()}\n` });
      expect(await git.leftovers(at)).toEqual(['left.txt']);
      const before = await git.readWork(third.branch);
      const commit = await git.commitLeftovers(at, 'left');
      expect(await git.readWork(third.branch)).toMatchObject({ head: commit, commitsAhead: (before?.commitsAhead ?? 0) + 1 });
      await git.openWorktree({ ...at, title: 'third' });
      expect(fired()).toEqual([]);
      expect(read(third.path, '.git')).toBe(`gitdir: ${third.gitDir}\n`);
    }
    expect(existsSync(join(trap, '.git', 'refs', 'heads', 'main'))).toBe(false);
  });

  it('by core.worktree does not lead Musher out of the checkout', async () => {
    const elsewhere = join(owner.root, 'elsewhere');
    mkdirSync(elsewhere);
    owner.git(['config', 'core.worktree', elsewhere]);
    const work = await git.openWorktree({ number: numbered(4), title: 'fourth', branch: null });
    expect(read(work.path, 'src/cart.txt')).toBe('cart\n');
    expect((await git.status()).checkout?.path).toBe(owner.repository);
    await expect(open(owner, { project: 'third' })).rejects.toMatchObject({ code: 'REPOSITORY_UNUSABLE' });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('by a planted folder below worktrees/ is not taken for a checkout of the owner', async () => {
    const victim = join(owner.root, 'victim');
    mkdirSync(victim);
    write(join(owner.repository, '.git', 'worktrees', 'planted'), {
      HEAD: 'ref: refs/heads/main\n',
      commondir: '../..\n',
      gitdir: `${join(victim, '.git')}\n`,
    });
    expect((await git.status()).worktrees.map((worktree) => worktree.path)).not.toContain(victim);
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProjectGit } from '../../src/git/open-project.ts';
import type { ProjectGit } from '../../src/git/project-git.ts';
import { type Box, boxed, type StartOutside } from '../../src/sandbox/box.ts';
import type { GuardOrder } from '../../src/sandbox/guard.ts';
import type { Mount } from '../../src/sandbox/mounts.ts';
import { fixedClock, makeOwner, numbered, type Owner, read, write } from '../git/owner.ts';
import { BWRAP, MISSING } from './sandboxed.ts';

// What a sandboxed agent commits comes over, whatever it does to its own git directory, and nothing else does.

let owner: Owner;
let git: ProjectGit;
let box: Box;
let path: string;
let item: { number: ReturnType<typeof numbered>; branch: string };
let mounts: Mount[];
let base: string;

const { PATH = '' } = process.env;
/** In front of what a run starts in the sandbox: Node, its program there, and the order for it. */
const CARRIED = 3;

describe.skipIf(MISSING !== null)(`a branch in a sandbox${MISSING === null ? '' : ` (${MISSING})`}`, () => {
  beforeEach(async () => {
    owner = makeOwner();
    const { HOME = '/root' } = process.env;
    box = { program: BWRAP, allowHosts: [], read: [], write: [], home: HOME, path: PATH, secret: [owner.dataDir] };
    const { repository, dataDir } = owner;
    git = await openProjectGit({
      origin: { mark: () => '0123abcd', old: () => null },
      project: 'shop',
      repository,
      baseBranch: 'main',
      dataDir,
      clock: fixedClock(),
      box,
    });
    base = await git.baseHead();
    const opened = await git.openWorktree({ number: numbered(1), title: 'one', branch: null });
    ({ path } = opened);
    item = { number: numbered(1), branch: opened.branch };
    mounts = await git.viewForRun(item);
  });
  afterEach(() => owner.remove());

  /** How a script is run inside, as an agent, without the two programs of Musher's that carry its output and network: a Node each. */
  function starting(script: string): StartOutside {
    const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
    const dir = join(owner.root, 'run');
    const env = { PATH: '/usr/bin:/bin', BRANCH: item.branch, COMMON: git.commonDir, ...who };
    const command = {
      file: '/bin/sh',
      args: ['-c', script],
      env,
      cwd: path,
      mounts,
      hosts: [],
      ports: [],
      stdin: null,
      output: 'sealed' as const,
      ownSession: true,
      dir,
    };
    boxed(box, command);
    const order = JSON.parse(read(dir, 'sandbox.json')) as GuardOrder;
    return { file: order.program, args: [...order.args, '--', ...order.command.slice(CARRIED)], env: { PATH } };
  }
  /** Its output, or what went wrong. */
  function inside(script: string): string {
    const { file, args, env } = starting(`set -e; ${script}`);
    const done = spawnSync(file, args, { env, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
    return done.stdout.trim();
  }
  /** All that it says, when it has ended. */
  function insideLater(script: string): Promise<string> {
    const { file, args, env } = starting(script);
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    return new Promise((resolve) => {
      child.on('close', () => resolve(said));
    });
  }
  const commit = (name: string): string => inside(`echo ${name} > ${name}; git add ${name}; git commit -qm ${name}; git rev-parse HEAD`);
  const real = (): string => owner.git(['rev-parse', `refs/heads/${item.branch}`]);

  it('comes over with its commits, again and again, and the worktree stays clean', async () => {
    for (const name of ['a', 'b']) {
      const head = commit(name);
      expect((await git.readWork(item.branch))?.head).toBe(head);
    }
    expect(await git.leftovers(item)).toEqual([]);
    expect(owner.git(['show', `${item.branch}:b`])).toBe('b');
    expect(owner.git(['fsck', '--no-dangling'])).toBe('');
  });

  it('comes over when its history was rewritten, and when it was put back', async () => {
    commit('a');
    await git.readWork(item.branch);
    const amended = inside('git commit -q --amend -m amended; git rev-parse HEAD');
    expect((await git.readWork(item.branch))?.head).toBe(amended);
    inside('git reset -q --hard HEAD~1');
    expect((await git.readWork(item.branch))?.head).toBe(base);
  });

  it('comes over when its refs were packed, or lead to another', async () => {
    const head = commit('a');
    inside('git pack-refs --all || true; rm -f "$COMMON/refs/heads/$BRANCH.lock"');
    expect((await git.readWork(item.branch))?.head).toBe(head);
    inside('git symbolic-ref "refs/heads/$BRANCH" refs/heads/main');
    expect((await git.readWork(item.branch))?.head).toBe(base);
  });

  it('can stash, tag, merge the base branch and rebase, as in any worktree', async () => {
    owner.commit({ 'owner.txt': 'owner\n' }, 'of the owner');
    mounts = await git.viewForRun(item);
    commit('a');
    inside('echo x > stashed; git add stashed; git stash -q; git stash pop -q; git commit -qm stashed; git tag mine');
    inside('git rebase -q main');
    expect(inside('git log --format=%s main..HEAD')).toBe('stashed\na');
    expect(await git.readWork(item.branch)).toMatchObject({ commitsAhead: 2 });
    expect(owner.git(['tag'])).toBe('');
  });

  it('stands where it stood when the agent deletes it, or puts something else in its place', async () => {
    const head = commit('a');
    await git.readWork(item.branch);
    for (const trick of [
      'rm "$COMMON/refs/heads/$BRANCH"',
      'mkfifo "$COMMON/refs/heads/$BRANCH"',
      'rm "$COMMON/refs/heads/$BRANCH"; ln -s /etc/passwd "$COMMON/refs/heads/$BRANCH"',
      'rm "$COMMON/refs/heads/$BRANCH"; mkdir "$COMMON/refs/heads/$BRANCH"',
    ]) {
      inside(trick);
      expect((await git.readWork(item.branch))?.head).toBe(head);
    }
  });

  it('does not come over with objects that are damaged', async () => {
    commit('a');
    inside(
      'blob=$(git rev-parse HEAD:a); file="$COMMON/objects/$(echo $blob | cut -c1-2)/$(echo $blob | cut -c3-)"; chmod +w "$file"; echo damaged > "$file"',
    );
    await expect(git.readWork(item.branch)).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.stringContaining('incomplete') as string,
    });
    expect(real()).toBe(base);
    // It does not stand in the way of what comes next.
    expect((await git.readWork(item.branch))?.head).toBe(base);
    await git.openWorktree({ ...item, title: 'one' });
    mounts = await git.viewForRun(item);
    const head = commit('again');
    expect((await git.readWork(item.branch))?.head).toBe(head);
  });

  it('does not bring objects of another repository that a link points to', async () => {
    const other = join(owner.root, 'other');
    mkdirSync(other);
    owner.git(['init', '-q'], other);
    const secret = owner.commit({ 'secret.txt': 'secret\n' }, 'secret', other);
    const links = `rm -rf "$COMMON/objects/pack"; ln -s '${other}/.git/objects/pack' "$COMMON/objects/pack"; for two in ${secret.slice(0, 2)}; do ln -s "${other}/.git/objects/$two" "$COMMON/objects/$two"; done`;
    inside(`${links}; echo ${secret} > "$COMMON/refs/heads/$BRANCH"`);
    await expect(git.readWork(item.branch)).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.stringContaining('incomplete') as string,
    });
    expect(real()).toBe(base);
    expect(() => owner.git(['cat-file', '-e', secret])).toThrow('Command failed');
  });

  it('sees what Musher commits there, and goes on from it', async () => {
    commit('a');
    write(path, { 'left.txt': 'left\n' });
    const left = await git.commitLeftovers(item, 'left');
    expect(inside('git rev-parse HEAD; git status --short')).toBe(left);
    const head = commit('b');
    expect(await git.readWork(item.branch)).toMatchObject({ head, commitsAhead: 3 });
  });

  it('that was moved by its owner meanwhile stays, and what was committed inside is kept', async () => {
    const head = commit('a');
    owner.git(['update-ref', `refs/heads/${item.branch}`, owner.git(['commit-tree', '-p', base, '-m', 'by hand', `${base}^{tree}`])]);
    const moved = real();
    expect((await git.readWork(item.branch))?.head).toBe(moved);
    expect((await git.snapshots(item)).map((one) => one.commit)).toEqual([head]);
    expect(real()).toBe(moved);
  });

  it('is not moved by what a gate commits', async () => {
    mounts = await git.viewForCommand(item);
    commit('by-a-gate');
    expect((await git.readWork(item.branch))?.head).toBe(base);
  });

  it('stays shut while it works, whatever Musher does beside it', async () => {
    // A file that is put in the place of one that is mounted takes the mount away with it.
    const config = join(git.commonDir, 'worktrees', readdirSync(join(git.commonDir, 'worktrees'))[0] ?? '', 'config.worktree');
    const waiting = insideLater(`until test -e go; do sleep 0.05; done; echo evil > '${config}'; echo evil > .git`);
    write(path, { 'left.txt': 'left\n' });
    await git.commitLeftovers(item, 'left');
    await git.viewForCommand(item);
    await git.snapshot(item, 'why');
    write(path, { go: '' });
    expect(await waiting).toMatch(/config\.worktree: Read-only file system[^]*\.git: Read-only file system/);
    expect(read(config)).toBe('');
  });

  describe('commits beside it', () => {
    const since = Date.now() - 60_000;
    const kept = async (): Promise<string[]> => (await git.snapshots(item)).map((one) => one.commit);
    const head = (): string => inside('git rev-parse HEAD');
    /** The same after the branch was left: what was committed there, oldest first. */
    const twice = (before: string): string[] => {
      inside(before);
      commit('a');
      return [inside('git commit -q --amend -m again; git rev-parse HEAD'), commit('b')];
    };

    it.each<[string, string, string | null, string?]>([
      ['on a detached HEAD', 'git checkout -q --detach', null],
      ['on a branch of its own', 'git checkout -q -b musher/mine', 'musher/mine'],
      ['on a branch of its own that was left again', 'git checkout -q -b musher/mine', 'musher/mine', 'git checkout -q "$BRANCH"'],
      [
        'on a branch that was packed',
        'git checkout -q -b musher/mine',
        'musher/mine',
        'git pack-refs --all || true; rm -f "$COMMON"/refs/heads/musher/*.lock',
      ],
      [
        'on the branch under another name',
        'git symbolic-ref HEAD refs/heads/musher/renamed; git update-ref refs/heads/musher/renamed "$BRANCH"; rm "$COMMON/refs/heads/$BRANCH"',
        'musher/renamed',
      ],
      ['on a branch, without a log of HEAD', 'git checkout -q -b musher/mine', 'musher/mine', 'rm -rf "$(git rev-parse --git-dir)/logs"'],
    ])('are found %s, and kept when the worktree is used again', async (_where, leave, branch, after) => {
      const [, last = ''] = twice(leave);
      if (after !== undefined) inside(after);
      expect(await git.workElsewhere(item, since)).toEqual({ branch, head: last, commits: 2 });
      expect(await kept()).toEqual([last]);
      await git.openWorktree({ ...item, title: 'one' });
      mounts = await git.viewForRun(item);
      expect(await kept()).toContain(last);
      expect(owner.git(['show', `${last}:b`])).toBe('b');
      expect(owner.git(['fsck', '--strict', '--no-dangling'])).toBe('');
      // As the next attempt is told to.
      inside(`git merge -q --ff-only ${last}`);
      expect(await git.readWork(item.branch)).toMatchObject({ head: last, commitsAhead: 2 });
    });

    it.each<[string, () => Promise<unknown>]>([
      ['the worktree is opened', () => git.openWorktree({ ...item, title: 'one' })],
      ['it is removed', () => git.removeWorktree(item, { deleteBranch: true })],
      ['its files are committed', () => git.commitLeftovers(item, 'left')],
    ])('are kept when %s, those of several branches, a stash and a tag too', async (_what, act) => {
      const [, detached = ''] = twice('git checkout -q --detach');
      inside('git checkout -q -b musher/second; git reset -q --hard main');
      const second = commit('c');
      inside('git checkout -q --detach; git reset -q --hard main');
      const tagged = commit('d');
      inside('git tag mine; git reset -q --hard main; echo s > s; git add s; git stash -q');
      const stash = inside('git rev-parse stash');
      inside(`echo left > left; git checkout -q ${detached}`);
      await act();
      expect(new Set(await kept())).toEqual(new Set([...(await kept()), detached, second, tagged, stash]));
      expect(owner.git(['branch', '--list', 'musher/second'])).toBe('');
      expect(owner.git(['tag'])).toBe('');
    });

    it('are kept out of an unfinished rebase, with what it would have put back', async () => {
      commit('a');
      inside(
        'echo 1 > a; git commit -qam one; git checkout -q -b musher/other HEAD~1; echo 2 > a; git commit -qam two; git checkout -q "$BRANCH"',
      );
      inside('git rebase -q musher/other >/dev/null 2>&1 || true');
      expect(head()).not.toBe(inside('git rev-parse "$BRANCH"'));
      const two = inside('git rev-parse musher/other');
      await git.openWorktree({ ...item, title: 'one' });
      expect(await kept()).toContain(two);
    });

    it('that are damaged or not there leave the others to be kept', async () => {
      const [, good = ''] = twice('git checkout -q -b musher/good');
      inside('git checkout -q -b musher/bad main');
      commit('c');
      inside('blob=$(git rev-parse HEAD:c); rm -f "$COMMON/objects/$(echo $blob | cut -c1-2)/$(echo $blob | cut -c3-)"');
      inside(
        `mkdir -p "$COMMON/refs/heads/musher/odd"; echo ${'a'.repeat(40)} > "$COMMON/refs/heads/musher/odd/gone"; mkfifo "$COMMON/refs/heads/musher/odd/pipe"; ln -s /etc/passwd "$COMMON/refs/heads/musher/odd/link"`,
      );
      inside(`printf '%s\n' 'ref: refs/heads/main' > "$COMMON/refs/heads/musher/odd/sym"; printf 'x y z\n^^\n' >> "$COMMON/packed-refs"`);
      await git.openWorktree({ ...item, title: 'one' });
      expect(await kept()).toContain(good);
    });

    it('that the owner has too, or that the branch holds, are nothing new', async () => {
      commit('a');
      inside('git branch musher/same; git branch musher/base main; git checkout -q --detach');
      await git.readWork(item.branch);
      expect(await git.workElsewhere(item, since)).toBe(null);
      await git.openWorktree({ ...item, title: 'one' });
      expect(await kept()).toEqual([]);
    });

    it('are not brought out while the run works', async () => {
      const [, last] = twice('git checkout -q --detach');
      await git.readWork(item.branch);
      await git.leftovers(item);
      expect(await kept()).toEqual([]);
      expect(() => owner.git(['cat-file', '-e', String(last)])).toThrow('Command failed');
    });
  });

  it('leaves nothing behind when the worktree goes', async () => {
    commit('a');
    const { removed } = await git.removeWorktree(item, { deleteBranch: true });
    expect(removed).toContainEqual({ kind: 'branch-removed' });
    writeFileSync(join(owner.root, 'listing'), '');
    expect(() => read(owner.dataDir, 'sandbox', 'shop', '1', 'agreed')).toThrow('ENOENT');
  });
});

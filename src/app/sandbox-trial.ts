import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, realpath, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { send } from '../agents/process/stop.ts';
import { childEnvironment } from '../agents/environment.ts';
import type { Clock } from '../clock.ts';
import { openProjectGit } from '../git/open-project.ts';
import { removeFolder } from '../remove-folder.ts';
import { itemNumber } from '../pipeline/values.ts';
import { type Attack, ATTACKS, type AttackOrder, type AttackResult } from '../sandbox/attacks.ts';
import { type Box, boxed } from '../sandbox/box.ts';
import { programFile, readable } from '../sandbox/mounts.ts';

/** Longest time in ms that the attacks may take: they need about one second. */
const TRIAL_MS = 60_000;
/** Its folder's name begins so. */
const FOLDER = 'sandbox-trial-';

interface Told {
  readonly attack: Attack;
  readonly succeeded: boolean;
  readonly words: string;
}

/**
 * Proves a box by attacking it from inside, on a repository made for that in the data directory: with the very mounts
 * and the network that agents of the project get. What came of each attack is looked at from outside as well.
 */
export async function tryBox(box: Box, dataDir: string, clock: Clock): Promise<AttackResult[]> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await removeOld(dataDir, clock.now());
  const folder = await realpath(await mkdtemp(join(dataDir, FOLDER)));
  try {
    return await attacked(box, folder, clock);
  } finally {
    await removeFolder(folder);
  }
}

/** What a Musher that was killed during a trial has left. A trial that continues elsewhere is younger. */
async function removeOld(dataDir: string, now: number): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(FOLDER)) continue;
    const folder = join(dataDir, name);
    const found = await stat(folder).catch(() => null);
    if (found !== null && found.mtimeMs < now - 10 * TRIAL_MS) await removeFolder(folder);
  }
}

async function attacked(box: Box, folder: string, clock: Clock): Promise<AttackResult[]> {
  const repository = join(folder, 'repository');
  const data = join(folder, 'data');
  await makeRepository(repository);
  const git = await openProjectGit({
    origin: { mark: () => '0123abcd', old: () => null },
    project: 'trial',
    repository,
    baseBranch: 'main',
    dataDir: data,
    clock,
    box,
  });
  const number = itemNumber(1);
  if (number === null) throw new Error('1 is a number of an item');
  const opened = await git.openWorktree({ number, title: 'attack', branch: null });
  const item = { number, branch: opened.branch };
  const canary = join(folder, 'canary');
  await writeFile(canary, 'a secret\n');
  const before = await guardedFiles(git.commonDir, opened.path, opened.gitDir);
  const base = await git.baseHead();
  const listener = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  const order: AttackOrder = {
    canary,
    outside: join(folder, 'outside'),
    worktree: opened.path,
    gitDir: opened.gitDir,
    commonDir: git.commonDir,
    baseBranch: 'main',
    port: typeof address === 'object' && address !== null ? address.port : 0,
    pid: process.pid,
    sleep: `31536000.${process.pid}${clock.now()}`,
  };
  const program = `/run/attack.m${programFile('attack').slice(-2)}`;
  const { name, email } = git.identity;
  const outside = boxed(box, {
    file: '/run/musher/node',
    args: [program, JSON.stringify(order)],
    env: {
      ...childEnvironment(process.env, {}),
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
    },
    cwd: opened.path,
    mounts: [...(await git.viewForRun(item)), { kind: 'read', from: programFile('attack'), to: program }, readable(programFile('attack'))],
    hosts: ['sandbox-trial.invalid'],
    ports: [],
    stdin: null,
    output: 'sealed',
    ownSession: true,
    dir: join(folder, 'run'),
  });
  const { output, complaint } = await ended(outside);
  listener.close();
  const told = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Told] : []));
  if (told.length === 0) throw new Error(complaint.trim() === '' ? 'nothing can be started in it' : complaint.trim());

  const after = await guardedFiles(git.commonDir, opened.path, opened.gitDir);
  const facts: Partial<Record<Attack, boolean>> = {
    'write-outside': !existsSync(order.outside),
    'plant-hook': before.hooks === after.hooks,
    'plant-config': before.config === after.config,
    'plant-filter': before.attributes === after.attributes,
    'plant-worktree-config': after.worktreeConfig === '',
    'swap-git-file': before.dotGit === after.dotGit,
    'swap-common-dir': before.commondir === after.commondir,
    'move-base': (await git.baseHead()) === base,
    outlive: !(await endOutlived(order.sleep)),
    'honest-commit': (await git.readWork(opened.branch))?.commitsAhead === 1,
  };
  return (Object.keys(ATTACKS) as Attack[]).map((attack) => {
    const one = told.find((line) => line.attack === attack);
    if (one === undefined) return { attack, held: false, words: 'it was not tried: the attacker ended before' };
    const asWanted = attack === 'honest-commit' ? one.succeeded : !one.succeeded;
    const held = asWanted && (facts[attack] ?? true);
    if (attack === 'write-outside' && facts[attack] === true && one.succeeded)
      return { attack, held: true, words: 'it went into its own temporary files' };
    const words = attack === 'outlive' ? (held ? 'it died with the sandbox' : 'it still runs') : one.words;
    return { attack, held, words };
  });
}

async function makeRepository(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  const git = (...args: string[]): Promise<void> => plainGit(path, args);
  await git('init', '--quiet', '--initial-branch=main');
  await git('commit', '--quiet', '--allow-empty', '-m', 'first');
  await git('commit', '--quiet', '--allow-empty', '-m', 'second');
  await git('branch', 'other');
}

/** Git of whoever owns the repository: it is made here and nobody has been in it. */
async function plainGit(cwd: string, args: readonly string[]): Promise<void> {
  const who = {
    GIT_AUTHOR_NAME: 'Musher',
    GIT_AUTHOR_EMAIL: 'musher@localhost',
    GIT_COMMITTER_NAME: 'Musher',
    GIT_COMMITTER_EMAIL: 'musher@localhost',
  };
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TEMPLATE_DIR: '',
    ...who,
  };
  const { complaint, code } = await ended({ file: 'git', args, env }, cwd);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${complaint}`);
}

function ended(
  { file, args, env }: { file: string; args: readonly string[]; env: Readonly<Record<string, string>> },
  cwd?: string,
): Promise<{ output: string; complaint: string; code: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TRIAL_MS, killSignal: 'SIGKILL' });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ output, complaint, code }));
  });
}

/** What attacks on git would change on this side. */
async function guardedFiles(
  commonDir: string,
  worktree: string,
  gitDir: string,
): Promise<Record<'hooks' | 'config' | 'attributes' | 'dotGit' | 'commondir' | 'worktreeConfig', string>> {
  const text = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
  return {
    hooks: (await readdir(join(commonDir, 'hooks')).catch(() => [])).join(' '),
    config: await text(join(commonDir, 'config')),
    attributes: await text(join(commonDir, 'info', 'attributes')),
    dotGit: await text(join(worktree, '.git')),
    commondir: await text(join(gitDir, 'commondir')),
    worktreeConfig: await text(join(gitDir, 'config.worktree')),
  };
}

/** Ends the attacker's daemon, whose argument nobody else has, where no sandbox did. Resolves to whether it was still there. */
async function endOutlived(argument: string): Promise<boolean> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const words = await readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => '');
    if (!words.split('\0').includes(argument) || !words.startsWith('sleep')) continue;
    send(Number(name), 'SIGKILL');
    return true;
  }
  return false;
}

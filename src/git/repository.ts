import { existsSync } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { MusherError } from '../errors.ts';
import {
  attributesOf,
  type Config,
  excludesOf,
  fileSettingsOf,
  filtersOf,
  isPartialClone,
  isTrue,
  mergeDriversOf,
  mergeSettingsOf,
  type OutsideTheTree,
  parseConfig,
} from './traits/owner-config.ts';
import { type Sharing, sharingOf } from './traits/sharing.ts';
import { gitRunner, type GitRunner } from './shell/runner.ts';

/** Oldest git with `merge-tree --write-tree`. */
const OLDEST_GIT = [2, 38] as const;

export interface Identity {
  readonly name: string;
  readonly email: string;
}
const OWN_IDENTITY: Identity = { name: 'Musher', email: 'musher@localhost' };

/** The owner's repository as it was found when the project was opened. Paths are real and absolute. */
export interface Repository {
  /** Objects and refs live here; the git directory of a bare repository. */
  readonly commonDir: string;
  /** The main checkout; null when the repository is bare. */
  readonly checkout: string | null;
  /** The working tree that contains the given path: the main one or a linked one, also of a bare repository. Null: none does. */
  readonly workingTree: string | null;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly identity: Identity;
  /** Settings that change how honest files are read and written, and run nothing. */
  readonly fileSettings: ReadonlyMap<string, string>;
  /** Settings that change how two versions of a file become one, and run nothing. */
  readonly mergeSettings: ReadonlyMap<string, string>;
  /** The owner's ignore patterns that stand outside the tree. */
  readonly excludes: string;
  /** The owner's attributes that stand outside the tree. */
  readonly attributes: OutsideTheTree;
  /** Filters that the owner's git runs, by name. */
  readonly filters: ReadonlySet<string>;
  /** Merge drivers that the owner's git runs, with their commands. */
  readonly mergeDrivers: ReadonlyMap<string, string>;
  /** With whom the owner shares the repository. */
  readonly sharing: Sharing | null;
}

function unusable(path: string, what: string, hint: string, cause?: unknown): MusherError {
  return new MusherError('REPOSITORY_UNUSABLE', `${path}: ${what}`, hint, cause === undefined ? undefined : { cause });
}

/** Throws MusherError GIT_TOO_OLD, with the version found, or when there is no git at all. */
export async function checkGitVersion(cwd: string, runGit = gitRunner()): Promise<string> {
  let text: string;
  try {
    text = (await runGit({ args: ['version'], cwd, env: ownerEnv({}) })).stdout.toString('utf8');
  } catch (cause) {
    throw new MusherError('GIT_TOO_OLD', 'git cannot be started.', 'Install git 2.38 or newer.', { cause });
  }
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(text) ?? [];
  const [needMajor, needMinor] = OLDEST_GIT;
  if (Number(major) < needMajor || (Number(major) === needMajor && Number(minor) < needMinor)) {
    throw new MusherError('GIT_TOO_OLD', `This is ${text.trim()}.`, `Install git ${OLDEST_GIT.join('.')} or newer.`);
  }
  return text.trim();
}

/**
 * Finds the git directory by looking at files alone. Asking git would obey `core.worktree`, which anyone who can
 * write the repository's config could point elsewhere.
 */
async function locate(repository: string): Promise<{ gitDir: string; checkout: string | null } | null> {
  let folder = await realpath(repository).catch(() => null);
  while (folder !== null) {
    const dotGit = join(folder, '.git');
    const found = await lstat(dotGit).catch(() => null);
    if (found?.isFile() === true) {
      const [, target] = /^gitdir: (.+)$/m.exec(await readFile(dotGit, 'utf8')) ?? [];
      return target === undefined ? null : { gitDir: resolve(folder, target), checkout: folder };
    }
    // As git does, passes over an empty `.git`: sandboxes of other tools leave one behind, in /tmp for example.
    if (found !== null && (await lstat(join(dotGit, 'HEAD')).catch(() => null)) !== null) return { gitDir: dotGit, checkout: folder };
    if (['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder ?? '', name)))) return { gitDir: folder, checkout: null };
    folder = dirname(folder) === folder ? null : dirname(folder);
  }
  return null;
}

/** Environment for the few questions that are put to the owner's own configuration; none of them runs anything. */
function ownerEnv(extra: Record<string, string>): Record<string, string> {
  const env: Record<string, string> = { GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none', ...extra };
  for (const name of ['HOME', 'XDG_CONFIG_HOME']) {
    const value = process.env[name];
    if (value !== undefined && value !== '') env[name] = value;
  }
  return env;
}

/** Reads the owner's repository. Throws MusherError REPOSITORY_UNUSABLE. */
export async function findRepository(repository: string, runGit = gitRunner()): Promise<Repository> {
  const hint = 'Choose the folder of a git repository, or create one there with `git init` and a first commit.';
  const found = await locate(repository);
  if (found === null) throw unusable(repository, 'this is not a git repository.', hint);
  const { gitDir } = found;
  const common = await readFile(join(gitDir, 'commondir'), 'utf8').then(
    (text) => resolve(gitDir, text.trim()),
    () => gitDir,
  );
  const format = await ask(runGit, gitDir, ['rev-parse', '--show-object-format']);
  const config = await readConfig(runGit, gitDir);
  const commonDir = await realpath(common).catch(() => null);
  if (commonDir === null || format === null) throw unusable(repository, 'its git directory cannot be read.', hint);
  if (format !== 'sha1' && format !== 'sha256') throw unusable(repository, `unknown object format ${format}.`, hint);
  const isMain = (await realpath(gitDir)) === commonDir;
  // What a linked working tree's own configuration says is about itself alone: whether the repository is bare, the main one says.
  const main = isMain ? config : await readConfig(runGit, commonDir);
  refuseUnsupported(repository, main);
  const besides = commonDir.endsWith('/.git') ? dirname(commonDir) : null;
  const checkout = isTrue(main.get('core.bare')) ? null : isMain ? found.checkout : besides;
  await refuseWorktreeElsewhere(repository, commonDir, checkout, main);
  const fileSettings = fileSettingsOf(config);
  return {
    commonDir,
    checkout,
    workingTree: isMain ? checkout : found.checkout,
    objectFormat: format,
    identity: identityOf(config),
    fileSettings,
    mergeSettings: mergeSettingsOf(config),
    excludes: await excludesOf(config, commonDir),
    attributes: await attributesOf(config, commonDir),
    filters: filtersOf(config),
    mergeDrivers: mergeDriversOf(config),
    sharing: sharingOf(fileSettings.get('core.sharedrepository')),
  };
}

async function ask(runGit: GitRunner, gitDir: string, args: string[]): Promise<string | null> {
  const answer = await runGit({ args, cwd: gitDir, env: ownerEnv({ GIT_DIR: gitDir }), answers: [1, 128] });
  return answer.exitCode === 0 ? answer.stdout.toString('utf8').trim() : null;
}

/** One call for all of it: each call of git costs a process. */
async function readConfig(runGit: GitRunner, gitDir: string): Promise<Config> {
  const answer = await runGit({ args: ['config', '--list', '-z'], cwd: gitDir, env: ownerEnv({ GIT_DIR: gitDir }), answers: [1, 128] });
  return parseConfig(answer.stdout.toString('utf8'));
}

function refuseUnsupported(repository: string, config: Config): void {
  if (config.get('extensions.refstorage') === 'reftable') {
    throw unusable(repository, 'its refs are kept as a reftable.', 'Run `git refs migrate --ref-format=files` there.');
  }
  // Musher's git never talks to a network, so it could not fetch what a partial clone leaves out.
  if (isPartialClone(config)) throw unusable(repository, 'it is a partial clone.', 'Clone it again without `--filter`, and use that.');
}

/** git takes its files from another folder than Musher would: its index would be compared with the wrong ones. */
async function refuseWorktreeElsewhere(repository: string, gitDir: string, checkout: string | null, config: Config): Promise<void> {
  const named = config.get('core.worktree');
  if (typeof named !== 'string' || checkout === null) return;
  const files = await realpath(resolve(gitDir, named)).catch(() => null);
  if (files === checkout) return;
  throw unusable(
    repository,
    `its core.worktree is ${named}, so its files are somewhere else.`,
    'Unset core.worktree, or use a plain clone.',
  );
}

function identityOf(config: Config): Identity {
  const [name, email] = [config.get('user.name')?.trim(), config.get('user.email')?.trim()];
  // git refuses a name that consists of nothing but these; a commit by Musher itself is better than none.
  const usable = (text: string | null | undefined): text is string => (text ?? '').replace(/[\s.,:;<>"\\']/g, '') !== '';
  return usable(name) && usable(email) ? { name, email } : OWN_IDENTITY;
}

/** The branch that `musher init` proposes: the one checked out, else `main` or `master`; null when there is none. */
export async function detectBaseBranch(repository: string): Promise<string | null> {
  const found = await locate(repository);
  if (found === null) return null;
  const runGit = gitRunner();
  const head = await ask(runGit, found.gitDir, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  for (const branch of [head, 'main', 'master']) {
    if (branch === null) continue;
    if ((await ask(runGit, found.gitDir, ['show-ref', '--verify', '--hash', `refs/heads/${branch}`])) !== null) return branch;
  }
  return null;
}

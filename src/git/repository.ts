import { existsSync } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { MusherError } from '../errors.ts';
import { runGit } from './run.ts';

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
  readonly objectFormat: 'sha1' | 'sha256';
  readonly identity: Identity;
  /** Settings that change how honest files are read and written, and run nothing. */
  readonly fileSettings: ReadonlyMap<string, string>;
  /** The owner's ignore patterns that stand outside the tree. */
  readonly excludes: string;
}

/** The only keys taken over from the owner's configuration, each with the values it may have. */
const FILE_SETTINGS = new Map([
  ['core.autocrlf', /^(?:true|false|input)$/],
  ['core.eol', /^(?:lf|crlf|native)$/],
  ['core.filemode', /^(?:true|false)$/],
  ['core.symlinks', /^(?:true|false)$/],
  ['core.ignorecase', /^(?:true|false)$/],
  ['core.precomposeunicode', /^(?:true|false)$/],
]);

function unusable(path: string, what: string, hint: string, cause?: unknown): MusherError {
  return new MusherError('REPOSITORY_UNUSABLE', `${path}: ${what}`, hint, cause === undefined ? undefined : { cause });
}

/** Throws MusherError GIT_TOO_OLD, with the version found, or when there is no git at all. */
export async function checkGitVersion(cwd: string): Promise<string> {
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
export async function findRepository(repository: string): Promise<Repository> {
  const hint = 'Choose the folder of a git repository, or create one there with `git init` and a first commit.';
  const found = await locate(repository);
  if (found === null) throw unusable(repository, 'this is not a git repository.', hint);
  const { gitDir } = found;
  const [common, format, config] = await Promise.all([
    readFile(join(gitDir, 'commondir'), 'utf8').then(
      (text) => resolve(gitDir, text.trim()),
      () => gitDir,
    ),
    ask(gitDir, ['rev-parse', '--show-object-format']),
    readConfig(gitDir),
  ]);
  const commonDir = await realpath(common).catch(() => null);
  if (commonDir === null || format === null) throw unusable(repository, 'its git directory cannot be read.', hint);
  if (format !== 'sha1' && format !== 'sha256') throw unusable(repository, `unknown object format ${format}.`, hint);
  refuseUnsupported(repository, config);
  const bare = isTrue(config.get('core.bare'));
  const isMain = (await realpath(gitDir)) === commonDir;
  const besides = commonDir.endsWith('/.git') ? dirname(commonDir) : null;
  return {
    commonDir,
    checkout: bare ? null : isMain ? found.checkout : besides,
    objectFormat: format,
    identity: identityOf(config),
    fileSettings: fileSettingsOf(config),
    excludes: await excludesOf(config, commonDir),
  };
}

async function ask(gitDir: string, args: string[]): Promise<string | null> {
  const answer = await runGit({ args, cwd: gitDir, env: ownerEnv({ GIT_DIR: gitDir }), answers: [1, 128] });
  return answer.exitCode === 0 ? answer.stdout.toString('utf8').trim() : null;
}

/** The owner's configuration: names in lower case as git prints them, the last value of each; null: a name without a value. */
type Config = ReadonlyMap<string, string | null>;

/** One call for all of it: each call of git costs a process. */
async function readConfig(gitDir: string): Promise<Config> {
  const answer = await runGit({ args: ['config', '--list', '-z'], cwd: gitDir, env: ownerEnv({ GIT_DIR: gitDir }), answers: [1, 128] });
  const entries = answer.stdout
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry !== '');
  return new Map(
    entries.map((entry) => {
      const end = entry.indexOf('\n');
      return end === -1 ? ([entry, null] as const) : ([entry.slice(0, end), entry.slice(end + 1)] as const);
    }),
  );
}

/** A boolean as git reads it: a name without a value is true. */
function isTrue(value: string | null | undefined): boolean {
  return value === null || (value !== undefined && /^(?:true|yes|on|[1-9]\d*)$/i.test(value));
}

function refuseUnsupported(repository: string, config: Config): void {
  if (config.get('extensions.refstorage') === 'reftable') {
    throw unusable(repository, 'its refs are kept as a reftable.', 'Run `git refs migrate --ref-format=files` there.');
  }
  // Musher's git never talks to a network, so it could not fetch what a partial clone leaves out.
  if (config.has('extensions.partialclone')) {
    throw unusable(repository, 'it is a partial clone.', 'Use a full clone of the project.');
  }
}

function identityOf(config: Config): Identity {
  const [name, email] = [config.get('user.name')?.trim(), config.get('user.email')?.trim()];
  // git refuses a name that consists of nothing but these; a commit by Musher itself is better than none.
  const usable = (text: string | null | undefined): text is string => (text ?? '').replace(/[\s.,:;<>"\\']/g, '') !== '';
  return usable(name) && usable(email) ? { name, email } : OWN_IDENTITY;
}

function fileSettingsOf(config: Config): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [key, allowed] of FILE_SETTINGS) {
    const value = config.get(key)?.toLowerCase();
    if (value !== undefined && allowed.test(value)) settings.set(key, value);
  }
  return settings;
}

async function excludesOf(config: Config, commonDir: string): Promise<string> {
  const home = process.env['HOME'] ?? '';
  const named = config.get('core.excludesfile')?.replace(/^~(?=\/)/, home);
  const folder = process.env['XDG_CONFIG_HOME'] || join(home, '.config');
  const files = [named ?? join(folder, 'git', 'ignore'), join(commonDir, 'info', 'exclude')].filter((file) => isAbsolute(file));
  const texts = await Promise.all(
    files.map(async (file) => ((await lstat(file).catch(() => null))?.isFile() === true ? readFile(file, 'utf8') : '')),
  );
  return texts.join('\n');
}

/** The branch that `musher init` proposes: the one checked out, else `main` or `master`; null when there is none. */
export async function detectBaseBranch(repository: string): Promise<string | null> {
  const found = await locate(repository);
  if (found === null) return null;
  const head = await ask(found.gitDir, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  for (const branch of [head, 'main', 'master']) {
    if (branch === null) continue;
    if ((await ask(found.gitDir, ['show-ref', '--verify', '--hash', `refs/heads/${branch}`])) !== null) return branch;
  }
  return null;
}

import { NETWORKS } from '../../transports/index.ts';
import type { Network } from '../../transports/network.ts';
import { asSettings } from './as-settings.ts';
import { agentTalkSettings, climbSchema } from './sections/approvals.ts';
import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { MusherError } from '../errors.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { dayCaps } from './sections/budget.ts';
import { accountProblems, withAccounts } from './sections/accounts.ts';
import { defaultSettings, defaultsProblems, mergedDefaults } from './sections/defaults.ts';
import { readDocument } from './read/document.ts';
import { keyText } from './read/explain.ts';
import type { KeyLocator, KeyPath } from './read/locate.ts';
import { configInvalid } from './read/problem.ts';
import type { KeyProblem, Problem } from './read/problem.ts';
import { networkProblems, networkSettings } from './networks.ts';
import { guardedPaths } from './guarded.ts';
import { deepFreeze, readProject } from './project.ts';
import type { ProjectPlace } from './project.ts';
import { absolutePath } from './read/references.ts';
import { backupSettings, monitorSettings } from './sections/upkeep.ts';
import { agentSchema } from './sections/agents.ts';
import { botSchemaOf, projectEntrySchema, projectSchema } from './schema.ts';
import type { BotFile, ProjectEntry } from './schema.ts';
import { priceSettings } from './sections/prices.ts';
import { sandboxSettings } from './sections/sandbox.ts';
import type { ProjectSettings, Settings } from './settings.ts';

/** The file of a project, inside its path, when `bot.toml` names no other. */
export const PROJECT_FILE = join('.musher', 'project.toml');

/** What only parts that know more than the configuration can find wrong with `bot.toml`, such as the names of commands. */
export type MoreProblems = (bot: BotFile) => readonly KeyProblem[];

/**
 * Reads `bot.toml` and the file of each project it names. Every problem of all files is in the one error
 * (`CONFIG_INVALID`), or `CONFIG_MISSING` when there is no such `bot.toml`. Secrets are resolved and never in a message.
 */
export function loadSettings(
  path: string,
  env: NodeJS.ProcessEnv,
  networks: readonly Network[] = NETWORKS,
  more: MoreProblems = () => [],
  commandNames: ReadonlySet<string> = new Set(),
): Result<Settings, MusherError> {
  const file = resolve(path);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    return err(
      new MusherError(
        'CONFIG_MISSING',
        `${file} does not exist.`,
        'Choose another file with --config FILE, or create one with `musher init DIR`.',
      ),
    );
  }
  return read(file, env, networks, new Map(), more, commandNames);
}

/** The same of texts that are built in, by the absolute paths that files of theirs would have. */
export function builtInSettings(path: string, texts: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv): Result<Settings, MusherError> {
  return read(path, env, NETWORKS, texts, () => []);
}

function read(
  file: string,
  env: NodeJS.ProcessEnv,
  networks: readonly Network[],
  builtIn: ReadonlyMap<string, string>,
  more: MoreProblems,
  commandNames: ReadonlySet<string> = new Set(),
): Result<Settings, MusherError> {
  const schema = botSchemaOf(networks);
  const folder = dirname(file);
  const elsewhere = misplacedKeys(
    [...Object.keys(projectSchema.shape), ...Object.keys(agentSchema.shape)],
    schema.shape,
    `<project>/${PROJECT_FILE}`,
  );
  const bot = readDocument(file, { schema, folder, env, elsewhere, builtIn: builtIn.get(file) });
  const places = projectPlaces(bot.document, folder, env);
  const projects = places.map((place) => readProject(place, env, builtIn.get(place.file), commandNames));
  const problems = [
    ...bot.problems,
    ...places.flatMap((place) => placeProblems(place, places, file, bot.line)),
    ...projects.flatMap((project) => project.problems),
  ];
  if (bot.value !== null) {
    problems.push(...dataDirProblems(bot.value, places, file, folder, env, bot.line));
    const names = places.map(({ name }) => name);
    // Where a project's file has errors of its own, its agents are not known, and none is said to be missing.
    const agents = projects.flatMap(
      ({ value }) => value?.agents.map(({ name, runtime }) => ({ name, runtime, project: value.name })) ?? [],
    );
    const accounts = projects.every(({ value }) => value !== null)
      ? bot.value.account
      : bot.value.account.map((one) => ({ ...one, agents: [] }));
    // An agent that no project has is a mistake; one that a project lacks is not that project's.
    const coders = projects.flatMap(({ value }) => (value === null ? [] : codersOf(value)));
    if (projects.every(({ value }) => value !== null))
      for (const [type, message] of defaultsProblems(defaultSettings(bot.value.defaults), coders, 'any project'))
        problems.push({ file, line: bot.line(['defaults', type, 'agent']), key: keyText(['defaults', type, 'agent']), message });
    for (const problem of [...networkProblems(bot.value, networks), ...accountProblems(accounts, names, agents), ...more(bot.value)])
      problems.push({ file, line: bot.line(problem.path), key: keyText(problem.path), message: problem.message });
  }
  if (bot.value === null || problems.length > 0) return err(configInvalid(problems));
  return ok(
    deepFreeze(
      settings(
        bot.value,
        file,
        projects.map(({ value }) => value).filter((value) => value !== null),
        {
          secrets: [bot, ...projects].flatMap(({ secrets }) => secrets),
          files: [bot, ...projects].flatMap(({ files }) => files),
        },
        env,
        networks,
      ),
    ),
  );
}

function settings(
  bot: BotFile,
  file: string,
  projects: readonly ProjectSettings[],
  { secrets, files }: { readonly secrets: readonly string[]; readonly files: readonly string[] },
  env: NodeJS.ProcessEnv,
  networks: readonly Network[],
): Settings {
  const timezone = bot.timezone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const shared = { ...dayCaps(bot.budget, bot.person), timezone };
  return {
    file,
    name: bot.name,
    dataDir: absolutePath(bot.data_dir ?? `~/.local/state/musher/${bot.name}`, dirname(file), env),
    timezone,
    logLevel: bot.log_level,
    backup: backupSettings(bot.backup, (path) => absolutePath(path, dirname(file), env)),
    monitor: monitorSettings(bot.monitor),
    secrets: [...new Set(secrets)],
    projects: projects.map((project) => ({
      ...project,
      agents: withAccounts(project.name, project.agents, bot.account, (path) => absolutePath(path, dirname(file), env)),
      budget: { ...project.budget, ...shared },
      defaults: mergedDefaults(project.defaults, defaultSettings(bot.defaults), codersOf(project)),
      guarded: guardedPaths(project.path, files),
    })),
    bubblewrap: bot.bubblewrap === undefined ? null : absolutePath(bot.bubblewrap, dirname(file), env),
    roles: { admin: bot.roles.admin, operator: bot.roles.operator, viewer: bot.roles.viewer },
    twoPerson: bot.two_person,
    ...networkSettings(bot, networks),
    prices: priceSettings(bot.prices),
    climb: bot.climb.map((step) => asSettings(climbSchema, step)),
    ...agentTalkSettings(bot),
  };
}

function codersOf({ agents }: ProjectSettings): string[] {
  return agents.filter(({ role }) => role === 'coder').map(({ name }) => name);
}

interface ListedPlace extends ProjectPlace {
  /** Where its entry is in `bot.toml`. */
  readonly entry: KeyPath;
}

/** The projects with valid entries, even if other parts of the file are invalid, so that their errors are reported too. */
function projectPlaces(document: unknown, folder: string, env: NodeJS.ProcessEnv): ListedPlace[] {
  const entries: unknown = typeof document === 'object' && document !== null ? Reflect.get(document, 'project') : undefined;
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry, index) => {
    const checked = projectEntrySchema.safeParse(entry);
    return checked.success ? [{ ...placeOf(checked.data, folder, env), entry: ['project', index] }] : [];
  });
}

function placeOf(entry: ProjectEntry, folder: string, env: NodeJS.ProcessEnv): ProjectPlace {
  const path = absolutePath(entry.path, folder, env);
  const { sandbox, allow_hosts, sandbox_read, sandbox_write } = entry;
  return {
    name: entry.name,
    path,
    file: entry.file === undefined ? join(path, PROJECT_FILE) : absolutePath(entry.file, folder, env),
    ceiling: entry.budget,
    sandbox: sandboxSettings({ sandbox, allow_hosts, sandbox_read, sandbox_write }, folder, env),
  };
}

/** What only the list of all projects shows: names and repositories that stand there twice. */
function placeProblems(one: ListedPlace, all: readonly ListedPlace[], file: string, line: KeyLocator): Problem[] {
  const earlier = all.slice(0, all.indexOf(one));
  const problem = (key: string, message: string): Problem => {
    const path = [...one.entry, key];
    return { file, line: line(path), key: keyText(path), message };
  };
  return [
    ...(earlier.some(({ name }) => name === one.name) ? [problem('name', `"${one.name}" is already the name of another project`)] : []),
    ...(earlier.some(({ path }) => path === one.path) ? [problem('path', `${one.path} is already the path of another project`)] : []),
  ];
}

/** Worktrees inside a checkout would show up in it as untracked files. */
function dataDirProblems(
  bot: BotFile,
  places: readonly ListedPlace[],
  file: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  line: KeyLocator,
): Problem[] {
  if (bot.data_dir === undefined) return [];
  const dataDir = absolutePath(bot.data_dir, folder, env);
  return places
    .filter(({ path }) => {
      const below = relative(path, dataDir);
      return below !== '..' && !below.startsWith('../') && !isAbsolute(below);
    })
    .map(({ name }) => ({
      file,
      line: line(['data_dir']),
      key: 'data_dir',
      message: `${dataDir} is inside the repository of project ${name}; choose a directory outside`,
    }));
}

/** Keys of another file, and in which they belong, but for those that this one has as well. */
export function misplacedKeys(keys: readonly string[], own: object, where: string): ReadonlyMap<string, string> {
  return new Map(keys.filter((key) => !Object.hasOwn(own, key)).map((key) => [key, where]));
}

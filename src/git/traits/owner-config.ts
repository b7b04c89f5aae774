import { lstat, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/** The owner's configuration: names as git prints them (section and key in lower case), the last value of each; null: a name without a value. */
export type Config = ReadonlyMap<string, string | null>;

/** Configuration as `git config --list -z` prints it. */
export function parseConfig(output: string): Config {
  const entries = output.split('\0').filter((entry) => entry !== '');
  return new Map(
    entries.map((entry) => {
      const end = entry.indexOf('\n');
      return end === -1 ? ([entry, null] as const) : ([entry.slice(0, end), entry.slice(end + 1)] as const);
    }),
  );
}

/** A boolean as git reads it: a name without a value is true. */
export function isTrue(value: string | null | undefined): boolean {
  return value === null || (value !== undefined && /^(?:true|yes|on|[1-9]\d*)$/i.test(value));
}

/** The only keys taken over from the owner's configuration as they are, each with the values it may have. None of them runs anything. */
const FILE_SETTINGS = new Map([
  ['core.autocrlf', /^(?:true|false|input)$/],
  ['core.eol', /^(?:lf|crlf|native)$/],
  ['core.filemode', /^(?:true|false)$/],
  ['core.symlinks', /^(?:true|false)$/],
  ['core.ignorecase', /^(?:true|false)$/],
  ['core.precomposeunicode', /^(?:true|false)$/],
  ['core.sharedrepository', /^(?:true|false|yes|no|on|off|umask|group|all|world|everybody|0?[0-7]{3}|[0-2])$/],
]);

/** Settings that change how honest files are read and written, and run nothing. */
export function fileSettingsOf(config: Config): ReadonlyMap<string, string> {
  return allowedOf(config, FILE_SETTINGS);
}

/** Settings that change how two versions become one, and run nothing. */
export function mergeSettingsOf(config: Config): ReadonlyMap<string, string> {
  return allowedOf(config, MERGE_SETTINGS);
}

function allowedOf(config: Config, all: ReadonlyMap<string, RegExp>): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [key, allowed] of all) {
    const found = config.get(key);
    const value = found === null ? 'true' : found?.toLowerCase();
    if (value !== undefined && allowed.test(value)) settings.set(key, value);
  }
  return settings;
}

/** The same for merges: which changes git takes for renames, and what it does where no attribute says so. */
const MERGE_SETTINGS = new Map([
  ['merge.renormalize', /^(?:true|false)$/],
  ['merge.renames', /^(?:true|false|copies|copy)$/],
  ['merge.directoryrenames', /^(?:true|false|conflict)$/],
  ['merge.renamelimit', /^\d{1,6}$/],
  ['merge.default', /^(?:text|binary|union)$/],
  ['diff.renames', /^(?:true|false|copies|copy)$/],
  ['diff.renamelimit', /^\d{1,6}$/],
]);

/** Whether objects are missing that git would fetch when it needs them. git before 2.40 tells so by its remotes alone. */
export function isPartialClone(config: Config): boolean {
  const remotes = namesOf(config, 'remote', ['promisor']);
  return config.has('extensions.partialclone') || remotes.some((name) => isTrue(config.get(`remote.${name}.promisor`)));
}

/** Filters (git-lfs, git-crypt …) that the owner's git runs when it reads and writes files. One that is named by attributes alone does nothing. */
export function filtersOf(config: Config): ReadonlySet<string> {
  return new Set(namesOf(config, 'filter', ['clean', 'smudge', 'process', 'required']));
}

/** Programs that the owner's git merges files with, by name. */
export function mergeDriversOf(config: Config): ReadonlyMap<string, string> {
  const names = namesOf(config, 'merge', ['driver']);
  return new Map(names.map((name) => [name, config.get(`merge.${name}.driver`) ?? '']));
}

/** The middle parts of `section.<name>.<key>` that are set. */
function namesOf(config: Config, section: string, keys: readonly string[]): string[] {
  const names = [...config.keys()].flatMap((key) => {
    const end = key.lastIndexOf('.');
    const isOne = key.startsWith(`${section}.`) && end > section.length && keys.includes(key.slice(end + 1));
    return isOne ? [key.slice(section.length + 1, end)] : [];
  });
  return [...new Set(names)];
}

/** Text of files of the owner's that stand outside the tree and are about it: read when the project is opened. */
export interface OutsideTheTree {
  /** Of all repositories of the owner: what the tree says counts more. */
  readonly global: string;
  /** Of this repository (`info/…`): it counts more than what the tree says. */
  readonly own: string;
}

/** The owner's ignore patterns that stand outside the tree. */
export async function excludesOf(config: Config, commonDir: string): Promise<string> {
  const { global, own } = await outside(config.get('core.excludesfile'), 'ignore', join(commonDir, 'info', 'exclude'));
  return `${global}\n${own}`;
}

/** The owner's attributes that stand outside the tree. */
export async function attributesOf(config: Config, commonDir: string): Promise<OutsideTheTree> {
  return outside(config.get('core.attributesfile'), 'attributes', join(commonDir, 'info', 'attributes'));
}

async function outside(named: string | null | undefined, usual: string, own: string): Promise<OutsideTheTree> {
  const home = process.env['HOME'] ?? '';
  const folder = process.env['XDG_CONFIG_HOME'] || join(home, '.config');
  const global = named?.replace(/^~(?=\/)/, home) ?? join(folder, 'git', usual);
  const [first, second] = await Promise.all([textOf(global), textOf(own)]);
  return { global: first, own: second };
}

async function textOf(file: string): Promise<string> {
  const found = isAbsolute(file) ? await lstat(file).catch(() => null) : null;
  return found?.isFile() === true ? readFile(file, 'utf8') : '';
}

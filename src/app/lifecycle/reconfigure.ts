import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'smol-toml';
import type { Reconfiguration } from '../../bot/capabilities.ts';
import { readSettings } from './read-settings.ts';
import { changedKeys } from '../../config/read/changes.ts';
import type { Settings } from '../../config/settings.ts';
import { err, ok, type Result } from '../../result.ts';

/** The documents of the configuration, by the name under which a room is told of them. */
type Documents = ReadonlyMap<string, unknown>;

/** Without `data_dir` the directory is named after the bot. */
const DATA_DIR_KEYS: ReadonlySet<string> = new Set(['bot.toml: data_dir', 'bot.toml: name']);

/**
 * Looks whether the configuration could be started with as its files are now, and what is different in them. What runs stays as
 * it is. The error says what is wrong, by the files' names alone.
 */
export function reconfiguration(running: Settings, env: NodeJS.ProcessEnv): () => Result<Reconfiguration, string> {
  const { file } = running;
  const before = file === null ? new Map<string, unknown>() : documents(running);
  return () => {
    if (file === null) return ok({ changed: [], builtIn: true, dataDir: false });
    const read = readSettings(file, env);
    if (!read.ok) return err(withFileNames(read.error.message, running));
    const now = documents(read.value);
    const changed = [...new Set([...before.keys(), ...now.keys()])].flatMap((name) =>
      changedKeys(before.get(name) ?? {}, now.get(name) ?? {}).map((key) => `${name}: ${key}`),
    );
    // A file that a key names holds something else than at the start; its content is shown nowhere.
    const isSecret = changed.length === 0 && contents(running) !== contents(read.value);
    return ok({
      changed: isSecret ? ['a file that the configuration names'] : changed,
      builtIn: false,
      // The command line may have named another one: only a change of these keys is a change of it.
      dataDir: changed.some((key) => DATA_DIR_KEYS.has(key)) && read.value.dataDir !== running.dataDir,
    });
  };
}

function documents(settings: Settings): Documents {
  const files = [
    ...(settings.file === null ? [] : [['bot.toml', settings.file] as const]),
    ...settings.projects.map(({ name, file }) => [name, file] as const),
  ];
  return new Map(files.map(([name, file]) => [name, parse(readFileSync(file, 'utf8'))]));
}

/** What the files that keys name can change: secrets, and the prompts of agents. */
function contents({ secrets, networks, projects }: Settings): string {
  return JSON.stringify([secrets, networks, projects.map(({ agents }) => agents)]);
}

/** `bot.toml:12: timezone: …` in place of the whole path. */
function withFileNames(text: string, { file, projects }: Settings): string {
  const files = [...(file === null ? [] : [file]), ...projects.map((project) => project.file)];
  return files.reduce((said, one) => said.replaceAll(one, basename(one)), text);
}

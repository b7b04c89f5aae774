import { randomUUID } from 'node:crypto';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import { DEMO_ITEMS } from '../../demo/items.ts';
import { homeFolder } from '../config/home.ts';
import { builtInSettings, PROJECT_FILE } from '../config/load.ts';
import { tomlValue } from '../config/read/example.ts';
import type { Settings } from '../config/settings.ts';
import { MusherError } from '../errors.ts';
import { oneLine } from '../agents/text.ts';
import type { Log } from '../log/log.ts';
import { unusable } from '../log/private-dir.ts';
import type { ItemNumber } from '../pipeline/values.ts';
import { ownProgram, packageRoot } from '../version.ts';

export const DEMO_PROJECT = 'demo';

/** Where the demo keeps everything when no `--data` is given. */
export function demoDataDir(env: NodeJS.ProcessEnv): string {
  const state = env['XDG_STATE_HOME'] ?? '';
  // By its own rules a relative one is as none.
  return join(isAbsolute(state) ? state : join(homeFolder(env), '.local', 'state'), 'musher', 'demo');
}

/** Settings of the embedded demo, with the page or without: a repository of its own, four agents that are one program of ours, one real gate. */
export function demoSettings(dataDir: string, page = false): Settings {
  const path = join(dataDir, 'repository');
  const file = join(dataDir, 'bot.toml');
  const texts = new Map([
    [file, `${botToml(dataDir, path)}${page ? PAGE : ''}`],
    [join(path, PROJECT_FILE), projectToml(process.env['MUSHER_DEMO_SECONDS'])],
  ]);
  const loaded = builtInSettings(file, texts, process.env);
  if (!loaded.ok) throw loaded.error;
  return { ...loaded.value, file: null };
}

/** Any port will do: several demos may run at once. */
const PAGE = `
[web]
listen = "127.0.0.1:0"
`;

/** The caps are far more than the demo's agents say they use, so that `budget` has something to show. */
function botToml(dataDir: string, path: string): string {
  return `
data_dir = ${tomlValue(dataDir)}

[budget]
day_usd = 20
day_tokens = "none"

[[project]]
name = "${DEMO_PROJECT}"
path = ${tomlValue(path)}

[project.budget]
item_usd = 5
item_tokens = "none"
`;
}

/** `seconds`: how long each run takes; missing: as long as the demo's agent finds pleasant. */
function projectToml(seconds: string | undefined): string {
  // The Node that runs Musher: the stranger's own may be too old for the test runner's options.
  const gate = `'${process.execPath.replaceAll("'", `'\\''`)}' --test`;
  const agents = [
    ['coder-1', 'current'],
    ['coder-2', 'current'],
    ['qa', 'qa'],
    ['mergemaster', 'merge'],
  ];
  return `
[[gate]]
name = "test"
command = ${tomlValue(gate)}
timeout = "1m"
${agents
  .map(
    ([name, stage]) => `
[[agent]]
name = "${name}"
stage = "${stage}"
runtime = "command"
command = ${tomlValue([process.execPath, ownProgram('demo/agent')])}
limits = { wall_clock = "5m", silence = "1m" }
env = ${tomlValue(seconds === undefined ? {} : { MUSHER_DEMO_SECONDS: seconds })}
`,
  )
  .join('')}`;
}

/** Makes the demo's repository, once: a real one with a first commit. What a start that was cut off left is made anew. */
export async function makeDemoRepository(path: string): Promise<void> {
  if (existsSync(path)) return;
  const unfinished = `${path}.${randomUUID()}`;
  try {
    await fillRepository(unfinished);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw await readable(error, path);
  }
}

async function fillRepository(folder: string): Promise<void> {
  // Loaded when a demo is made, which is once.
  const { execa } = await import('execa');
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  await cp(join(packageRoot(), 'demo', 'repository'), folder, { recursive: true });
  const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]): Promise<unknown> => execa('git', args, { cwd: folder, env });
  await git('init', '--quiet', '--initial-branch=main');
  await git('config', 'user.name', 'Musher demo');
  await git('config', 'user.email', 'demo@musher.invalid');
  await git('add', '--all');
  await git('commit', '--quiet', '--message=A small shop');
}

/** What kept the repository from being made, as a person reads it. */
async function readable(error: unknown, path: string): Promise<Error> {
  const { ExecaError } = await import('execa');
  if (!(error instanceof ExecaError)) return unusable(path, error);
  if (error.code === 'ENOENT')
    return new MusherError('GIT_TOO_OLD', 'git cannot be started.', 'Install git 2.38 or newer.', { cause: error });
  return new MusherError(
    'GIT_FAILED',
    `The demo repository cannot be created: ${oneLine(String(error.stderr) || error.shortMessage)}`,
    'Check that `git init` works in an empty folder.',
    { cause: error },
  );
}

/** Fills the demo's backlog, once. */
export function fillDemoBacklog(log: Log): void {
  if (log.reads.lastNumber(DEMO_PROJECT) > 0) return;
  log.transaction((tx) => {
    DEMO_ITEMS.forEach((item, i) => {
      tx.record({
        project: DEMO_PROJECT,
        item: (i + 1) as ItemNumber,
        actor: 'musher',
        cause: null,
        kind: 'item.created',
        payload: {
          type: item.type,
          title: item.title,
          description: item.description,
          criteria: item.criteria.map((text) => ({ text, checked: false })),
          dependsOn: item.dependsOn.map((position) => (position + 1) as ItemNumber),
          qaMode: null,
        },
      });
    });
  });
}

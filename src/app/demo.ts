import { randomUUID } from 'node:crypto';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa, ExecaError } from 'execa';
import { DEMO_ITEMS } from '../../demo/items.ts';
import { UNLIMITED } from '../config/sections/budget.ts';
import { homeFolder } from '../config/home.ts';
import type { AgentSettings, Settings } from '../config/settings.ts';
import { MusherError } from '../errors.ts';
import { oneLine } from '../agents/text.ts';
import type { Log } from '../log/log.ts';
import { unusable } from '../log/private-dir.ts';
import type { ItemNumber } from '../pipeline/values.ts';
import { packageRoot } from '../version.ts';
import { ROLE_OF, type WorkStage } from '../pipeline/role.ts';

export const DEMO_PROJECT = 'demo';

/** Where the demo keeps everything when no `--data` is given. */
export function demoDataDir(env: NodeJS.ProcessEnv): string {
  const state = env['XDG_STATE_HOME'] ?? '';
  // By its own rules a relative one is as none.
  return join(isAbsolute(state) ? state : join(homeFolder(env), '.local', 'state'), 'musher', 'demo');
}

/** Settings of the embedded demo: a repository of its own, four agents that are one program of ours, one real gate. */
export function demoSettings(dataDir: string): Settings {
  const path = join(dataDir, 'repository');
  const timezone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const agents = [agent('coder-1', 'current'), agent('coder-2', 'current'), agent('qa', 'qa'), agent('mergemaster', 'merge')];
  return {
    file: null,
    name: 'musher',
    dataDir,
    timezone,
    logLevel: 'info',
    backup: { schedule: '0 3 * * *', folder: null, keep: 7 },
    monitor: null,
    secrets: [],
    roles: { admin: ['console:local'], operator: [], viewer: [] },
    directMessages: false,
    flood: { burst: 20, perMinute: 60, waiting: 40 },
    projectRoles: [{ project: DEMO_PROJECT, roles: { admin: [], operator: [], viewer: [] } }],
    people: [],
    rooms: [],
    networks: [],
    bubblewrap: null,
    approvals: { role: 'operator', expireMs: 15 * 60_000, questionMs: 60 * 60_000 },
    mcp: { port: 0 },
    prices: {},
    projects: [
      {
        name: DEMO_PROJECT,
        path,
        file: join(path, '.musher', 'project.toml'),
        sandbox: { kind: 'none', allowHosts: [], read: [], write: [], problem: null },
        guarded: ['.musher'],
        baseBranch: 'main',
        qa: 'server',
        autoStart: true,
        maxCoders: 2,
        maxRetries: 3,
        links: { item: null, commit: null },
        // The Node that runs Musher: the stranger's own may be too old for the test runner's options.
        gates: [{ name: 'test', command: `'${process.execPath.replaceAll("'", `'\\''`)}' --test`, timeoutMs: 60_000 }],
        components: [],
        agents,
        // Far more than the demo's agents say they use: so that `budget` has something to show.
        budget: { ...UNLIMITED, item: { tokens: null, microUsd: 5_000_000 }, bot: { tokens: null, microUsd: 20_000_000 }, timezone },
      },
    ],
  };
}

/** The defaults of the configuration. */
const WATCHED = { questionMs: 2 * 60_000, repeats: 12, idleTokens: 200_000 };

function agent(name: string, stage: WorkStage): AgentSettings {
  return {
    name,
    stage,
    role: ROLE_OF[stage],
    runtime: 'command',
    command: [process.execPath, demoAgent()],
    model: null,
    effort: null,
    options: {},
    env: process.env['MUSHER_DEMO_SECONDS'] === undefined ? {} : { MUSHER_DEMO_SECONDS: process.env['MUSHER_DEMO_SECONDS'] },
    limits: { turns: null, tokens: null, microUsd: null, wallClockMs: 5 * 60_000, silenceMs: 60_000, ...WATCHED },
    prompt: null,
    systemPrompt: null,
    commit: 'agent',
  };
}

/** The demo agent's program: beside this file in the checkout, built in the package. */
function demoAgent(): string {
  const here = fileURLToPath(import.meta.url);
  return join(dirname(here), '..', '..', 'demo', here.endsWith('.ts') ? 'agent.ts' : 'agent.js');
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
    throw readable(error, path);
  }
}

async function fillRepository(folder: string): Promise<void> {
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
function readable(error: unknown, path: string): Error {
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

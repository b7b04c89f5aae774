import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { processesOf } from '../../src/agents/process/table.ts';
import type { RunOutcome } from '../../src/agents/supervision/outcome.ts';
import { startRun } from '../../src/agents/supervision/supervisor.ts';
import type { AgentSettings } from '../../src/config/settings.ts';
import { runFixture, until, type RunFixture } from '../agents/run-fixture.ts';
import type { Answer, ModelServer } from '../fakes/model-server.ts';
import type { RunHandle, RunSpec } from '../../src/agents/supervision/run-spec.ts';

/** How a runtime's real program is set up against a scripted model server. */
export interface AgentSetUp {
  readonly agent: Partial<AgentSettings>;
  startApi(script: readonly Answer[]): Promise<ModelServer>;
  /** By which the program finds the server, and a key. */
  environment(url: string): Record<string, string>;
  /** Settings of a person in the home. */
  readonly homeFiles?: Readonly<Record<string, string>>;
}

export interface Scene {
  readonly api: ModelServer;
  readonly fixture: RunFixture;
  readonly worktree: string;
  /** Of the repository that the worktree is linked to. */
  readonly commonDir: string;
}

export const COMMITTER = { GIT_AUTHOR_NAME: 'T', GIT_AUTHOR_EMAIL: 't@t', GIT_COMMITTER_NAME: 'T', GIT_COMMITTER_EMAIL: 't@t' };
const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd, encoding: 'utf8', env: { ...process.env, ...COMMITTER } });

/**
 * Makes scenes with one program: a fresh repository with a linked worktree, an empty home, a model service that follows a
 * script. Not below `/tmp`: programs trust no settings there, and let every command write there.
 */
export function agentScenes(setUp: AgentSetUp): {
  readonly scene: (
    script: readonly Answer[],
    change?: { readonly agent?: Partial<AgentSettings>; readonly spec?: Partial<RunSpec> },
  ) => Promise<Scene>;
} {
  const open: ModelServer[] = [];
  const folders = { base: '' };
  beforeAll(() => {
    const cache = new URL('../../node_modules/.cache/', import.meta.url).pathname;
    mkdirSync(cache, { recursive: true });
    folders.base = mkdtempSync(join(cache, 'agent-'));
    vi.stubEnv('TMPDIR', folders.base);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((api) => api.close()));
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folders.base, { recursive: true, force: true });
  });
  return {
    async scene(script, change = {}) {
      const api = await setUp.startApi(script);
      open.push(api);
      const env = { ...setUp.environment(api.url), ...COMMITTER };
      const base = runFixture({ ...setUp.agent, env, ...change.agent });
      const root = base.spec.worktree;
      const [home, main, worktree] = ['home', 'main', 'worktree'].map((name) => join(root, name)) as [string, string, string];
      for (const folder of [home, main]) mkdirSync(folder);
      for (const [name, text] of Object.entries(setUp.homeFiles ?? {})) {
        mkdirSync(dirname(join(home, name)), { recursive: true });
        writeFileSync(join(home, name), text);
      }
      git(main, 'init', '-q', '-b', 'main');
      git(main, 'commit', '-q', '--allow-empty', '-m', 'first');
      git(main, 'worktree', 'add', '-q', '-b', 'musher/42', worktree);
      const ownEnv = { ...process.env, HOME: home, TMPDIR: '/tmp' };
      const spec: RunSpec = { ...base.spec, worktree, ownEnv, stopGraceMs: 5000, ...change.spec };
      return { api, fixture: { ...base, spec }, worktree, commonDir: join(main, '.git') };
    },
  };
}

export async function started({ fixture }: Scene): Promise<RunHandle> {
  const result = await startRun(fixture.spec);
  if (!result.ok) throw result.error;
  return result.value;
}

export async function outcomeOf(at: Scene): Promise<RunOutcome> {
  return (await started(at)).ended;
}

/** A second run in the session of the first one, with what that one had used. */
export function resumed(first: Scene, before: RunOutcome): Scene {
  const session = first.fixture.signals.find((signal) => signal.kind === 'session');
  const [usage] = before.usage.values();
  if (session?.kind !== 'session' || usage === undefined) throw new Error('the first run has told no session or no usage');
  const spec = { ...first.fixture.spec, runDir: `${first.fixture.spec.runDir}-2`, resumeSession: session.id, before: usage };
  return { ...first, fixture: { ...first.fixture, spec } };
}

/** The subject of the last commit in the worktree. */
export function lastCommit({ worktree }: Scene): string {
  return git(worktree, 'log', '-1', '--format=%s').trim();
}

/** By this what `busy.sh` leaves is known; programs may run it where process numbers are others. */
const SECONDS = String(300_000_000 + process.pid);

/** A script for the agent's shell, `busy.sh`: it starts something that is deaf to SIGTERM and stands in a session of its own. */
export function busyScript({ worktree }: Scene): void {
  const lines = ['(trap "" TERM; : > far; exec setsid sleep $1) &', ': > near', 'sleep $1', ''];
  writeFileSync(join(worktree, 'busy.sh'), lines.join('\n').replaceAll('$1', SECONDS));
}

function sleeping(): number {
  return readdirSync('/proc').filter((name) =>
    textOf(join('/proc', name, 'cmdline'))
      .split('\0')
      .includes(SECONDS),
  ).length;
}

/** Stops a run while `busy.sh` is under way, and looks that nothing of it is left. */
export async function stopWhileBusy(at: Scene): Promise<RunOutcome> {
  const run = await started(at);
  await until(() => sleeping() === 2);
  run.stop('stopped', 'Stopped by anna.');
  const outcome = await run.ended;
  expect(sleeping()).toBe(0);
  expect(await processesOf({ marker: at.fixture.spec.marker, pid: run.pid, pidStart: run.pidStart })).toEqual([]);
  return outcome;
}

/** A file's text; empty where it is not there. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect } from 'vitest';
import type { AgentSettings, LimitSettings } from '../../src/config/settings.ts';
import { OutputKeeper } from '../../src/agents/process/output-keeper.ts';
import { processesOf } from '../../src/agents/process/table.ts';
import type { Signal } from '../../src/agents/supervision/signals.ts';
import type { TemplateValues } from '../../src/agents/template.ts';
import { jumpingClock, type JumpingClock } from './jumping-clock.ts';
import type { RunSpec } from '../../src/agents/supervision/run-spec.ts';

export const NO_LIMITS: LimitSettings = {
  turns: null,
  tokens: null,
  microUsd: null,
  wallClockMs: 3_600_000,
  silenceMs: 3_600_000,
  questionMs: 3_600_000,
  repeats: 12,
  idleTokens: 200_000,
};

export const VARIABLES: TemplateValues = {
  item: '42',
  title: 'Round prices',
  body: 'Prices are rounded.',
  criteria: '- [ ] 1.005 becomes 1.01',
  out_of_scope: '(none)',
  worktree: '/nowhere',
  base_branch: 'main',
  failure: '',
  project: 'shop',
  branch: 'musher/42',
  type: 'bug',
  attempt: '1',
};

export function agentSettings(change: Partial<AgentSettings> = {}): AgentSettings {
  return {
    name: 'coder-1',
    stage: 'current',
    role: 'coder',
    runtime: 'command',
    command: ['/bin/true'],
    model: null,
    effort: null,
    options: {},
    env: {},
    limits: NO_LIMITS,
    prompt: '',
    systemPrompt: null,
    commit: 'agent',
    auto: true,
    knownModels: [],
    maxParallel: 1,
    ...change,
  };
}

/** A run that a test is about: real directories, a real process, all signals kept. */
export interface RunFixture {
  readonly spec: RunSpec;
  readonly clock: JumpingClock;
  readonly signals: Signal[];
  /** The activity lines seen so far. */
  readonly said: () => string[];
}

/** Starts its program with the first run. */
const keeper = new OutputKeeper();

const made: { readonly dir: string; readonly marker: string }[] = [];

export function runFixture(agent: Partial<AgentSettings> = {}, change: Partial<RunSpec> = {}): RunFixture {
  const dir = mkdtempSync(join(tmpdir(), 'musher-run-'));
  const marker = `test-${randomUUID()}`;
  made.push({ dir, marker });
  const clock = jumpingClock();
  const signals: Signal[] = [];
  const spec: RunSpec = {
    marker,
    runDir: join(dir, 'run'),
    agent: agentSettings(agent),
    prompt: 'Do it.\n',
    systemPrompt: null,
    variables: { ...VARIABLES, worktree: dir },
    worktree: dir,
    env: {},
    resumeSession: null,
    clock,
    onSignal: (signal) => signals.push(signal),
    stopGraceMs: 500,
    keeper,
    ...change,
  };
  return { spec, clock, signals, said: () => signals.flatMap((signal) => (signal.kind === 'activity' ? [signal.text] : [])) };
}

/** A run of a shell script, by the runtime `command`. */
export function shellRun(script: string, agent: Partial<AgentSettings> = {}, change: Partial<RunSpec> = {}): RunFixture {
  return runFixture({ command: ['/bin/sh', '-c', script], ...agent }, change);
}

/** Waits until the condition holds; a test's own time limit ends it otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The number that a test's program wrote into a file. */
export function numberIn(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8').trim());
  } catch {
    return 0;
  }
}

/** After each test: no process with its marker is left, and its directory goes. */
export function leaveNothingBehind(): void {
  afterAll(() => keeper.close());
  afterEach(async () => {
    for (const { dir, marker } of made.splice(0)) {
      const left = await processesOf({ marker, pid: -1, pidStart: null });
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      rmSync(dir, { recursive: true, force: true });
      expect(left, 'processes left behind').toEqual([]);
    }
  });
}

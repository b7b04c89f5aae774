import { join, resolve } from 'node:path';
import type { MusherError } from '../../errors.ts';
import { ok, type Result } from '../../result.ts';
import { chmod, mkdir, readRegular, stat, writeFile } from '../../small-files.ts';
import { childEnvironment, reachingLoopback, runVariables } from '../environment.ts';
import { isAlive } from '../process/identity.ts';
import { runFiles } from '../process/run-files.ts';
import { type ProcessSpec, startProcess } from '../process/start.ts';
import { MARKER_VARIABLE } from '../process/table.ts';
import { OUTPUT_BYTES } from './limits.ts';
import { sandboxed } from './sandboxed.ts';
import { forgetEarlierEnd, readExitCode, readRecord, writeRecord } from './run-record.ts';
import { RUNTIMES } from '../runtimes/index.ts';
import { findRuntime, type Launch, type RuntimeOptions } from '../runtimes/runtime.ts';
import { supervise } from './supervise.ts';
import { NO_USAGE } from '../../pipeline/usage.ts';
import type { KnownProcess, RunHandle, RunSpec } from './run-spec.ts';

/** Starts an agent's program and watches over it. Fails with RUNTIME_MISSING where it can't be started. */
export async function startRun(spec: RunSpec): Promise<Result<RunHandle, MusherError>> {
  const files = runFiles(spec.runDir);
  const runtime = findRuntime(spec.runtimes ?? RUNTIMES, spec.agent.runtime);
  await mkdir(files.dir, { recursive: true, mode: 0o700 });
  await chmod(files.dir, 0o700);
  await forgetEarlierEnd(files.dir);
  await writeFile(files.prompt, spec.prompt, { mode: 0o600 });
  if (spec.systemPrompt !== null) await writeFile(files.systemPrompt, spec.systemPrompt, { mode: 0o600 });

  if (runtime.hears === 'file') await writeFile(files.told, '', { mode: 0o600 });

  const access = spec.access ?? null;
  const command = runtime.prepare(await launchOf(spec));
  for (const { name, text } of command.files) await writeFile(join(files.dir, name), text, { mode: 0o600 });
  const extra = { ...command.env, ...spec.agent.env, ...spec.env, ...runVariables(spec.agent, spec.variables) };
  const env = childEnvironment(spec.ownEnv ?? process.env, extra, command.inherit);
  // What a sandbox prints is written down by its own guard.
  const keeper = (spec.sandbox ?? null) === null ? (spec.keeper ?? null) : null;
  const startedAt = spec.clock.now();
  await writeRecord(files.dir, {
    runtime: spec.agent.runtime,
    model: spec.agent.model,
    resumed: spec.resumeSession !== null,
    before: spec.before ?? NO_USAGE,
    startedAt,
    kept: keeper !== null,
  });
  const plain = { file: command.file, args: command.args, env: access === null ? env : reachingLoopback(env), cwd: spec.worktree };
  const reads = [
    files.prompt,
    ...(spec.systemPrompt === null ? [] : [files.systemPrompt]),
    ...(runtime.hears === 'file' ? [files.told] : []),
    ...command.files.map(({ name }) => join(files.dir, name)),
  ];
  const inside = await insideSandbox(spec, plain, reads);
  if (!inside.ok) return inside;
  const started = await startProcess({
    ...inside.value,
    stdin: command.stdin,
    runDir: files.dir,
    marker: spec.marker,
    keeper,
    outputBytes: (spec.outputBytes ?? OUTPUT_BYTES) + 1,
  });
  if (!started.ok) return started;
  const { kept, ...known } = started.value;
  return ok(supervise(spec, { ...known, startedAt }, { lastOutputAt: startedAt, lost: false, again: false, kept: kept ?? [null, null] }));
}

/** What a runtime gets to know about a run. */
async function launchOf(spec: RunSpec): Promise<Launch<RuntimeOptions>> {
  const { agent, systemPrompt, runDir } = spec;
  const { turns, microUsd } = agent.limits;
  const files = runFiles(runDir);
  return {
    command: agent.command,
    role: agent.role,
    model: agent.model,
    effort: agent.effort,
    options: agent.options,
    limits: { turns, microUsd },
    variables: spec.variables,
    prompt: spec.prompt,
    systemPrompt,
    runDir,
    promptFile: files.prompt,
    systemPromptFile: systemPrompt === null ? null : files.systemPrompt,
    toldFile: files.told,
    filesDir: spec.filesDir ?? null,
    worktree: spec.worktree,
    gitDirs: await gitDirsOf(spec.worktree),
    resumeSession: spec.resumeSession,
    resumedMicroUsd: spec.before?.microUsd ?? 0,
    access: spec.access ?? null,
    sandboxed: (spec.sandbox ?? null) !== null,
  };
}

/** Where a commit in a linked worktree writes, by the files that git leaves there; empty where they are inside the worktree. */
async function gitDirsOf(worktree: string): Promise<string[]> {
  const read = async (file: string): Promise<string> => (await readRegular(file).catch(() => null))?.toString('utf8') ?? '';
  const [, own] = /^gitdir: (.+)$/m.exec(await read(join(worktree, '.git'))) ?? [];
  if (own === undefined) return [];
  const dir = resolve(worktree, own);
  const common = (await read(join(dir, 'commondir'))).trim();
  return common === '' ? [dir] : [dir, resolve(dir, common)];
}

type Start = Pick<ProcessSpec, 'file' | 'args' | 'env' | 'cwd'>;

/** The same program, held by the run's sandbox where there is one. */
async function insideSandbox(spec: RunSpec, plain: Start, reads: readonly string[]): Promise<Result<Start, MusherError>> {
  if (spec.sandbox === undefined || spec.sandbox === null) return ok(plain);
  const { runDir, worktree } = spec;
  const env = { ...plain.env, [MARKER_VARIABLE]: spec.marker };
  const runtime = findRuntime(spec.runtimes ?? RUNTIMES, spec.agent.runtime);
  const held = await sandboxed(spec.sandbox, { ...plain, env, worktree, runDir, stdin: runFiles(runDir).stdin, reads, runtime });
  return held.ok ? ok({ ...held.value, cwd: runDir }) : held;
}

/**
 * Takes up a run that an earlier Musher started. Its output is read from the start, so all signals come again.
 * Where neither the process nor a record of its end is there, the outcome is `lost`.
 */
export async function adoptRun(spec: RunSpec, known: KnownProcess): Promise<RunHandle> {
  const alive = isAlive(known.pid, known.pidStart);
  // The process may have ended between the two looks, so the record is read last.
  const lost = !alive && readExitCode(spec.runDir) === null;
  const written = await stat(runFiles(spec.runDir).stdout).then(
    ({ mtimeMs }) => mtimeMs,
    () => known.startedAt,
  );
  const kept = (await readRecord(spec.runDir))?.kept === true ? 'by-earlier' : null;
  const now = spec.clock.now();
  const lastOutputAt = written >= known.startedAt && written <= now ? written : now;
  return supervise(spec, known, { lastOutputAt, lost, again: true, kept: [kept, kept] });
}

import { BOUNDS } from '../../bounds.ts';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { crashPoint } from '../../crash-point.ts';
import { join, sep } from 'node:path';
import type { ComponentSettings, ProjectSettings } from '../../config/settings.ts';
import type { Fault, Said } from '../../pipeline/why/fault.ts';
import type { Failure, WorkItem } from '../../pipeline/types.ts';
import { itemDir, runMarker, type EngineParts, type Owner } from '../parts.ts';
import { machineOf } from '../machine.ts';
import { commandSandbox, measureSandbox } from '../sandboxing.ts';
import { digest, endOf } from '../shell.ts';

const TAIL_BYTES = BOUNDS.outputTail;

/** Prepares a new worktree: runs each component's set-up commands once. Resolves to the failure, or null. */
export async function setUp(
  parts: EngineParts,
  item: WorkItem,
  settings: ProjectSettings,
  worktree: string,
  fresh: boolean,
  signal: AbortSignal,
): Promise<Failure | null> {
  if (settings.components.length === 0) return null;
  const mark = setUpMark(parts, item);
  const ready = !fresh && (await exists(mark));
  if (ready) return null;
  await rm(mark, { force: true });
  const git = parts.projects.get(item.project)?.git;
  const at = { number: item.number, branch: parts.log.reads.item(item.project, item.number)?.work?.branch ?? null };
  // What an earlier attempt has left is its work, and stays that.
  const before = fresh ? [] : ((await git?.leftovers(at)) ?? []);
  for (const component of settings.components) {
    const failure = await runAll(parts, item, component, 'setup', () => commandSandbox(parts, item, 'item'), worktree, signal);
    if (failure !== null) return failure;
  }
  await git?.noteSetUp(at, before);
  await mkdir(itemDir(parts, item.project, item.number), { recursive: true, mode: 0o700 });
  crashPoint('after-set-up-before-mark');
  await writeFile(mark, '', { mode: 0o600 });
  return null;
}

/** Undoes what set-up made outside the worktree, before the worktree goes. Resolves to what failed, one for each command. */
export async function tearDown(
  parts: EngineParts,
  item: WorkItem,
  settings: ProjectSettings,
  worktree: string,
  signal: AbortSignal,
): Promise<Said[]> {
  if (!(await exists(worktree))) return [];
  const problems: Said[] = [];
  for (const component of settings.components) {
    const failure = await runAll(parts, item, component, 'teardown', () => commandSandbox(parts, item, 'item'), worktree, signal);
    if (failure !== null) problems.push(failure.summary);
  }
  await rm(setUpMark(parts, item), { force: true });
  return problems;
}

/** Prepares the merge worktree, which is new each time. */
export async function setUpMergeTree(
  parts: EngineParts,
  item: WorkItem,
  settings: ProjectSettings,
  path: string,
  signal: AbortSignal,
): Promise<Failure | null> {
  for (const component of settings.components) {
    const failure = await runAll(parts, item, component, 'setup', () => commandSandbox(parts, item, 'merge'), path, signal);
    if (failure !== null) return failure;
  }
  return null;
}

/** Prepares the checkout in which values are measured, which is new each time. */
export async function setUpMeasureTree(
  parts: EngineParts,
  owner: Owner,
  settings: ProjectSettings,
  path: string,
  signal: AbortSignal,
): Promise<Failure | null> {
  const project = parts.projects.get(owner.project);
  for (const component of settings.components) {
    const failure = await runAll(
      parts,
      owner,
      component,
      'setup',
      async () => (project === undefined ? null : measureSandbox(project)),
      path,
      signal,
    );
    if (failure !== null) return failure;
  }
  return null;
}

function setUpMark(parts: EngineParts, item: WorkItem): string {
  return join(itemDir(parts, item.project, item.number), 'set-up-done');
}

async function runAll(
  parts: EngineParts,
  item: Owner,
  component: ComponentSettings,
  phase: 'setup' | 'teardown',
  sandbox: () => ReturnType<typeof commandSandbox>,
  worktree: string,
  signal: AbortSignal,
): Promise<Failure | null> {
  const cwd = join(worktree, component.path);
  if (cwd !== worktree && !cwd.startsWith(`${worktree}${sep}`)) throw new Error(`component ${component.name} points outside its worktree`);
  const output = join(
    itemDir(parts, item.project, item.number),
    `${phase}-${component.name.replaceAll(/[^\w.-]/g, '_')}-${parts.clock.now()}.log`,
  );
  for (const command of component[phase]) {
    if (!(await exists(cwd))) return failed({ kind: 'component-folder', phase, component: component.name, path: component.path }, '');
    const { timeoutMs } = component;
    const marker = runMarker(parts, item, `${phase}-${component.name}`);
    const result = await machineOf(parts).runShell({
      command,
      cwd,
      env: { MUSHER_ITEM: String(item.number) },
      timeoutMs,
      marker,
      output,
      sandbox: await sandbox(),
      signal,
      clock: parts.clock,
      redactor: parts.redactor,
    });
    if (result.exitCode === 0) continue;
    // As with gates: what fails on a full disk is done again. A teardown is only reported.
    if (phase === 'setup') await parts.projects.get(item.project)?.git.checkRoom('write');
    const { tail } = await digest(output, TAIL_BYTES);
    return failed({ kind: 'component', phase, component: component.name, command, end: endOf(result) }, tail);
  }
  return null;
}

function failed(summary: Fault, evidence: string): Failure {
  return { cause: 'setup', summary, evidence };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

import { join } from 'node:path';
import type { RunSandbox } from '../agents/supervision/sandboxed.ts';
import { MusherError } from '../errors.ts';
import type { Run } from '../log/projections/run.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { Box } from '../sandbox/box.ts';
import { runDir, type EngineParts, type EngineProject } from './parts.ts';
import { readable } from '../sandbox/mounts.ts';
import { makeFilesDir } from './run/told/give-files.ts';
import { runToResume } from './run/resume.ts';
import type { CommandSandbox } from './shell.ts';

/** What a run is held by; null where the project asks for nothing. Throws SANDBOX_UNUSABLE where it does not hold. */
export async function runSandbox(
  parts: EngineParts,
  project: EngineProject,
  at: { number: WorkItem['number']; branch: string },
  run: Run,
): Promise<RunSandbox | null> {
  const box = boxOf(project);
  if (box === null) return null;
  const homeOf = (number: number): string => join(runDir(parts, run.project, run.item, number), 'home');
  const before = runToResume(parts, run);
  const session = before?.session ?? null;
  const resumed = before === null || session === null ? null : { homeDir: homeOf(before.run), session };
  return {
    box,
    mounts: [...(await project.git.viewForRun(at)), readable(makeFilesDir(parts, run.project, run.item))],
    homeDir: homeOf(run.run),
    resumed,
    ports: [],
  };
}

/**
 * What a command of the project is held by: it runs the agent's code. Its git shows the item's branch, and what it
 * commits goes nowhere. Throws SANDBOX_UNUSABLE where it does not hold.
 */
export async function commandSandbox(
  parts: Pick<EngineParts, 'log' | 'projects'>,
  item: WorkItem,
  where: 'item' | 'merge',
): Promise<CommandSandbox | null> {
  const project = parts.projects.get(item.project);
  const box = project === undefined ? null : boxOf(project);
  if (project === undefined || box === null) return null;
  const branch = parts.log.reads.item(item.project, item.number)?.work?.branch ?? null;
  return { box, mounts: await project.git.viewForCommand(where === 'merge' ? 'merge' : { number: item.number, branch }) };
}

/** The same for what is measured on the base branch. */
export async function measureSandbox(project: EngineProject): Promise<CommandSandbox | null> {
  const box = boxOf(project);
  return box === null ? null : { box, mounts: await project.git.viewForCommand('measure') };
}

function boxOf({ settings, box }: EngineProject): Box | null {
  if (settings.sandbox.kind === 'none') return null;
  const { problem } = settings.sandbox;
  if (problem === null && box !== null) return box;
  throw new MusherError(
    'SANDBOX_UNUSABLE',
    `The sandbox of ${settings.name} can't be used: ${problem ?? 'it was not tried'}.`,
    'Fix what `musher doctor` shows, then type `restart`.',
  );
}

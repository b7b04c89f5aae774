import { homedir } from 'node:os';
import { findProgram } from '../agents/process/start.ts';
import { childEnvironment } from '../agents/environment.ts';
import type { Clock } from '../clock.ts';
import type { ProjectSettings, Settings } from '../config/settings.ts';
import { tryBox } from './sandbox-trial.ts';
import { ATTACKS, type AttackResult } from '../sandbox/attacks.ts';
import type { Box } from '../sandbox/box.ts';

/** What holds a project's processes, with what its trial found. */
export interface Tried {
  readonly box: Box | null;
  readonly results: readonly AttackResult[];
  /** Why nothing may run; null: it holds, or none is asked for. */
  readonly problem: string | null;
}

/** Makes the box of a project and proves it by attacks. What does not hold is a problem, never an exception. */
export async function trySandbox(
  project: Pick<ProjectSettings, 'name' | 'path' | 'sandbox'>,
  bubblewrap: string | null,
  dataDir: string,
  env: NodeJS.ProcessEnv,
  clock: Clock,
): Promise<Tried> {
  if (project.sandbox.kind === 'none') return { box: null, results: [], problem: null };
  const failed = (problem: string): Tried => ({ box: null, results: [], problem });
  if (process.platform !== 'linux') return failed('bubblewrap needs Linux');
  const path = childEnvironment(env, {})['PATH'] ?? '';
  const program = await findProgram(bubblewrap ?? 'bwrap', path, '/');
  if (program === null) return failed(bubblewrap === null ? 'bwrap is not on the PATH' : `${bubblewrap} does not exist`);
  const { allowHosts, read, write } = project.sandbox;
  const box: Box = { program, allowHosts, read, write, home: env['HOME'] || homedir(), path, secret: [dataDir, project.path] };
  try {
    const results = await tryBox(box, dataDir, clock);
    const broken = results.find(({ held }) => !held);
    if (broken === undefined) return { box, results, problem: null };
    const what = broken.attack === 'honest-commit' ? 'an agent cannot ' : 'an agent can ';
    return { box: null, results, problem: `${what}${ATTACKS[broken.attack]} (${broken.words})` };
  } catch (error) {
    return failed(`it cannot be started: ${(error instanceof Error ? error.message : String(error)).split('\n').at(-1) ?? ''}`);
  }
}

/** The settings with what the trials found, and the boxes of the projects whose sandbox holds. */
export async function trySandboxes(
  settings: Settings,
  env: NodeJS.ProcessEnv,
  clock: Clock,
): Promise<{ settings: Settings; boxes: ReadonlyMap<string, Box> }> {
  const boxes = new Map<string, Box>();
  const projects = await Promise.all(
    settings.projects.map(async (project) => {
      const { box, problem } = await trySandbox(project, settings.bubblewrap, settings.dataDir, env, clock);
      if (box !== null) boxes.set(project.name, box);
      return { ...project, sandbox: { ...project.sandbox, problem } };
    }),
  );
  return { settings: { ...settings, projects }, boxes };
}

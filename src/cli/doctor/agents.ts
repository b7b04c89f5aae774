import { execa } from 'execa';
import { childEnvironment } from '../../agents/environment.ts';
import { RUNTIMES } from '../../agents/runtimes/index.ts';
import { findRuntime } from '../../agents/runtimes/runtime.ts';
import type { AgentSettings, ProjectSettings } from '../../config/settings.ts';
import { failure, findProgram, good } from './check.ts';
import type { Check, Finding } from './check.ts';

/** Longest wait in ms for a program to tell its version: a cold start of a large one takes a few seconds. */
const VERSION_TIMEOUT = 20_000;

/** The program of each agent is there, and starts as far as that can be seen without work. */
export const agents: Check = async ({ settings, env }) => {
  const all = (settings?.projects ?? []).flatMap((project) => project.agents.map((agent) => ({ project, agent })));
  const findings = await Promise.all(all.map(({ project, agent }) => program(project, agent, env)));
  return findings.flat();
};

async function program(project: ProjectSettings, agent: AgentSettings, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const subject = `agent ${project.name}/${agent.name}`;
  const { doctor } = findRuntime(RUNTIMES, agent.runtime);
  const [name = '', ...args] = agent.command;
  const environment = childEnvironment(env, agent.env);
  const file = findProgram(name, project.path, environment['PATH'] ?? '');
  if (file === null) {
    const where = name.includes('/') ? `is not in ${project.path}, or not executable` : 'is not on the PATH';
    const fix = doctor.install === null ? `Install it, or fix \`command\` in ${project.file}` : `Install it: ${doctor.install}`;
    return [failure(subject, `${name} ${where}`, fix)];
  }
  if (doctor.version === null) return [good(subject, `${agent.command.join(' ')} (${file})`)];
  const answer = await execa(file, [...args, ...doctor.version], {
    env: environment,
    extendEnv: false,
    cwd: project.path,
    reject: false,
    stdin: 'ignore',
    timeout: VERSION_TIMEOUT,
    killDescendants: true,
  });
  if (answer.exitCode !== 0) {
    const why = answer.timedOut
      ? `did not answer within ${VERSION_TIMEOUT / 1000} s`
      : firstLine(answer.stderr || answer.shortMessage || '');
    return [failure(subject, `${file} ${doctor.version.join(' ')} failed: ${why}`, 'Run it by hand; install it again if that fails too.')];
  }
  return [good(subject, `${name} ${firstLine(answer.stdout)}`)];
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 200);
}

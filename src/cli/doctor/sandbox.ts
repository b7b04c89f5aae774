import { RUNTIMES } from '../../agents/runtimes/index.ts';
import { findRuntime } from '../../agents/runtimes/runtime.ts';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { childEnvironment } from '../../agents/environment.ts';
import { sandboxed } from '../../agents/supervision/sandboxed.ts';
import { systemClock } from '../../clock.ts';
import type { AgentSettings, ProjectSettings } from '../../config/settings.ts';
import { WITHOUT_SANDBOX } from '../../app/lifecycle/greeting.ts';
import { ATTACKS, type AttackResult } from '../../sandbox/attacks.ts';
import type { Box } from '../../sandbox/box.ts';
import { trySandbox } from '../../app/sandboxes.ts';
import { failure, good, warning } from './check.ts';
import type { Check, Finding } from './check.ts';
import { removeFolder } from '../../remove-folder.ts';

/** Longest time in ms for a shell inside to say whether a program is there. */
const LOOK_MS = 20_000;

/** Proves each project's sandbox by an attack from inside, one line for each, or says what agents could do without one. */
export const sandbox: Check = async ({ settings, dataDir, env }) => {
  const findings: Finding[] = [];
  for (const project of settings?.projects ?? []) {
    const subject = `sandbox ${project.name}`;
    if (project.sandbox.kind === 'none') {
      const fix = 'Set sandbox = "bubblewrap" for the project in bot.toml, or run Musher as a separate user.';
      findings.push(warning(subject, WITHOUT_SANDBOX, fix));
      continue;
    }
    const data = dataDir ?? settings?.dataDir ?? '';
    const { box, results, problem } = await trySandbox(project, settings?.bubblewrap ?? null, data, env, systemClock());
    findings.push(...results.map((result) => attackLine(subject, result)));
    if (problem !== null && results.length === 0) findings.push(failure(subject, problem, MEND));
    if (box !== null) findings.push(...(await programs(box, project, env)));
  }
  return findings;
};

const MEND =
  'Install bubblewrap and allow user namespaces (docs/operations.md), or set `bubblewrap` in bot.toml. Until then nothing runs in this project.';

function attackLine(subject: string, { attack, held, words }: AttackResult): Finding {
  const honest = attack === 'honest-commit';
  const can = honest === held ? 'an agent can' : 'an agent cannot';
  const what = `${can} ${ATTACKS[attack]} (${words})`;
  return held ? good(subject, what) : failure(subject, what, 'Nothing runs in this project until this is fixed: see docs/security.md.');
}

/** Whether each agent's program exists inside: otherwise nobody notices before the first run. */
async function programs(box: Box, project: ProjectSettings, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const agent of project.agents) {
    const subject = `sandbox ${project.name}/${agent.name}`;
    const [name = ''] = agent.command;
    // One of the worktree's own comes with it.
    if (name.includes('/') && !name.startsWith('/')) continue;
    const seen = await isSeen(box, project, agent, env);
    // A program that is missing altogether is reported by the agents' check.
    if (seen === null) continue;
    const fix = `Add the folder of ${name} to the project’s sandbox_read in bot.toml.`;
    findings.push(seen ? good(subject, `finds ${name}`) : failure(subject, `cannot find ${name}`, fix));
  }
  return findings;
}

async function isSeen(box: Box, project: ProjectSettings, agent: AgentSettings, env: NodeJS.ProcessEnv): Promise<boolean | null> {
  const dir = await mkdtemp(join(tmpdir(), 'musher-doctor-'));
  try {
    const started = await sandboxed(
      { box, mounts: [], homeDir: join(dir, 'home'), resumed: null, ports: [] },
      {
        file: agent.command[0] ?? '',
        // A shell looks for it instead of starting it: a program without its arguments could do anything.
        args: [],
        env: childEnvironment(env, agent.env),
        worktree: '/tmp',
        runDir: dir,
        stdin: null,
        reads: [],
        runtime: findRuntime(RUNTIMES, agent.runtime),
        only: 'look',
      },
    );
    if (!started.ok) return null;
    const { file, args } = started.value;
    const answer = await execa(file, args, { env: started.value.env, extendEnv: false, reject: false, stdin: 'ignore', timeout: LOOK_MS });
    return answer.exitCode === 0;
  } finally {
    await removeFolder(dir);
  }
}

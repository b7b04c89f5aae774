import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MusherError } from '../../errors.ts';
import { err, ok, type Result } from '../../result.ts';
import { type Box, boxed, type StartOutside } from '../../sandbox/box.ts';
import { type Mount, programMount, readable } from '../../sandbox/mounts.ts';
import { findProgram } from '../process/start.ts';

/** What a run's process is held by. */
export interface RunSandbox {
  readonly box: Box;
  /** The worktree and its git. */
  readonly mounts: readonly Mount[];
  /** Absolute; kept between runs of the project: what a runtime remembers, such as its sessions. */
  readonly stateDir: string;
  /** Ports of Musher's own on the loopback address that the run may reach. */
  readonly ports: readonly number[];
}

/** What a runtime needs to work at all, besides the system. */
interface Needs {
  /** Where it asks its model, and renews its login. */
  readonly hosts: readonly string[];
  /** The variable that names its folder, and that folder's name in the home where it is not set. */
  readonly folder: { readonly variable: string; readonly fallback: string };
  /** Files in that folder without which nobody is logged in. Writable, because a login is renewed in place. */
  readonly login: readonly string[];
}

/** By the runtime's name; one that is not here needs what its project allows. */
const NEEDS: ReadonlyMap<string, Needs> = new Map([
  [
    'claude',
    {
      hosts: ['api.anthropic.com', 'console.anthropic.com', 'platform.claude.com'],
      folder: { variable: 'CLAUDE_CONFIG_DIR', fallback: '.claude' },
      login: ['.credentials.json'],
    },
  ],
]);

export interface RunCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly worktree: string;
  readonly runDir: string;
  readonly runtime: string;
  /** `look`: only whether the program is there is found out, by the exit code. */
  readonly only?: 'look';
}

/** How a run's program is started inside its sandbox. Fails with RUNTIME_MISSING where there is no such program. */
export async function sandboxed(sandbox: RunSandbox, command: RunCommand): Promise<Result<StartOutside, MusherError>> {
  const { box } = sandbox;
  const file = await findProgram(command.file, command.env['PATH'] ?? '', command.worktree);
  if (file === null)
    return err(
      new MusherError(
        'RUNTIME_MISSING',
        `The program "${command.file}" was not found.`,
        'Install it, or give its full path as the first word of `command` of this agent.',
      ),
    );
  // Only what Musher's own PATH leads to is opened for it: the agent's configuration stands in a repository.
  const own = command.file.includes('/') ? null : await findProgram(command.file, box.path, command.worktree);
  const program = own === null ? null : programMount(own);
  const needs = runtimeNeeds(sandbox, command);
  return ok(
    boxed(box, {
      ...(command.only === 'look'
        ? { file: '/bin/sh', args: ['-c', 'test -x "$1"', 'sh', own ?? file] }
        : { file: own ?? file, args: command.args }),
      env: { ...command.env, ...needs.env },
      cwd: command.worktree,
      mounts: [...(program === null ? [] : [program]), ...needs.mounts, ...sandbox.mounts, readable(command.runDir)],
      hosts: needs.hosts,
      ports: sandbox.ports,
      ownSession: false,
      dir: command.runDir,
    }),
  );
}

/**
 * A runtime's folder in the sandbox is one of its own, which holds the login of the real one and nothing else of it:
 * settings and hooks that an agent leaves there are never read outside.
 */
function runtimeNeeds(
  { box, stateDir }: RunSandbox,
  { runtime, env }: RunCommand,
): { hosts: readonly string[]; mounts: Mount[]; env: Record<string, string> } {
  const needs = NEEDS.get(runtime);
  if (needs === undefined) return { hosts: [], mounts: [], env: {} };
  const real = env[needs.folder.variable] ?? join(box.home, needs.folder.fallback);
  const own = join(stateDir, `${runtime}-${createHash('sha256').update(real).digest('hex').slice(0, 8)}`);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const login = needs.login.map((name) => join(real, name)).filter((file) => existsSync(file));
  return {
    hosts: needs.hosts,
    mounts: [{ kind: 'write', from: own, to: real }, ...login.map((file) => ({ kind: 'write', from: file, to: file }) satisfies Mount)],
    env: { [needs.folder.variable]: real },
  };
}

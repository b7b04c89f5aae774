import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MusherError } from '../../errors.ts';
import { err, ok, type Result } from '../../result.ts';
import { type Box, boxed, type StartOutside } from '../../sandbox/box.ts';
import { type Mount, programMount, readable, writable } from '../../sandbox/mounts.ts';
import { copySession } from './copy-session.ts';
import { findProgram } from '../process/start.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { removeFolder } from '../../remove-folder.ts';

/** What a run's process is held by. */
export interface RunSandbox {
  readonly box: Box;
  /** The worktree and its git. */
  readonly mounts: readonly Mount[];
  /** Absolute, of this run alone: what a runtime writes to its own folders. */
  readonly homeDir: string;
  /** Whose session continues, and its id: of that run's folders the session comes along, and nothing else. Null: none does. */
  readonly resumed: { readonly homeDir: string; readonly session: string } | null;
  /** Ports of Musher's own on the loopback address that the run may reach. */
  readonly ports: readonly number[];
}

export interface RunCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly worktree: string;
  readonly runDir: string;
  /** Absolute; its standard input, and the files beside it that it reads. Nothing else of the run is seen inside. */
  readonly stdin: string | null;
  readonly reads: readonly string[];
  readonly runtime: Pick<Runtime, 'name' | 'needs'>;
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
        'Install it, or write its full path as the first word of the agent’s `command`.',
      ),
    );
  // Only what Musher's own PATH leads to is opened for it: the agent's configuration is in a repository.
  const own = command.file.includes('/') ? null : await findProgram(command.file, box.path, command.worktree);
  const program = own === null ? null : programMount(own);
  const needs = await runtimeNeeds(sandbox, command);
  return ok(
    boxed(box, {
      ...(command.only === 'look'
        ? { file: '/bin/sh', args: ['-c', 'test -x "$1"', 'sh', own ?? file] }
        : { file: own ?? file, args: command.args }),
      env: { ...command.env, ...needs.env },
      cwd: command.worktree,
      mounts: [...(program === null ? [] : [program]), ...needs.mounts, ...sandbox.mounts, ...command.reads.map(readable)],
      stdin: command.stdin,
      output: 'sealed',
      hosts: needs.hosts,
      ports: sandbox.ports,
      ownSession: false,
      dir: command.runDir,
    }),
  );
}

/**
 * A runtime's folder in the sandbox is a new one for each run, with the login of the real one and nothing else of it: settings,
 * hooks and memory that an agent leaves there are read neither outside nor by another run. A session that continues is copied.
 */
async function runtimeNeeds(
  { box, homeDir, resumed }: RunSandbox,
  { runtime: { name, needs }, env }: RunCommand,
): Promise<{ hosts: readonly string[]; mounts: Mount[]; env: Record<string, string> }> {
  const folders = await Promise.all(
    needs.folders.map(async ({ variable, fallback, below, login, reads = [], sessions = [] }) => {
      const base = env[variable] ?? join(box.home, fallback);
      const real = join(base, below);
      const folder = `${name}-${createHash('sha256').update(real).digest('hex').slice(0, 8)}`;
      const own = join(homeDir, folder);
      // A start that Musher did not survive may have left one.
      await removeFolder(own);
      await mkdir(own, { recursive: true, mode: 0o700 });
      if (resumed !== null) await copySession(join(resumed.homeDir, folder), own, sessions, resumed.session);
      const shown = (files: readonly string[]): string[] => files.map((file) => join(real, file)).filter((file) => existsSync(file));
      const files = [...shown(login).map(writable), ...shown(reads).map(readable)];
      return { variable, base, mounts: [{ kind: 'write', from: own, to: real } satisfies Mount, ...files] };
    }),
  );
  return {
    hosts: needs.hosts,
    mounts: folders.flatMap(({ mounts }) => mounts),
    env: Object.fromEntries(folders.map(({ variable, base }) => [variable, base])),
  };
}

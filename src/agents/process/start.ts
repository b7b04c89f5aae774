import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { MusherError } from '../../errors.ts';
import { err, ok, type Result } from '../../result.ts';
import { access, chmod, mkdir, stat, writeFile } from '../../small-files.ts';
import { statOf } from './identity.ts';
import type { KeptOutput, OutputKeeper } from './output-keeper.ts';
import { runFiles } from './run-files.ts';
import { send } from './stop.ts';
import { MARKER_VARIABLE } from './table.ts';

export interface ProcessSpec {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment; the marker is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdin: string | null;
  /** Absolute; made where it is missing. */
  readonly runDir: string;
  readonly marker: string;
  /** Who writes down what it prints; null: it gets the files themselves. */
  readonly keeper: OutputKeeper | null;
  /** The most that a keeper writes down of each output. */
  readonly outputBytes: number;
}

export interface StartedProcess {
  readonly pid: number;
  readonly pidStart: string | null;
  /** Its output and its error output on their way into the files; null: it writes there itself. */
  readonly kept: readonly [KeptOutput, KeptOutput] | null;
}

/**
 * Runs the program as a foreground child and records its exit code. The text is fixed: program and arguments come in
 * as "$@". Handlers (not "ignore", which children would inherit) keep the wrapper alive through a stop of the group. What it
 * does after the program is silent: Musher may end it, and `mv` with it, as soon as the exit code can be read, and a shell
 * would write "Killed" into the program's error output.
 */
const WRAPPER = `trap : HUP INT TERM
dir=$1
shift
(umask 077; printf '%s\\n' "$$" > "$dir/pid")
"$@"
code=$?
exec 2> /dev/null
umask 077
printf '%s\\n' "$code" > "$dir/exit.new"
mv -f "$dir/exit.new" "$dir/exit" || printf '%s\\n' "$code" > "$dir/exit"
exit 0
`;

/**
 * Starts a program in a session and process group of its own, with files or a keeper behind its outputs, so that it does not
 * notice when Musher ends. Fails with RUNTIME_MISSING where the program is
 * not there, and with RUNTIME_REFUSED where its directory is not, or the system does not start it.
 */
export async function startProcess(spec: ProcessSpec): Promise<Result<StartedProcess, MusherError>> {
  const file = await findProgram(spec.file, spec.env['PATH'] ?? '', spec.cwd);
  if (file === null) {
    return err(
      new MusherError(
        'RUNTIME_MISSING',
        `The program "${spec.file}" was not found.`,
        'Install it, or write its full path as the first word of the agent’s `command`.',
      ),
    );
  }
  const cwdThere = await stat(spec.cwd).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!cwdThere)
    return err(new MusherError('RUNTIME_REFUSED', 'The worktree of the item is missing.', 'Start the item again; Musher recreates it.'));

  const files = runFiles(spec.runDir);
  await mkdir(files.dir, { recursive: true, mode: 0o700 });
  await chmod(files.dir, 0o700);
  await writeFile(files.stdin, spec.stdin ?? '', { mode: 0o600 });
  let child: ChildProcess | null = null;
  let kept: StartedProcess['kept'] = null;
  const handles: number[] = [];
  try {
    handles.push(openSync(files.stdin, 'r'));
    if (spec.keeper === null) handles.push(openSync(files.stdout, 'a', 0o600), openSync(files.stderr, 'a', 0o600));
    else kept = [await spec.keeper.keep(files.stdout, spec.outputBytes), await spec.keeper.keep(files.stderr, spec.outputBytes)];
    child = spawn('/bin/sh', ['-c', WRAPPER, 'musher-run', files.dir, file, ...spec.args], {
      cwd: spec.cwd,
      env: { ...spec.env, [MARKER_VARIABLE]: spec.marker },
      stdio: [...handles, ...(kept ?? []).map(({ socket }) => socket)],
      detached: true,
    });
    // Synchronously: until the event loop turns, even a process that has already ended can still be read.
    const pidStart = child.pid === undefined ? null : (statOf(child.pid)?.start ?? null);
    const started = child;
    const failure = await new Promise<Error | null>((resolve) => {
      started.once('spawn', () => resolve(null));
      started.once('error', resolve);
    });
    if (failure !== null || child.pid === undefined) {
      return err(
        new MusherError(
          'RUNTIME_REFUSED',
          `The program "${spec.file}" could not be started.`,
          'The log file has the error of the system.',
          { cause: failure },
        ),
      );
    }
    child.unref();
    return ok({ pid: child.pid, pidStart, kept });
  } catch (cause) {
    // Arguments that the system does not take (too long, say) are refused by an exception. What can't be watched must not run.
    if (child?.pid !== undefined) send(-child.pid, 'SIGKILL');
    return err(
      new MusherError(
        'RUNTIME_REFUSED',
        `The program "${spec.file}" could not be started.`,
        'Shorten its arguments; put long text into the prompt.',
        { cause },
      ),
    );
  } finally {
    for (const handle of handles) closeSync(handle);
    // The program has its own: with this end closed, the keeper sees when it and all that it has started are gone.
    for (const { socket } of kept ?? []) socket.destroy();
  }
}

/** The absolute path of a program, looked up as a shell does. Null: there is no executable of that name. */
export async function findProgram(name: string, path: string, cwd: string): Promise<string | null> {
  if (name === '') return null;
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : join(cwd, name)]
    : path
        .split(delimiter)
        .filter(isAbsolute)
        .map((dir) => join(dir, name));
  for (const candidate of candidates) {
    const runnable = await access(candidate, constants.X_OK).then(
      () => stat(candidate),
      () => null,
    );
    if (runnable?.isFile() === true) return candidate;
  }
  return null;
}

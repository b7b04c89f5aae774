import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync } from 'node:fs';
import { appendFile, open, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OUTPUT_BYTES } from '../agents/supervision/limits.ts';
import { childEnvironment } from '../agents/environment.ts';
import { MARKER_VARIABLE } from '../agents/process/table.ts';
import { sweep } from '../agents/process/stop.ts';
import { boxed, type Box } from '../sandbox/box.ts';
import type { Mount } from '../sandbox/mounts.ts';
import { mkdir, readRegular, stat } from '../small-files.ts';
import type { Clock } from '../clock.ts';
import type { CommandEnd } from '../pipeline/why/fault.ts';
import { systemFault } from './outage/fault-of.ts';
import { redactFile } from '../redaction/file.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { removeFolder } from '../remove-folder.ts';

/** What a gate or a set-up command is held by. */
export interface CommandSandbox {
  readonly box: Box;
  readonly mounts: readonly Mount[];
}

export interface ShellCommand {
  /** Run by `/bin/sh -c`: the owner wrote it in the project file. */
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Found again in the environment of every process of it. */
  readonly marker: string;
  /** Absolute; takes standard output and standard error as they come, after what is there already. */
  readonly output: string;
  /** What holds it; null: nothing. */
  readonly sandbox: CommandSandbox | null;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Takes secrets out of the output when the command is over. */
  readonly redactor: Redactor;
  /** How much it may print before it is ended for that; default: as much as a run. */
  readonly outputBytes?: number;
}

export interface ShellResult {
  /** Null: ended by a signal, the time limit, or stopped. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** It printed more than a command may, and was ended for it. */
  readonly printedTooMuch: boolean;
  readonly durationMs: number;
}

/** How a command ended. */
export function endOf({ exitCode, timedOut, printedTooMuch }: Pick<ShellResult, 'exitCode' | 'timedOut' | 'printedTooMuch'>): CommandEnd {
  if (timedOut) return { kind: 'timeout' };
  if (printedTooMuch) return { kind: 'too-much-output' };
  return exitCode === null ? { kind: 'signal' } : { kind: 'exit', code: exitCode };
}

/** Time between the polite and the final end of a command that ran too long. */
const KILL_AFTER_MS = 5_000;

/** Between two looks at how much it has printed. */
const SIZE_LOOK_MS = 1_000;
const bytesOf = ({ outputBytes = OUTPUT_BYTES }: ShellCommand): number => outputBytes;
/** The last line of an output that was cut off for its size. People and agents read it. */
const cutOff = (bytes: number): string => `\n[Cut off at ${bytes / 1024 / 1024} MB.]\n`;

/**
 * Runs one command of the project's owner (a gate, a set-up) and leaves nothing of it behind: its output goes to a
 * file, not a pipe that a grandchild could hold open, and what carries its marker when it is over is ended. What a Musher that
 * was killed left of the same command, the next one ends at its start.
 */
export async function runShell(spec: ShellCommand): Promise<ShellResult> {
  await mkdir(dirname(spec.output), { recursive: true, mode: 0o700 });
  const output = openSync(spec.output, 'a', 0o600);
  const startedAt = performance.now();
  const tooMuch = new AbortController();
  const unwatch = watchSize(spec, tooMuch);
  try {
    const start = startOf(spec);
    // Loaded with the first command: it is a seventh of all modules, and a start has no use for it.
    const { execa } = await import('execa');
    // Any open file will do; the types know of these few numbers.
    const into = output as 3;
    const result = await execa(start.file, start.args, {
      cwd: start.cwd,
      env: { ...start.env, [MARKER_VARIABLE]: spec.marker },
      extendEnv: false,
      stdio: ['ignore', into, into],
      timeout: spec.timeoutMs,
      cancelSignal: AbortSignal.any([spec.signal, tooMuch.signal]),
      forceKillAfterDelay: KILL_AFTER_MS,
      killDescendants: true,
      reject: false,
    });
    // It never ran: that is no answer of a gate. Whoever asked waits until the system can start it.
    if (result.exitCode === undefined && result.cause instanceof Error && systemFault(result.cause) !== null) throw result.cause;
    const durationMs = Math.round(performance.now() - startedAt);
    const printedTooMuch = tooMuch.signal.aborted;
    return { exitCode: printedTooMuch ? null : (result.exitCode ?? null), timedOut: result.timedOut, printedTooMuch, durationMs };
  } finally {
    unwatch();
    closeSync(output);
    await sweepMarked(spec);
    if (spec.sandbox !== null) await removeFolder(sandboxDir(spec));
    if (tooMuch.signal.aborted) await shorten(spec);
    await redactFile(spec.output, spec.redactor);
  }
}

/** What is started for a command: a shell, or the sandbox with the shell inside. */
function startOf(spec: ShellCommand): { file: string; args: readonly string[]; env: Readonly<Record<string, string>>; cwd: string } {
  const env = { ...childEnvironment(process.env, { CI: 'true', ...spec.env }), [MARKER_VARIABLE]: spec.marker };
  const shell = { file: '/bin/sh', args: ['-c', spec.command], env, cwd: spec.cwd };
  if (spec.sandbox === null) return shell;
  const { box, mounts } = spec.sandbox;
  const dir = sandboxDir(spec);
  return { ...boxed(box, { ...shell, mounts, hosts: [], ports: [], stdin: null, output: 'pipe', ownSession: true, dir }), cwd: dir };
}

const sandboxDir = ({ output }: ShellCommand): string => `${output}.sandbox`;

/** Ends a command that would fill the disk; returns how to end the watch. */
function watchSize(spec: ShellCommand, tooMuch: AbortController): () => void {
  let cancel = (): void => undefined;
  let over = false;
  const look = async (): Promise<void> => {
    const found = await stat(spec.output).catch(() => null);
    if (over) return;
    if (found === null || found.size <= bytesOf(spec)) {
      lookLater();
      return;
    }
    tooMuch.abort();
    // A process that ignores SIGTERM would continue to print until SIGKILL.
    await sweepMarked(spec).catch(() => undefined);
  };
  const lookLater = (): void => {
    cancel = spec.clock.at(spec.clock.now() + SIZE_LOOK_MS, () => void look());
  };
  lookLater();
  return () => {
    over = true;
    cancel();
  };
}

/** Takes back what was printed beyond the limit until the end came, and says so where a reader looks first. */
async function shorten(spec: ShellCommand): Promise<void> {
  await truncate(spec.output, bytesOf(spec));
  await appendFile(spec.output, cutOff(bytesOf(spec)));
}

async function sweepMarked({ marker, clock }: ShellCommand): Promise<void> {
  // A gate has no wrapper, so only the marker identifies its processes.
  await sweep({ marker, pid: 0, pidStart: null }, clock);
}

/** The SHA-256 of a whole file and its last bytes, cut visibly. */
export async function digest(path: string, tailBytes: number): Promise<{ hash: string; tail: string }> {
  const hash = createHash('sha256');
  // Most outputs are a few lines: no stream is set up for those.
  const whole = (await stat(path)).size <= tailBytes ? await readRegular(path, tailBytes) : null;
  if (whole !== null) return { hash: hash.update(whole).digest('hex'), tail: whole.toString('utf8') };
  await pipeline(createReadStream(path), hash);
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    return {
      hash: hash.digest('hex'),
      tail: from === 0 ? text : `[… ${from} bytes before this are in the log file]\n${text.slice(text.indexOf('\n') + 1)}`,
    };
  } finally {
    await file.close();
  }
}

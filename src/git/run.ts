import { constants } from 'node:os';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { BOUNDS } from '../bounds.ts';
import { MusherError } from '../errors.ts';

/** One call of git: an argument array (never a shell line), where it runs, and what it reads on standard input. */
export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the child besides PATH and locale: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Must not be empty when given: an empty input would leave the pipe open and git waiting. */
  readonly input?: Buffer | string;
  /** Exit codes that are an answer, not a failure. Default: only 0. */
  readonly answers?: readonly number[];
  /** Stop git after this many bytes of output; what came until then is the answer. */
  readonly maxBytes?: number;
}

export interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly truncated: boolean;
}

/** Longest silence of one git command in ms: a first checkout of a very large repository stays below it. */
export const LONGEST_SILENCE = BOUNDS.gitSilenceMs;
/**
 * What the shell around a call runs: it bounds what the git may fill of the memory, in KiB, and how many seconds it may compute. Tried in a shell
 * of its own first, because some shells end where a system knows no such bound.
 */
const BOUNDED =
  '(ulimit -d "$1") 2>/dev/null && ulimit -d "$1"; (ulimit -S -t "$2") 2>/dev/null && ulimit -S -t "$2"; shift 2; exec git "$@"';
/** What a shell says of a git that the system ended for computing too long. */
const COMPUTED_TOO_LONG = 128 + constants.signals.SIGXCPU;
/** Characters of git's complaint that an error carries, and of the command line for the log file. */
const STDERR_SHOWN = 600;
const COMMAND_SHOWN = 200;

/**
 * The variables that simple-git would otherwise strip or refuse. All of them are set by Musher's own code to
 * values that it computed; none is ever taken from the caller's environment.
 */
const ALLOWED_ENVIRONMENT = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_GLOBAL',
  'GIT_ATTR_NOSYSTEM',
  'GIT_TERMINAL_PROMPT',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_NO_LAZY_FETCH',
  'GIT_ALLOW_PROTOCOL',
  'GIT_GRAFT_FILE',
  'GIT_LITERAL_PATHSPECS',
  'GIT_OPTIONAL_LOCKS',
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_COMMITTER_DATE',
];

/**
 * Runs git once and returns its bytes and exit code. Throws MusherError GIT_FAILED for any exit code that the
 * call does not name as an answer. Most calls go through a shell instead (`shell/runner.ts`): that is cheaper for a process
 * as large as Musher. `memory`: bytes that the git may fill; `seconds`: that it may compute.
 */
export async function runGit(call: GitCall, memory: number = BOUNDS.gitMemory, seconds: number = BOUNDS.gitSeconds): Promise<GitAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  let exitCode = -1;
  const tooMuch = new AbortController();
  const complaints: Buffer[] = [];
  let read: () => Promise<boolean> = () => Promise.resolve(true);
  const limit = call.maxBytes ?? Number.POSITIVE_INFINITY;
  // Most Mushers never need it.
  const { simpleGit } = await import('simple-git');
  try {
    await simpleGit({
      baseDir: call.cwd,
      // A shell, which bounds the memory and then becomes the git.
      binary: ['/bin/sh', '-c'],
      // Where one of them is off, each call leaves a promise behind for good (measured: 13 MB in 300 items). `exit` may come
      // before the last output was read, so the end of that is waited for below.
      completion: { onClose: true, onExit: true },
      timeout: { block: LONGEST_SILENCE },
      abort: tooMuch.signal,
      allowEnvironment: ALLOWED_ENVIRONMENT,
      unsafe: {
        // GIT_CONFIG_GLOBAL=/dev/null: the person's own configuration must not reach Musher's git.
        allowUnsafeConfigPaths: true,
      },
      ...(call.input === undefined ? {} : { input: () => call.input }),
      // Exit codes are judged below; simple-git takes an exit with an empty stderr for a success.
      errors(error, ended) {
        exitCode = ended.exitCode;
        return error;
      },
    })
      .env({ PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC', ...call.env })
      .outputHandler((_command, stdout, stderr) => {
        read = readToEnd([stdout, stderr]);
        // A call that prints nothing is held back for 50 ms, in case its output is late; it is waited for anyhow.
        setImmediate(() => stdout.emit('data', Buffer.alloc(0)));
        stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
        stdout.on('data', (chunk: Buffer) => {
          if (truncated) return;
          chunks.push(size + chunk.length > limit ? chunk.subarray(0, limit - size) : chunk);
          size += chunk.length;
          if (size > limit) {
            truncated = true;
            tooMuch.abort();
          }
        });
      })
      .raw([BOUNDED, 'sh', String(Math.floor(memory / 1024)), String(seconds), ...call.args]);
  } catch (cause) {
    // With a nonzero exit simple-git rejects by its own default detection; that is judged by the exit code.
    if (!truncated && exitCode <= 0) throw failed(call, exitCode, String(cause), cause);
  }
  if (!(await read())) throw failed(call, exitCode, 'it ended, but something that it started holds its output');
  const stdout = Buffer.concat(chunks);
  const stderr = Buffer.concat(complaints).toString('utf8');
  // Ended by a signal there is no code.
  if (!truncated && !Number.isInteger(exitCode)) throw failed(call, -1, 'the system ended it, as it does with what computes for too long');
  return judged(call, { exitCode: truncated ? 0 : exitCode, stdout, stderr, truncated });
}

/** The answer itself. Throws MusherError GIT_FAILED where its exit code is none that the call names as an answer. */
export function judged(call: GitCall, answer: GitAnswer): GitAnswer {
  const { exitCode, stdout, stderr } = answer;
  if (exitCode === COMPUTED_TOO_LONG) throw failed(call, exitCode, 'it computed for too long, as for patterns or names made for that');
  if (exitCode !== 0 && call.answers?.includes(exitCode) !== true) throw failed(call, exitCode, stderr || stdout.toString('utf8'));
  return answer;
}

/** Gives what resolves at the end of the streams of a process that has ended: to false where that does not come. */
function readToEnd(streams: readonly NodeJS.ReadableStream[]): () => Promise<boolean> {
  const ends = Promise.allSettled(streams.map((stream) => finished(stream)));
  return async () => {
    let isHeld = false;
    const timer = setTimeout(() => {
      isHeld = true;
      for (const stream of streams) if (stream instanceof Readable) stream.destroy();
    }, LONGEST_SILENCE);
    await ends;
    clearTimeout(timer);
    return !isHeld;
  };
}

/** The error of a call that failed, with git's complaint. */
export function failed(call: GitCall, exitCode: number, complaint: string, cause?: unknown): MusherError {
  const said = complaintOf(complaint);
  const command = ['git', ...call.args].join(' ');
  const whole = new Error(
    `${command.length > COMMAND_SHOWN ? `${command.slice(0, COMMAND_SHOWN)}…` : command}: ${exitCode}\n${complaint}`,
    { cause },
  );
  return new MusherError(
    'GIT_FAILED',
    `git ${subcommand(call.args)} failed${said === '' ? ` with exit code ${exitCode}` : `: ${said}`}`.replace(/[^.]$/, '$&.'),
    'Check the repository with `git fsck` and `git status`, then try again.',
    { cause: whole },
  );
}

/** The word that names what git was to do: the first that is no option of git itself. */
function subcommand(args: readonly string[]): string {
  return args.find((word, i) => !word.startsWith('-') && args[i - 1] !== '-c') ?? '';
}

/** Lines of a complaint that are shown: the first ones name the cause, the last one what git gave up. */
const LINES_SHOWN = 3;

/** What git complains of, in one line: without its advice, which is meant for a person at a terminal, and without a server's folders. */
export function complaintOf(stderr: string): string {
  const said = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('hint:'));
  const grave = said.filter((line) => !line.startsWith('warning:'));
  const lines = grave.length === 0 ? said : grave;
  const last = lines.at(-1);
  const shown =
    lines.length <= LINES_SHOWN || last === undefined
      ? lines
      : [...lines.slice(0, LINES_SHOWN - 1), `(${lines.length - LINES_SHOWN} more lines)`, last];
  const text = shown.map((line) => line.replace(/(?<=^|[\s'"(])\/[^\s'":]*\//g, '…/')).join(' ');
  return text.length > STDERR_SHOWN ? `${text.slice(0, STDERR_SHOWN)} [cut]` : text;
}

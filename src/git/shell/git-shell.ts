import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { BOUNDS } from '../../bounds.ts';
import { failed, type GitAnswer, type GitCall, judged, LONGEST_SILENCE } from '../run.ts';
import { MarkedOutput, TAIL_BYTES } from './marked-output.ts';
import { linesOf, PROGRAM } from './script.ts';

interface UnderWay {
  readonly call: GitCall;
  readonly stdout: MarkedOutput;
  readonly stderr: MarkedOutput;
  readonly silence: NodeJS.Timeout;
  readonly resolve: (answer: GitAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A shell that runs one call of git after the other. It does not keep Musher alive while it has nothing to do, and ends with
 * Musher, whose end closes its input.
 */
export class GitShell {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Variables as the shell has them from the call before. */
  #variables: ReadonlyMap<string, string> = new Map();
  #now: UnderWay | null = null;
  #over = false;

  /**
   * `path`: where git is looked for. `memory`: bytes that each git may fill; then it fails by itself, and Linux alone holds it to that.
   * `seconds`: of computing, after which the system ends it.
   */
  constructor(path: string, memory: number = BOUNDS.gitMemory, seconds: number = BOUNDS.gitSeconds) {
    this.#child = spawn('/bin/sh', ['-c', PROGRAM, 'sh', String(Math.floor(memory / 1024)), String(seconds)], {
      cwd: '/',
      env: { PATH: path, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that it can be ended together with its git, and a Ctrl-C does not end git in its work.
      detached: true,
    });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#take('stdout', chunk));
    this.#child.stderr.on('data', (chunk: Buffer) => this.#take('stderr', chunk));
    // A shell that ends emits `close`; one that could not be started only emits `error`.
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => this.#end(error));
    this.#child.on('close', () => this.#end(null));
    this.#stay(false);
  }

  /** False: it is gone, and the next call needs another one. */
  get isUsable(): boolean {
    return !this.#over;
  }

  /** One call at a time. Fails as `runGit` does. */
  run(call: GitCall): Promise<GitAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#over || this.#now !== null) throw new Error('this shell can take no call');
      const mark = randomBytes(16).toString('hex');
      let lines: string;
      try {
        lines = this.#linesOf(call, mark);
      } catch (cause) {
        reject(failed(call, -1, String(cause), cause));
        return;
      }
      this.#stay(true);
      this.#now = {
        call,
        stdout: new MarkedOutput(mark),
        stderr: new MarkedOutput(mark),
        silence: setTimeout(() => this.#kill(), LONGEST_SILENCE),
        resolve,
        reject,
      };
      this.#child.stdin.write(lines);
    });
  }

  #linesOf(call: GitCall, mark: string): string {
    const wanted = new Map(Object.entries(call.env));
    const gone = [...this.#variables.keys()].filter((name) => !wanted.has(name));
    const news = [...wanted].filter(([name, value]) => this.#variables.get(name) !== value);
    const changed = new Map<string, string | null>([...gone.map((name) => [name, null] as const), ...news]);
    const input = call.input === undefined ? null : Buffer.from(call.input);
    const lines = linesOf({ args: call.args, cwd: call.cwd, changed, input, mark });
    this.#variables = wanted;
    return lines;
  }

  /** Lets it end when it has done what it is at. */
  close(): void {
    this.#over = true;
    this.#child.stdin.end();
  }

  #take(from: 'stdout' | 'stderr', chunk: Buffer): void {
    const now = this.#now;
    if (now === null) {
      // Nobody asked: something that a call started holds the outputs, and would write into the next answer.
      this.#kill();
      return;
    }
    now.silence.refresh();
    now[from].take(chunk);
    const most = now.call.maxBytes ?? Number.POSITIVE_INFINITY;
    if (now.stdout.rest === null && now.stdout.size > most + TAIL_BYTES) {
      // Nobody waits for the rest of it.
      this.#settle(now);
      this.#kill();
      now.resolve({ exitCode: 0, stdout: now.stdout.bytes(most), stderr: '', truncated: true });
      return;
    }
    if (now.stdout.rest === null || now.stderr.rest === null) return;
    this.#settle(now);
    const exitCode = /^\d+$/.test(now.stdout.rest) ? Number(now.stdout.rest) : null;
    const stderr = now.stderr.bytes().toString('utf8');
    try {
      if (exitCode === null) throw failed(now.call, -1, stderr);
      const truncated = now.stdout.size > most;
      now.resolve(judged(now.call, { exitCode: truncated ? 0 : exitCode, stdout: now.stdout.bytes(most), stderr, truncated }));
    } catch (error) {
      now.reject(error);
    }
  }

  #settle(now: UnderWay): void {
    clearTimeout(now.silence);
    this.#now = null;
    this.#stay(false);
  }

  #kill(): void {
    this.#over = true;
    const { pid } = this.#child;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended in between.
    }
  }

  #end(error: Error | null): void {
    this.#over = true;
    const now = this.#now;
    if (now === null) return;
    this.#settle(now);
    now.reject(failed(now.call, -1, error?.message ?? 'it was ended, or the shell that started it', error ?? undefined));
  }

  /** Whether Musher's process stays for it. */
  #stay(stays: boolean): void {
    for (const one of [this.#child, this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      if (!(one === this.#child || one instanceof Socket)) continue;
      if (stays) one.ref();
      else one.unref();
    }
  }
}

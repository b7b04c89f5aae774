import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ownProgram } from '../../version.ts';
import { TAKEN, TOKEN_BYTES, type KeeperOrder, type KeeperSaid } from './keeper-talk.ts';
import type { Seal } from './seal.ts';

/** One output on its way into its file. */
export interface KeptOutput {
  /** For the program's standard output or error; to be destroyed here once the program has it. */
  readonly socket: Socket;
  /** What was written, when nobody holds the other end any more; null: the keeper was killed before that. */
  readonly sealed: Promise<Seal | null>;
  /** What was written so far is all, whoever still holds the other end. */
  settle(): void;
}

/** After so long without an output the keeper is let go: a program that waits holds as much memory as one that works. */
const REST_MS = 10_000;

interface Running {
  readonly child: ChildProcess;
  readonly path: string;
  /** Its outputs, by their tokens. */
  readonly waiting: Map<string, Waiting>;
}

interface Waiting {
  readonly ready: (problem: string | null) => void;
  readonly sealed: (seal: Seal | null) => void;
}

/**
 * Starts the keeper when the first output is to be kept, and another one where that was killed or had nothing to do for a while.
 * `keeper.ts` says what it is for.
 */
export class OutputKeeper {
  #running: Promise<Running> | null = null;
  readonly #restMs: number;

  constructor(restMs = REST_MS) {
    this.#restMs = restMs;
  }

  /** What is printed into the socket is written to the file, and no more than so many bytes. Throws what the system refuses. */
  async keep(file: string, bytes: number): Promise<KeptOutput> {
    const running = await this.#keeper();
    const { child } = running;
    child.channel?.ref();
    try {
      return await this.#connected(running, file, bytes);
    } finally {
      // It does not keep Musher from ending.
      child.channel?.unref();
    }
  }

  async #connected({ child, path, waiting }: Running, file: string, bytes: number): Promise<KeptOutput> {
    const token = randomBytes(TOKEN_BYTES / 2).toString('hex');
    const ready = Promise.withResolvers<string | null>();
    const sealed = Promise.withResolvers<Seal | null>();
    waiting.set(token, { ready: ready.resolve, sealed: sealed.resolve });
    send(child, { order: 'expect', token, file, bytes });
    const problem = await ready.promise;
    if (problem !== null) {
      waiting.delete(token);
      throw Object.assign(new Error(`the output of a run can't be kept: ${problem}`), { code: problem });
    }
    const socket = connect(path);
    const answered = once(socket, 'data');
    socket.write(token, 'latin1');
    const [answer] = (await answered) as [Buffer];
    if (answer.toString('latin1') !== TAKEN) throw new Error('the output of a run is not taken');
    // Nothing else ever comes from there.
    socket.pause();
    return { socket, sealed: sealed.promise, settle: () => send(child, { order: 'settle', token }) };
  }

  /** Number of the process that writes them down. */
  async pid(): Promise<number> {
    return (await this.#keeper()).child.pid ?? 0;
  }

  /** For Musher's own end: the keeper continues until its outputs have ended. */
  async close(): Promise<void> {
    const running = await this.#running?.catch(() => null);
    this.#running = null;
    if (running?.child.connected === true) running.child.disconnect();
  }

  #keeper(): Promise<Running> {
    return this.#running ?? this.#start();
  }

  #start(): Promise<Running> {
    // Neither Musher's environment nor its terminal: it lives longer than both.
    const child = spawn(process.execPath, [ownProgram('src/agents/process/keeper')], {
      cwd: '/',
      env: process.env['TMPDIR'] === undefined ? {} : { TMPDIR: process.env['TMPDIR'] },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
    });
    const { promise, resolve, reject } = Promise.withResolvers<Running>();
    const waiting = new Map<string, Waiting>();
    let rest: NodeJS.Timeout | undefined;
    const letGo = (): void => {
      if (waiting.size > 0 || this.#running !== promise) return;
      this.#running = null;
      if (child.connected) child.disconnect();
    };
    child.on('message', (said: KeeperSaid) => {
      if (said.said === 'listening') {
        child.channel?.unref();
        resolve({ child, path: said.path, waiting });
        return;
      }
      take(waiting, said);
      clearTimeout(rest);
      if (waiting.size === 0) rest = setTimeout(letGo, this.#restMs).unref();
    });
    const gone = (error: Error): void => {
      reject(error);
      clearTimeout(rest);
      if (this.#running === promise) this.#running = null;
      for (const { ready, sealed } of waiting.values()) {
        ready('EPIPE');
        sealed(null);
      }
      waiting.clear();
    };
    child.once('error', gone);
    child.once('exit', () => gone(new Error('the program that keeps the output of runs has ended')));
    child.unref();
    this.#running = promise;
    return promise;
  }
}

function take(waiting: Map<string, Waiting>, said: Exclude<KeeperSaid, { said: 'listening' }>): void {
  const one = waiting.get(said.token);
  if (said.said === 'sealed') {
    waiting.delete(said.token);
    one?.sealed(said.seal);
  } else one?.ready(said.problem);
}

function send(child: ChildProcess, order: KeeperOrder): void {
  // One that is gone says so by its end.
  if (child.connected) child.send(order, () => undefined);
}

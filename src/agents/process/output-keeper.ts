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

interface Running {
  readonly child: ChildProcess;
  readonly path: string;
}

interface Waiting {
  readonly ready: (problem: string | null) => void;
  readonly sealed: (seal: Seal | null) => void;
}

/** Starts the keeper when the first output is to be kept, and another one where that was killed. `keeper.ts` says what it is for. */
export class OutputKeeper {
  #running: Promise<Running> | null = null;
  readonly #waiting = new Map<string, Waiting>();

  /** What is printed into the socket is written to the file, and no more than so many bytes. Throws what the system refuses. */
  async keep(file: string, bytes: number): Promise<KeptOutput> {
    const { child, path } = await this.#keeper();
    child.channel?.ref();
    try {
      return await this.#connected(child, path, file, bytes);
    } finally {
      // It does not keep Musher from ending.
      child.channel?.unref();
    }
  }

  async #connected(child: ChildProcess, path: string, file: string, bytes: number): Promise<KeptOutput> {
    const token = randomBytes(TOKEN_BYTES / 2).toString('hex');
    const ready = Promise.withResolvers<string | null>();
    const sealed = Promise.withResolvers<Seal | null>();
    this.#waiting.set(token, { ready: ready.resolve, sealed: sealed.resolve });
    send(child, { order: 'expect', token, file, bytes });
    const problem = await ready.promise;
    if (problem !== null) {
      this.#waiting.delete(token);
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

  /** For Musher's own end: the keeper goes on until the outputs that it has have ended. */
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
    child.on('message', (said: KeeperSaid) => {
      if (said.said === 'listening') {
        child.channel?.unref();
        resolve({ child, path: said.path });
      } else this.#take(said);
    });
    const gone = (error: Error): void => {
      reject(error);
      if (this.#running === promise) this.#running = null;
      for (const { ready, sealed } of this.#waiting.values()) {
        ready('EPIPE');
        sealed(null);
      }
      this.#waiting.clear();
    };
    child.once('error', gone);
    child.once('exit', () => gone(new Error('the program that keeps the output of runs has ended')));
    child.unref();
    this.#running = promise;
    return promise;
  }

  #take(said: Exclude<KeeperSaid, { said: 'listening' }>): void {
    const waiting = this.#waiting.get(said.token);
    if (said.said === 'sealed') {
      this.#waiting.delete(said.token);
      waiting?.sealed(said.seal);
    } else waiting?.ready(said.problem);
  }
}

function send(child: ChildProcess, order: KeeperOrder): void {
  // One that is gone says so by its end.
  if (child.connected) child.send(order, () => undefined);
}

import { fork, type ChildProcess } from 'node:child_process';
import type { Clock } from '../../clock.ts';
import type { DrawnPicture, Picture } from '../../message/picture/picture.ts';
import { ownProgram } from '../../version.ts';
import type { DrawAnswer, DrawRequest } from './draw-process.ts';
import { PICTURE_LIMITS } from './limits.ts';

export interface PngMakerParts {
  readonly clock: Clock;
  /** A picture that could not be drawn, and why: for the log file. */
  readonly report: (error: unknown) => void;
  /** The program that draws; left out: Musher's own. */
  readonly program?: string;
}

/** A request, with what settles it. */
interface Job {
  readonly picture: Picture;
  readonly settle: (drawn: DrawnPicture | null) => void;
}

/**
 * Makes PNG of pictures in a process of its own, one at a time: a picture that makes the drawing program hang, crash or grow takes
 * down that process and never Musher. The process starts with the first picture and ends when none was asked for in a while.
 */
export class PngMaker {
  readonly #parts: PngMakerParts;
  readonly #waiting: Job[] = [];
  #child: ChildProcess | null = null;
  #job: Job | null = null;
  #last = 0;
  #isReady = false;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(parts: PngMakerParts) {
    this.#parts = parts;
  }

  /** Draws a picture; null where it can't be drawn within the limits, which is reported. Never rejects. */
  draw(picture: Picture): Promise<DrawnPicture | null> {
    return new Promise((settle) => {
      const size = JSON.stringify(picture).length;
      if (this.#stopped || this.#waiting.length >= PICTURE_LIMITS.waiting || size > PICTURE_LIMITS.facts) {
        if (!this.#stopped) this.#report(`too much is asked for: ${size} characters, ${this.#waiting.length} other pictures`);
        settle(null);
        return;
      }
      this.#waiting.push({ picture, settle });
      this.#next();
    });
  }

  /** Ends the process; whoever waits for a picture gets none. */
  stop(): void {
    this.#stopped = true;
    this.#end();
    for (const { settle } of this.#waiting.splice(0)) settle(null);
  }

  #next(): void {
    if (this.#job !== null || this.#stopped) return;
    this.#cancel();
    const job = this.#waiting.shift();
    if (job === undefined) {
      this.#after(PICTURE_LIMITS.idleMs, () => this.#end());
      return;
    }
    this.#job = job;
    this.#last += 1;
    if (this.#child === null) this.#child = this.#start();
    else if (this.#isReady) this.#ask(this.#child, job);
  }

  #ask(child: ChildProcess, { picture }: Job): void {
    this.#cancel();
    this.#after(PICTURE_LIMITS.timeMs, () => this.#broken(`it took longer than ${PICTURE_LIMITS.timeMs} ms`));
    const request: DrawRequest = { id: this.#last, picture };
    // What goes wrong with it shows in the end of the process.
    child.send(request, () => {});
  }

  #start(): ChildProcess {
    const { heapMiB, drawingMiB } = PICTURE_LIMITS;
    const child = fork(this.#parts.program ?? ownProgram('src/pictures/png/draw-process'), [], {
      // Nothing of Musher's environment or options: it needs none, and a secret may be in them.
      env: {},
      execArgv: [`--max-old-space-size=${heapMiB}`, `--wasm-max-mem-pages=${drawingMiB * 16}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#isReady = false;
    this.#after(PICTURE_LIMITS.startMs, () => this.#broken(`its process did not start within ${PICTURE_LIMITS.startMs} ms`));
    child.on('message', (answer: DrawAnswer | 'ready') => {
      if (child !== this.#child) return;
      if (answer !== 'ready') return this.#answered(answer);
      this.#isReady = true;
      if (this.#job !== null) this.#ask(child, this.#job);
    });
    const gone = (why: string): void => {
      if (child === this.#child) this.#broken(why);
    };
    child.on('error', (error) => gone(error.message));
    child.on('exit', (code, signal) => gone(`its process ended by itself (${signal ?? code})`));
    return child;
  }

  #answered(answer: DrawAnswer): void {
    if (this.#job === null || answer.id !== this.#last) return;
    if ('problem' in answer) {
      this.#report(answer.problem);
      this.#settle(null);
      return;
    }
    const { png, width, height } = answer;
    const fits = png.length <= PICTURE_LIMITS.bytes && width <= PICTURE_LIMITS.side && height <= PICTURE_LIMITS.side;
    if (!fits) this.#report(`it has ${width} by ${height} pixels and ${png.length} bytes`);
    this.#settle(fits ? { png: Buffer.from(png.buffer, png.byteOffset, png.length), width, height } : null);
  }

  /** The process can't be trusted with another picture. */
  #broken(why: string): void {
    this.#end();
    if (this.#job !== null) this.#report(why);
    this.#settle(null);
  }

  #settle(drawn: DrawnPicture | null): void {
    const job = this.#job;
    this.#job = null;
    job?.settle(drawn);
    this.#next();
  }

  #end(): void {
    this.#cancel();
    const child = this.#child;
    this.#child = null;
    child?.kill('SIGKILL');
    if (this.#stopped && this.#job !== null) this.#settle(null);
  }

  #after(ms: number, then: () => void): void {
    this.#cancel = this.#parts.clock.at(this.#parts.clock.now() + ms, then);
  }

  #report(why: string): void {
    this.#parts.report(new Error(`A picture was not drawn: ${why}.`));
  }
}

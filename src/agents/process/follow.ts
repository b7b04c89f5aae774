import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { BOUNDS } from '../../bounds.ts';
import { Sealing, type Seal } from './seal.ts';

/** Lines beyond this many bytes are cut, and say so. No agent's message is longer; a file printed by mistake may be. */
export const LINE_BYTES = BOUNDS.outputLine;
const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
/** Of an unfinished line this much of its end is enough to see what it asks. */
const OPEN_BYTES = 1024;

/** Cuts bytes into lines. The newline byte never is part of another UTF-8 character, so chunks may end anywhere. */
export function lineSplitter(onLine: (line: string) => void): { push(chunk: Buffer): void; end(): void; open(): string } {
  let kept: Buffer[] = [];
  let bytes = 0;
  let dropped = 0;

  const keep = (piece: Buffer): void => {
    const room = LINE_BYTES - bytes;
    // A copy: the chunk's memory is used again for the next read.
    if (room > 0 && piece.length > 0) kept.push(Buffer.from(piece.subarray(0, room)));
    bytes += Math.min(room, piece.length);
    dropped += Math.max(0, piece.length - room);
  };
  const emit = (): void => {
    const text = Buffer.concat(kept).toString('utf8').replace(/\r$/, '');
    const line = dropped === 0 ? text : `${text.replace(/\ufffd$/, '')} [… ${dropped} bytes cut]`;
    kept = [];
    bytes = 0;
    dropped = 0;
    onLine(line);
  };

  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        keep(chunk.subarray(from, at));
        emit();
        from = at + 1;
      }
      keep(chunk.subarray(from));
    },
    /** The text after the last newline so far. */
    open: () => Buffer.concat(kept).subarray(-OPEN_BYTES).toString('utf8'),
    /** The text after the last newline is a line too. */
    end() {
      if (bytes > 0 || dropped > 0) emit();
    },
  };
}

/** Follows a file that grows. It never waits: whoever knows that there may be more calls `readOn`. */
export interface Follower {
  /** Reads to the present end and hands out the complete lines; overlapping calls run one after the other. */
  readOn(): Promise<void>;
  /** Reads to the end and hands out an unfinished last line as well; for when nobody writes any more. */
  finish(): Promise<void>;
  /** The end of an unfinished last line, or empty. */
  open(): string;
  /** Bytes read so far. */
  readonly offset: number;
  /** Of what was read so far. */
  seal(): Seal;
  /** The file is shorter than what was read of it: somebody cut it. */
  readonly shrunk: boolean;
}

/** Nothing behind this many bytes is read. */
export interface SizeLimit {
  readonly bytes: number;
  /** Called, maybe more than once, when the file is found to be longer: a writer may be far ahead of the reader. */
  readonly exceeded: () => void;
}

/** Chunks between two looks at the file's size. */
const SIZE_LOOK = 64;
/** Chunks between two turns of the event loop. */
const AT_ONCE = 4;

/**
 * `onLine` gets each line once, in order, from the start of the file. A file that is not there yet is empty. `onPause` is
 * called when lines were handed out, before others may act on them.
 */
export function followFile(path: string, onLine: (line: string) => void, limit: SizeLimit, onPause: () => void = () => {}): Follower {
  const splitter = lineSplitter(onLine);
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const seen = new Sealing();
  let offset = 0;
  let shrunk = false;
  let last: Promise<void> = Promise.resolve();

  const read = async (): Promise<void> => {
    const file = openOrNull(path);
    if (file === null) return;
    try {
      // At once: mostly there is nothing or a line, and the thread pool costs more than that.
      for (let chunk = 0; ; chunk++) {
        if (chunk % AT_ONCE === AT_ONCE - 1) {
          onPause();
          await setImmediate();
        }
        if (chunk % SIZE_LOOK === 0) {
          const { size } = fstatSync(file);
          shrunk ||= size < offset;
          if (size > limit.bytes) limit.exceeded();
        }
        if (offset >= limit.bytes) return;
        const bytesRead = readSync(file, buffer, 0, Math.min(CHUNK_BYTES, limit.bytes - offset), offset);
        if (bytesRead === 0) return;
        offset += bytesRead;
        seen.take(buffer.subarray(0, bytesRead));
        splitter.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      closeSync(file);
      onPause();
    }
  };
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    last = last.then(step, step);
    return last;
  };
  return {
    readOn: () => inTurn(read),
    finish: () =>
      inTurn(async () => {
        await read();
        splitter.end();
        onPause();
      }),
    open: () => splitter.open(),
    get offset() {
      return offset;
    },
    seal: () => seen.seal(false),
    get shrunk() {
      return shrunk;
    },
  };
}

/** Never blocks, even if the file is a pipe. */
function openOrNull(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

import { closeSync, constants, mkdtempSync, openSync, renameSync, rmdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { TAKEN, TOKEN_BYTES, type Expected, type KeeperOrder, type KeeperSaid } from './keeper-talk.ts';
import { sealFile, Sealing } from './seal.ts';

// A program of its own beside Musher, that writes down what agents without a sandbox print, so that their programs hold one end of a
// socket and no file: a socket can't be opened a second time by `/proc/<pid>/fd`, to cut, overwrite or read away what was printed. Like
// the agents it continues when Musher ends, and ends itself when the last output has ended and no Musher is there. What it has
// written it seals: a file that somebody changed by its path has another digest.

/** The path of a socket may have 103 bytes, on macOS. */
const SHORT_BYTES = 70;

interface Output {
  readonly file: string;
  readonly fd: number;
  readonly room: number;
}

const expected = new Map<string, Output>();
const open = new Map<string, () => void>();

// What ends agents politely must not end what writes down how they end.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

const folder = mkdtempSync(join(Buffer.byteLength(tmpdir()) <= SHORT_BYTES ? tmpdir() : '/tmp', 'musher-'));
const path = join(folder, 'output');
process.on('exit', () => {
  rmSync(path, { force: true });
  rmdirSync(folder);
});
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  let head = Buffer.alloc(0);
  const onHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    if (head.length < TOKEN_BYTES) return;
    socket.off('data', onHead);
    const token = head.subarray(0, TOKEN_BYTES).toString('latin1');
    const output = expected.get(token);
    expected.delete(token);
    if (output === undefined) {
      socket.destroy();
      return;
    }
    keep(token, output, socket, head.subarray(TOKEN_BYTES));
    socket.write(TAKEN);
  };
  socket.on('data', onHead);
});
server.listen(path, () => say({ said: 'listening', path }));
process.on('message', (message: KeeperOrder) => {
  if (message.order === 'settle') open.get(message.token)?.();
  else expect(message);
});
process.on('disconnect', () => {
  for (const { fd } of expected.values()) closeSync(fd);
  expected.clear();
  server.close();
  endIfDone();
});

function say(message: KeeperSaid): void {
  // A Musher that has just ended takes nothing: the seal is beside the file as well.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Opened before the agent begins: later its path may lead elsewhere. */
function expect({ token, file, bytes }: Expected): void {
  try {
    const fd = openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    expected.set(token, { file, fd, room: bytes });
    say({ said: 'ready', token, problem: null });
  } catch (error) {
    say({ said: 'ready', token, problem: (error as NodeJS.ErrnoException).code ?? String(error) });
  }
}

/** Writes what comes to the file, and seals it at its end. */
function keep(token: string, { file, fd, room }: Output, socket: Socket, first: Buffer): void {
  const sealing = new Sealing();
  let cut = false;
  const write = (chunk: Buffer): void => {
    const piece = chunk.subarray(0, Math.max(0, room - sealing.bytes));
    cut ||= piece.length < chunk.length;
    try {
      for (let at = 0; at < piece.length;) {
        const written = writeSync(fd, piece, at);
        sealing.take(piece.subarray(at, at + written));
        at += written;
      }
    } catch {
      // What can't be written down can't be held to a budget: whoever prints next learns that nobody listens.
      cut = true;
      socket.destroy();
    }
  };
  const end = (): void => {
    if (!open.delete(token)) return;
    socket.destroy();
    closeSync(fd);
    const seal = sealing.seal(cut);
    try {
      writeFileSync(`${sealFile(file)}.new`, JSON.stringify(seal), { mode: 0o600 });
      renameSync(`${sealFile(file)}.new`, sealFile(file));
    } catch {
      // The disk is full, or the run's files are gone: whoever started it hears the seal.
    }
    say({ said: 'sealed', token, seal });
    endIfDone();
  };
  open.set(token, end);
  if (first.length > 0) write(first);
  socket.on('data', write).on('end', end).on('close', end);
}

function endIfDone(): void {
  if (!process.connected && open.size === 0) process.exit(0);
}

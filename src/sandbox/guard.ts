import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { proxyServer } from './proxy.ts';

/** The guard's input, in a file that it deletes, because it contains the program's environment. */
export interface GuardOrder {
  /** Absolute path of bwrap. */
  readonly program: string;
  /** All of bwrap's arguments before the program inside. */
  readonly args: readonly string[];
  readonly command: readonly string[];
  /** Folder for the socket, seen inside. */
  readonly net: string;
  /** Null: no proxy. */
  readonly hosts: readonly string[] | null;
  readonly ports: readonly number[];
}

// Runs outside the sandbox as a program of its own, beside Musher and not in it: an agent that outlives Musher keeps
// its network. It starts bwrap and ends with it; where it is killed, bwrap and all inside die with it. It also writes down
// what the program prints: inside there is only one end of a socket, which nobody can open a second time to cut, hide or
// forge what was printed. The file stands where nothing inside can see it.

/** O_CLOEXEC, as `fdinfo` shows it. */
const CLOSE_ON_EXEC = 0o2000000;

const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as GuardOrder;
rmSync(process.argv[2] ?? '');
// A stop is meant for the program inside, which gets the signal itself.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
closeInherited();

mkdirSync(order.net, { recursive: true, mode: 0o700 });
if (order.hosts !== null || order.ports.length > 0) {
  rmSync(`${order.net}/guard`, { force: true });
  // A socket's path may have 107 bytes at most; by the folder's descriptor it is short wherever the folder is.
  const folder = openSync(order.net, 'r');
  const server = proxyServer({ hosts: order.hosts ?? [], ports: order.ports });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(`/proc/self/fd/${folder}/guard`, resolve);
  });
  server.unref();
}

// bwrap itself must be deaf to the polite end, which would take its sandbox along at once. What it starts is not:
// Node gives its children the signals' defaults back. Arguments go through a pipe: nobody reads them in a list of processes.
const child = spawn(
  '/bin/sh',
  ['-c', 'trap "" HUP INT TERM; exec "$@"', 'sh', order.program, '--args', '3', '--info-fd', '4', '--', ...order.command],
  { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] },
);
keep(child.stdout as Readable, 1);
keep(child.stderr as Readable, 2);
const args = child.stdio[3] as Writable;
args.on('error', () => undefined);
args.end(order.args.map((arg) => `${arg}\0`).join(''));
const info: string[] = [];
(child.stdio[4] as Readable).on('data', (chunk: Buffer) => info.push(chunk.toString('utf8'))).on('error', () => undefined);
child.on('error', (error) => {
  process.stderr.write(`the sandbox cannot be started: ${error.message}\n`);
  process.exit(126);
});
const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
child.on('exit', (code, signal) => {
  // When nobody is left inside, nobody holds the other end of the sockets: all that was printed is read then.
  const all = untilEmpty().then(() => Promise.race([closed, sleep(EMPTY_MS, undefined, { ref: false })]));
  void all.then(() => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
});

/** Copies what is printed to this guard's own output. What can't be written down can't be held to a budget: then all of it ends. */
function keep(from: Readable, to: number): void {
  from.on('error', () => undefined);
  from.on('data', (chunk: Buffer) => {
    try {
      for (let at = 0; at < chunk.length;) at += writeSync(to, chunk, at);
    } catch {
      // bwrap dies with the shell's number, which it has taken over, and everything inside with bwrap.
      child.kill('SIGKILL');
    }
  });
}

/**
 * Closes what whoever started Musher left open for it, a lock or a socket say: it would stay open inside. Node marks its own
 * descriptors to be closed in what it starts (`O_CLOEXEC`), and those that it was given only up to the first gap.
 */
function closeInherited(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    if (fd <= 2 || closesItself(fd)) continue;
    try {
      closeSync(fd);
    } catch {
      // The listing's own.
    }
  }
}

function closesItself(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0;
  } catch {
    return true;
  }
}

/** Longest time in ms for the kernel to end what is left inside. */
const EMPTY_MS = 10_000;
const LOOK_MS = 5;

/**
 * bwrap tells the program's end before its first process inside has gone. When that one is gone, or only waits to be
 * taken note of, the kernel has ended all others: what ends after this guard has left nothing behind.
 */
async function untilEmpty(): Promise<void> {
  const first = /"child-pid":\s*(\d+)/.exec(info.join(''))?.[1];
  if (first === undefined) return;
  const until = performance.now() + EMPTY_MS;
  while (isAlive(first) && performance.now() < until) await sleep(LOOK_MS);
}

function isAlive(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(')') + 1));
  } catch {
    return false;
  }
}

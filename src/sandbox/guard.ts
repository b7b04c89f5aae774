import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { proxyServer } from './proxy.ts';

/** What the guard is told, in a file that it removes: it holds the environment of the program. */
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
// its network. It starts bwrap and ends with it; where it is killed, bwrap and all inside die with it.

const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as GuardOrder;
rmSync(process.argv[2] ?? '');
// A stop is meant for the program inside, which gets the signal itself.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

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
  { stdio: ['inherit', 'inherit', 'inherit', 'pipe', 'pipe'] },
);
const args = child.stdio[3] as Writable;
args.on('error', () => undefined);
args.end(order.args.map((arg) => `${arg}\0`).join(''));
const info: string[] = [];
(child.stdio[4] as Readable).on('data', (chunk: Buffer) => info.push(chunk.toString('utf8'))).on('error', () => undefined);
child.on('error', (error) => {
  process.stderr.write(`the sandbox cannot be started: ${error.message}\n`);
  process.exit(126);
});
child.on('exit', (code, signal) => {
  void untilEmpty().then(() => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
});

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

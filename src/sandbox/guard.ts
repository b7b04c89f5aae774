import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import process from 'node:process';
import type { Writable } from 'node:stream';
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
const child = spawn('/bin/sh', ['-c', 'trap "" HUP INT TERM; exec "$@"', 'sh', order.program, '--args', '3', '--', ...order.command], {
  stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
});
const args = child.stdio[3] as Writable;
args.on('error', () => undefined);
args.end(order.args.map((arg) => `${arg}\0`).join(''));
child.on('error', (error) => {
  process.stderr.write(`the sandbox can not be started: ${error.message}\n`);
  process.exit(126);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
